"""What a charge is worth in the shop's currency, the tip in it, the till that made it, and whether it was cancelled."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

COLUMNS = {
    "currency": sa.Text,
    "price_minor": sa.BigInteger,
    "tip_minor": sa.BigInteger,
    "typed_fiat": sa.Boolean,
    "rate": sa.Text,
    "rate_at": sa.BigInteger,
    "rate_sources": sa.Text,
    "cancelled_at": sa.BigInteger,
}


def upgrade() -> None:
    op.add_column("charge", sa.Column("tip_sat", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("charge", sa.Column("till", sa.Text, nullable=False, server_default=""))
    for name, kind in COLUMNS.items():
        op.add_column("charge", sa.Column(name, kind))
    op.create_index("charge_till", "charge", ["network", "till", "created_at"])


def downgrade() -> None:
    op.drop_index("charge_till")
    for name in ("tip_sat", "till", *COLUMNS):
        op.drop_column("charge", name)

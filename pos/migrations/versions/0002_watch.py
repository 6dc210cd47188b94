"""The watch: who leads it, and how often screens have looked at a charge."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("charge", sa.Column("looks", sa.BigInteger, nullable=False, server_default="0"))
    unpaid = sa.text("paid_at IS NULL")
    op.create_index("charge_unpaid", "charge", ["network", "expires_at"], sqlite_where=unpaid, postgresql_where=unpaid)
    op.create_table(
        "lease",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("beat", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("lease")
    op.drop_index("charge_unpaid")
    op.drop_column("charge", "looks")

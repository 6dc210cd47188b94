"""The charge: one row for each sale."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "charge",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("face", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("amount_sat", sa.BigInteger, nullable=False),
        sa.Column("memo", sa.Text, nullable=False),
        sa.Column("invoice_id", sa.Text, nullable=False, unique=True),
        sa.Column("payment_request", sa.Text, nullable=False),
        sa.Column("payment_hash", sa.Text, nullable=False, unique=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("paid_at", sa.BigInteger),
        sa.Column("received_sat", sa.BigInteger),
        sa.Column("preimage", sa.Text),
        sa.Column("proven", sa.Boolean),
        sa.UniqueConstraint("network", "face", "key"),
    )


def downgrade() -> None:
    op.drop_table("charge")

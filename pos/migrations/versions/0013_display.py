"""Customers' displays: which tills have one, and which sale's tip its customer is asked for there."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "display",
        sa.Column("network", sa.Text, primary_key=True),
        sa.Column("till", sa.Text, primary_key=True),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("token", sa.Text, nullable=False, server_default=""),
        sa.Column("idempotency_key", sa.Text, nullable=False, server_default=""),
        sa.Column("asked_at", sa.BigInteger, nullable=False, server_default="0"),
    )


def downgrade() -> None:
    op.drop_table("display")

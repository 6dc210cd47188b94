"""The receipts that are to be printed."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

UNPRINTED = sa.text("printed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "print_job",
        sa.Column("charge_id", sa.Text, sa.ForeignKey("charge.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("printed_at", sa.BigInteger),
        sa.Column("given_up_at", sa.BigInteger),
        sa.Column("trouble", sa.Text),
    )
    columns = ["network", "asked_at"]
    op.create_index("print_job_unprinted", "print_job", columns, sqlite_where=UNPRINTED, postgresql_where=UNPRINTED)


def downgrade() -> None:
    op.drop_table("print_job")

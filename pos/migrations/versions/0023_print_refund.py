"""Receipts of refunds on paper: which refund of its sale a receipt is of; and the refunds by when they were paid."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

PAID = sa.text("paid_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("print_job", sa.Column("refund", sa.Integer, nullable=False, server_default="0"))
    op.create_index("refund_paid_at", "refund", ["network", "paid_at"], sqlite_where=PAID, postgresql_where=PAID)


def downgrade() -> None:
    op.drop_index("refund_paid_at")
    op.drop_column("print_job", "refund")

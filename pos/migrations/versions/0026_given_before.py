"""What of a sale had gone back when a refund was paid. Until now what was cancelled before it counted, too."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.add_column("refund", sa.Column("given_before", sa.BigInteger, nullable=False, server_default="0"))
    # What is paid stays what it was in the books: reports that are closed have counted it.
    op.execute(
        "UPDATE refund SET given_before = (SELECT COALESCE(SUM(earlier.amount), 0) FROM refund AS earlier"
        " WHERE earlier.sale_id = refund.sale_id AND earlier.position < refund.position)"
        " WHERE paid_at IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_column("refund", "given_before")

"""An index of the refunds that reports of shifts have counted: nobody reads all that was ever given back for one."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

REPORTED = sa.text("shift > 0")


def upgrade() -> None:
    op.create_index("refund_shift", "refund", ["shift"], sqlite_where=REPORTED, postgresql_where=REPORTED)


def downgrade() -> None:
    op.drop_index("refund_shift")

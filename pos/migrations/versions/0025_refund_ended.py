"""The refunds that wait for nothing: with an index of all, SQLite looked for those that wait among all there were."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

ENDED = sa.text("NOT (paid_at IS NULL AND cancelled_at IS NULL)")


def upgrade() -> None:
    op.drop_index("refund_made")
    op.create_index("refund_ended", "refund", ["network", "created_at"], sqlite_where=ENDED, postgresql_where=ENDED)


def downgrade() -> None:
    op.drop_index("refund_ended")
    op.create_index("refund_made", "refund", ["network", "created_at"])

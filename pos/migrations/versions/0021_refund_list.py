"""The list of refunds: the latest are found without a look at all that there ever were."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_index("refund_made", "refund", ["network", "created_at"])


def downgrade() -> None:
    op.drop_index("refund_made")

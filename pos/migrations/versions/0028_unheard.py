"""What has ended, and its wallet was not asked since: found without all that was not paid."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

UNHEARD = sa.text("paid_at IS NULL AND (asked_at IS NULL OR asked_at < coalesce(cancelled_at, expires_at))")


def upgrade() -> None:
    op.create_index(
        "charge_unheard",
        "charge",
        ["network", "expires_at"],
        sqlite_where=UNHEARD,
        postgresql_where=UNHEARD,
    )


def downgrade() -> None:
    op.drop_index("charge_unheard")

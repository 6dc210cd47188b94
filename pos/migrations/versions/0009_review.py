"""What needs a look of all tills together, by the time when it was paid: the sums of a month tell it apart.

And the index of the same at one till, for SQLite: a query says `proven = 0` there, and it takes no index for it that
was made with other words, as that one was.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

REVIEW = "paid_at IS NOT NULL AND (received_sat <> amount_sat OR {} OR paid_at > coalesce(cancelled_at, expires_at))"
SQLITE = sa.text(REVIEW.format("proven = 0"))
POSTGRESQL = sa.text(REVIEW.format("NOT proven"))
OF_TILL = ("charge_review", ["network", "till", "paid_at"])


def upgrade() -> None:
    _create("charge_review_at", ["network", "paid_at"])
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("charge_review")
        _create(*OF_TILL)


def downgrade() -> None:
    op.drop_index("charge_review_at")


def _create(name: str, columns: list[str]) -> None:
    op.create_index(name, "charge", columns, sqlite_where=SQLITE, postgresql_where=POSTGRESQL)

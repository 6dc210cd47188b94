"""The number of a charge, which a person can read out; and a till's charges by when they were paid.

An older charge is called by what its page showed of its id, as far as one can say that: in one case, and without signs.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

PAID = sa.text("paid_at IS NOT NULL")
REVIEW = sa.text(
    "paid_at IS NOT NULL AND (received_sat <> amount_sat OR NOT proven OR paid_at > coalesce(cancelled_at, expires_at))"
)
NAME_OLDER = """
    UPDATE charge SET number =
        REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(
            UPPER(SUBSTR(id, 1, 8)), '-', '0'), '_', '0'), 'O', '0'), 'I', '1'), 'L', '1'), 'U', 'V')
"""


def upgrade() -> None:
    op.add_column("charge", sa.Column("number", sa.Text, nullable=False, server_default=""))
    op.execute(NAME_OLDER)
    op.create_index("charge_number", "charge", ["network", "number"])
    for name, where in (("charge_paid", PAID), ("charge_review", REVIEW)):
        columns = ["network", "till", "paid_at"]
        op.create_index(name, "charge", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in ("charge_review", "charge_paid", "charge_number"):
        op.drop_index(name)
    op.drop_column("charge", "number")

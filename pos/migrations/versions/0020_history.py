"""An index of the events that are not of sales: who reads what was changed by whom does not read a million of those."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

NOT_OF_SALES = sa.text("kind NOT IN ('charge.made', 'charge.paid', 'charge.cancelled')")


def upgrade() -> None:
    op.create_index("event_told", "event", ["seq"], sqlite_where=NOT_OF_SALES, postgresql_where=NOT_OF_SALES)


def downgrade() -> None:
    op.drop_index("event_told")

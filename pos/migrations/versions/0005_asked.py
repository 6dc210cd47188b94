"""When the wallet was last asked about a charge with a good answer, and since when it gives none.

Nobody wrote that down before. A till asked about each charge for a day after its end, so of those that ended earlier
than that the end is known; of the others the watch learns it.
"""

import time

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ASKED_FOR = 24 * 60 * 60
KNOWN = sa.text("UPDATE charge SET asked_at = expires_at WHERE paid_at IS NULL AND expires_at < :before")


def upgrade() -> None:
    op.add_column("charge", sa.Column("asked_at", sa.BigInteger))
    op.add_column("charge", sa.Column("silent_since", sa.BigInteger))
    op.get_bind().execute(KNOWN, {"before": int(time.time()) - ASKED_FOR})


def downgrade() -> None:
    op.drop_column("charge", "silent_since")
    op.drop_column("charge", "asked_at")

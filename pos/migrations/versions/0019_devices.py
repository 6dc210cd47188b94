"""Who offered a pairing, and from where a device's cookie was used of late."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_NEW = ("seen_as", "seen_before", "changed_at", "changes", "shared_at")


def upgrade() -> None:
    op.add_column("pairing", sa.Column("made_by", sa.Text, nullable=False, server_default=""))
    op.add_column("device", sa.Column("seen_as", sa.Text, nullable=False, server_default=""))
    op.add_column("device", sa.Column("seen_before", sa.Text, nullable=False, server_default=""))
    op.add_column("device", sa.Column("changed_at", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("device", sa.Column("changes", sa.Integer, nullable=False, server_default="0"))
    op.add_column("device", sa.Column("shared_at", sa.BigInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    for column in _NEW:
        op.drop_column("device", column)
    op.drop_column("pairing", "made_by")

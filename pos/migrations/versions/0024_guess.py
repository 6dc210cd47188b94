"""The wrong passwords and codes of late, which each process counted for itself before."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "guess",
        sa.Column("asked", sa.Text, primary_key=True),
        sa.Column("wrong", sa.Integer, nullable=False),
        sa.Column("wrong_at", sa.BigInteger, nullable=False),
    )
    op.create_index("guess_wrong_at", "guess", ["wrong_at"])


def downgrade() -> None:
    op.drop_table("guess")

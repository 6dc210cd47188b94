"""The proof of a refund that came after somebody had marked it as paid by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("refund", sa.Column("late_preimage", sa.Text))


def downgrade() -> None:
    op.drop_column("refund", "late_preimage")

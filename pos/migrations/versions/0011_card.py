"""Cards that are held to the shop's device: how often one was tried for a charge, and nothing of the card."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "card_try",
        sa.Column("charge_id", sa.Text, sa.ForeignKey("charge.id"), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("opened_at", sa.BigInteger),
    )


def downgrade() -> None:
    op.drop_table("card_try")

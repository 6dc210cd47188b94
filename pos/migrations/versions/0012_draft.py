"""What is being typed at a till, for the customer's display, and the browsers in which a till is open."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("network", sa.Text, primary_key=True),
        sa.Column("till", sa.Text, primary_key=True),
        sa.Column("browser", sa.Text, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("lines", sa.Text, nullable=False),
        sa.Column("worth_currency", sa.Text),
        sa.Column("worth", sa.BigInteger),
        sa.Column("typed_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("draft")

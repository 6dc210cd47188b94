"""Who may: the owners and their sessions, the paired devices, the staff, and who made a sale."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "owner",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", sa.Text, nullable=False, unique=True),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("totp_secret", sa.Text, nullable=False, server_default=""),
        sa.Column("totp_used", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "owner_link",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
    )
    op.create_table(
        "owner_session",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("owner_id", sa.Text, sa.ForeignKey("owner.id"), nullable=False),
        sa.Column("browser", sa.Text, nullable=False),
        sa.Column("begun_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("owner_session_owner", "owner_session", ["owner_id"])
    op.create_table(
        "device",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("face", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False, unique=True),
        sa.Column("paired_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
        sa.Column("staff_id", sa.Text, nullable=False, server_default=""),
        sa.Column("active_at", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("wrong_pins", sa.Integer, nullable=False, server_default="0"),
        sa.Column("wrong_at", sa.BigInteger, nullable=False, server_default="0"),
    )
    op.create_table(
        "pairing",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("code_digest", sa.Text, nullable=False, unique=True),
        sa.Column("face", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("pin_digest", sa.Text, unique=True),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("sale_limit", sa.BigInteger),
        sa.Column("refund_limit", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("removed_at", sa.BigInteger),
    )
    op.add_column("sale", sa.Column("staff", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("sale", "staff")
    for table in ("staff", "pairing", "device", "owner_session", "owner_link", "owner"):
        op.drop_table(table)

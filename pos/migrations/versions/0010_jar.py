"""Tip jars: what the owner says of each, what came into it, and who wrote what with a tip."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

IN_JAR = "jar <> '' AND paid_at IS NOT NULL"
SHOWN = {"sqlite": f"{IN_JAR} AND shown IS 1", "postgresql": f"{IN_JAR} AND shown IS true"}
VERIFIED = sa.text("verify_token IS NOT NULL")


def upgrade() -> None:
    op.add_column("sale", sa.Column("jar", sa.Text, nullable=False, server_default=""))
    op.add_column("sale", sa.Column("payer", sa.Text, nullable=False, server_default=""))
    op.add_column("sale", sa.Column("shown", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("charge", sa.Column("verify_token", sa.Text))
    _index("sale_jar", "sale", ["network", "jar", "paid_at"], dict.fromkeys(SHOWN, IN_JAR))
    _index("sale_shown", "sale", ["network", "jar", "paid_at"], SHOWN)
    op.create_index(
        "charge_verify_token",
        "charge",
        ["verify_token"],
        unique=True,
        sqlite_where=VERIFIED,
        postgresql_where=VERIFIED,
    )
    op.create_table(
        "jar",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("thanks", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("amounts", sa.Text, nullable=False),
        sa.Column("price", sa.BigInteger),
        sa.Column("least_sat", sa.BigInteger),
        sa.Column("most_sat", sa.BigInteger),
        sa.Column("goal", sa.Text, nullable=False),
        sa.Column("goal_amount", sa.BigInteger),
        sa.Column("goal_ends_at", sa.BigInteger),
        sa.Column("shows_messages", sa.Boolean, nullable=False),
        sa.Column("picture", sa.Text, nullable=False),
        sa.Column("picture_page", sa.LargeBinary),
        sa.Column("picture_thumbnail", sa.LargeBinary),
        sa.Column("live_token", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "jar_total",
        sa.Column("network", sa.Text, primary_key=True),
        sa.Column("jar", sa.Text, primary_key=True),
        sa.Column("currency", sa.Text, primary_key=True),
        sa.Column("tips", sa.BigInteger, nullable=False),
        sa.Column("raised", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("jar_total")
    op.drop_table("jar")
    op.drop_index("charge_verify_token")
    op.drop_index("sale_shown")
    op.drop_index("sale_jar")
    op.drop_column("charge", "verify_token")
    for name in ("shown", "payer", "jar"):
        op.drop_column("sale", name)


def _index(name: str, table: str, columns: list[str], where: dict[str, str]) -> None:
    sqlite, postgresql = sa.text(where["sqlite"]), sa.text(where["postgresql"])
    op.create_index(name, table, columns, sqlite_where=sqlite, postgresql_where=postgresql)

"""What stands on the page of a jar, found by the jar, paid or not: to hide all of it, each sale was looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

SHOWN = {"sqlite": sa.text("jar <> '' AND shown IS 1"), "postgresql": sa.text("jar <> '' AND shown IS true")}
PAID = {
    "sqlite": sa.text("jar <> '' AND paid_at IS NOT NULL AND shown IS 1"),
    "postgresql": sa.text("jar <> '' AND paid_at IS NOT NULL AND shown IS true"),
}


def upgrade() -> None:
    op.drop_index("sale_shown")
    _index(["jar", "network", "paid_at"], SHOWN)


def downgrade() -> None:
    op.drop_index("sale_shown")
    _index(["network", "jar", "paid_at"], PAID)


def _index(columns: list[str], where: dict[str, sa.TextClause]) -> None:
    op.create_index("sale_shown", "sale", columns, sqlite_where=where["sqlite"], postgresql_where=where["postgresql"])

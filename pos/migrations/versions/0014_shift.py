"""Shifts: the reports of those that are closed, and for each payment which of them has counted it.

What was paid before is in none: nobody had begun a shift. What is still to be paid will be in the shift that it is paid
in.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

UNCOUNTED = sa.text("paid_at IS NOT NULL AND shift IS NULL")
COUNTED = sa.text("shift > 0")


def upgrade() -> None:
    op.create_table(
        "shift",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("till", sa.Text, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False, server_default=""),
        sa.Column("report", sa.Text, nullable=False, server_default=""),
        sa.Column("sales", sa.Text, nullable=False, server_default=""),
        sa.UniqueConstraint("network", "till", "number"),
        sqlite_autoincrement=True,
    )
    op.create_index("shift_of_network", "shift", ["network", "id"])
    if op.get_bind().dialect.name == "postgresql":
        # A column that comes with a value rewrites no row; of those that were never paid there are few.
        op.add_column("charge", sa.Column("shift", sa.BigInteger, server_default="0"))
        op.alter_column("charge", "shift", server_default=None)
        op.execute("UPDATE charge SET shift = NULL WHERE paid_at IS NULL")
    else:
        op.add_column("charge", sa.Column("shift", sa.BigInteger))
        op.execute("UPDATE charge SET shift = 0 WHERE paid_at IS NOT NULL")
    op.create_index(
        "charge_uncounted",
        "charge",
        ["network", "till", "paid_at"],
        sqlite_where=UNCOUNTED,
        postgresql_where=UNCOUNTED,
    )
    op.create_index("charge_shift", "charge", ["shift"], sqlite_where=COUNTED, postgresql_where=COUNTED)


def downgrade() -> None:
    raise NotImplementedError("an older till has no place for reports that are not to change: restore the backup")

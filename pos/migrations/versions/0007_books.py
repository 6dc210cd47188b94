"""What the books need: the number of a sale, when it was paid and by which charge, and the tax in it.

Sales from before are numbered in the order in which they were made, year by year (UTC), and nobody knows their tax. The
numbers that charges had are given up: people call a charge by the number of its sale.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

PAID = sa.text("paid_at IS NOT NULL")
YEAR = {
    "sqlite": "CAST(STRFTIME('%Y', created_at, 'unixepoch') AS INTEGER)",
    "postgresql": "CAST(EXTRACT(YEAR FROM TO_TIMESTAMP(created_at) AT TIME ZONE 'UTC') AS INTEGER)",
}
# The charge that was paid first, or else the last one. A sale that has none, as somebody cleared it away, has its
# number all the same, and a time before that of any list.
FILL_SALES = """
    UPDATE sale SET year = known.year, number = known.number, charge_id = known.charge_id, paid_at = known.paid_at,
        at = CASE WHEN known.charge_id = '' THEN -1 ELSE COALESCE(known.paid_at, sale.created_at) END
    FROM (
        SELECT sale.id, {year} AS year, COALESCE(best.id, '') AS charge_id, best.paid_at,
            ROW_NUMBER() OVER (PARTITION BY sale.network, {year} ORDER BY sale.created_at, sale.id) AS number
        FROM sale LEFT JOIN (
            SELECT id, sale_id, paid_at, ROW_NUMBER() OVER (
                PARTITION BY sale_id ORDER BY COALESCE(paid_at, 9223372036854775807), -attempt
            ) AS place
            FROM charge
        ) AS best ON best.sale_id = sale.id AND best.place = 1
    ) AS known
    WHERE known.id = sale.id
"""
FILL_CHARGES = """
    UPDATE charge SET channel = sale.channel, surplus = (charge.paid_at IS NOT NULL AND sale.charge_id <> charge.id)
    FROM sale WHERE sale.id = charge.sale_id
"""
FILL_SURPLUS = """
    UPDATE sale SET surplus_sat = known.sat
    FROM (SELECT sale_id, SUM(received_sat) AS sat FROM charge WHERE surplus GROUP BY sale_id) AS known
    WHERE known.sale_id = sale.id
"""
FILL_NUMBERING = "INSERT INTO numbering (network, year, last) SELECT network, year, MAX(number) FROM sale GROUP BY 1, 2"


def upgrade() -> None:
    for column in (
        sa.Column("year", sa.Integer, nullable=False, server_default="0"),
        sa.Column("number", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("charge_id", sa.Text, nullable=False, server_default=""),
        sa.Column("paid_at", sa.BigInteger),
        sa.Column("at", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("surplus_sat", sa.BigInteger, nullable=False, server_default="0"),
    ):
        op.add_column("sale", column)
    op.add_column("sale_line", sa.Column("tax", sa.Text, nullable=False, server_default=""))
    op.drop_index("charge_number")
    op.drop_column("charge", "number")
    op.add_column("charge", sa.Column("channel", sa.Text, nullable=False, server_default=""))
    op.add_column("charge", sa.Column("surplus", sa.Boolean, nullable=False, server_default=sa.false()))
    _create_tables()
    year = YEAR[op.get_bind().dialect.name].replace("created_at", "sale.created_at")
    for statement in (FILL_SALES.format(year=year), FILL_CHARGES, FILL_SURPLUS, FILL_NUMBERING):
        op.execute(statement)
    op.create_index("sale_number", "sale", ["network", "year", "number"], unique=True)
    op.create_index("sale_at", "sale", ["network", "at", "id"])
    op.create_index("sale_channel", "sale", ["network", "channel", "till", "at", "id"])
    more = sa.text("surplus_sat > 0")
    op.create_index("sale_surplus", "sale", ["network", "at"], sqlite_where=more, postgresql_where=more)
    for table in ("charge", "charge_tax"):
        op.create_index(f"{table}_paid_at", table, ["network", "paid_at"], sqlite_where=PAID, postgresql_where=PAID)


def downgrade() -> None:
    raise NotImplementedError("an older till has no place for the numbers of sales: restore the backup from before")


def _create_tables() -> None:
    op.create_table(
        "numbering",
        sa.Column("network", sa.Text, primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("last", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "charge_tax",
        sa.Column("charge_id", sa.Text, sa.ForeignKey("charge.id"), primary_key=True),
        sa.Column("rate", sa.Text, primary_key=True),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("till", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("net", sa.BigInteger, nullable=False),
        sa.Column("tax", sa.BigInteger, nullable=False),
        sa.Column("paid_at", sa.BigInteger),
    )

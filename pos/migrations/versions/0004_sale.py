"""The sale with its lines, apart from its charges; the wallet of each charge; events; and what all of it comes to.

Every charge becomes a sale of one line, named as the charge was. One that was made as "new invoice, same amount", which
had the key "again" and the id of the one before, becomes a further charge of that one's sale.

Nobody wrote down which wallet had made an invoice: `wallet` is empty, and the till goes on asking the wallet that it
has about these, as it did. Nor is an event made up of what happened before there were any.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

UNPAID = sa.text("paid_at IS NULL")

ADD_SALES = """
    INSERT INTO sale (id, network, channel, till, currency, price, tip, memo, idempotency_key, created_at)
    SELECT id, network, face, till,
        CASE WHEN typed_fiat THEN currency ELSE 'SAT' END,
        CASE WHEN typed_fiat THEN price_minor ELSE amount_sat - tip_sat END,
        CASE WHEN typed_fiat THEN tip_minor ELSE tip_sat END,
        memo, REPLACE(key, ' ', '-'), created_at
    FROM old_charge AS first
    WHERE NOT EXISTS (
        SELECT 1 FROM old_charge AS before
        WHERE first.key LIKE 'again %' AND before.id = SUBSTR(first.key, 7)
            AND before.network = first.network AND before.face = first.face
    )
"""
ADD_LINES = "INSERT INTO sale_line (sale_id, position, text, quantity, unit_price) SELECT id, 1, '', 1, price FROM sale"
ADD_CHARGES = """
    INSERT INTO charge (
        id, sale_id, attempt, wallet, network, till, amount_sat, tip_sat, invoice_id, payment_request, payment_hash,
        created_at, expires_at, paid_at, received_sat, preimage, proven, cancelled_at, looks, currency, price_minor,
        tip_minor, rate, rate_at, rate_sources
    )
    WITH RECURSIVE chain (charge_id, sale_id, attempt) AS (
        SELECT id, id, 1 FROM sale
        UNION ALL
        SELECT again.id, chain.sale_id, chain.attempt + 1
        FROM chain
        JOIN old_charge AS before ON before.id = chain.charge_id
        JOIN old_charge AS again
            ON again.network = before.network AND again.face = before.face AND again.key = 'again ' || before.id
    )
    SELECT charge_id, sale_id, attempt, '', network, till, amount_sat, tip_sat, invoice_id, payment_request,
        payment_hash, created_at, expires_at, paid_at, received_sat, preimage, proven, cancelled_at, looks, currency,
        price_minor, tip_minor, rate, rate_at, rate_sources
    FROM chain JOIN old_charge ON old_charge.id = chain.charge_id
"""
ADD_TOTALS = """
    INSERT INTO total (network, channel, slot, made, paid, late, received_sat)
    SELECT charge.network, channel, 0, COUNT(*), COUNT(paid_at),
        COUNT(CASE WHEN paid_at > COALESCE(cancelled_at, expires_at) THEN 1 END), COALESCE(SUM(received_sat), 0)
    FROM charge JOIN sale ON sale.id = charge.sale_id
    GROUP BY charge.network, channel
"""


def upgrade() -> None:
    op.drop_index("charge_unpaid", "charge")
    op.drop_index("charge_till", "charge")
    op.rename_table("charge", "old_charge")
    _create_sales()
    _create_charges()
    _create_events_and_totals()
    for statement in (ADD_SALES, ADD_LINES, ADD_CHARGES, ADD_TOTALS):
        op.execute(statement)
    op.drop_table("old_charge")
    op.execute("ALTER TABLE lease RENAME COLUMN beat TO heartbeat")
    op.create_index("charge_unpaid", "charge", ["network", "expires_at"], sqlite_where=UNPAID, postgresql_where=UNPAID)
    op.create_index("charge_till", "charge", ["network", "till", "created_at"])


def downgrade() -> None:
    raise NotImplementedError("an older till has no place for the lines of a sale: restore the backup from before")


def _create_sales() -> None:
    op.create_table(
        "sale",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("till", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("price", sa.BigInteger, nullable=False),
        sa.Column("tip", sa.BigInteger, nullable=False),
        sa.Column("memo", sa.Text, nullable=False),
        sa.Column("idempotency_key", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("network", "channel", "idempotency_key"),
    )
    op.create_table(
        "sale_line",
        sa.Column("sale_id", sa.Text, sa.ForeignKey("sale.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("quantity", sa.BigInteger, nullable=False),
        sa.Column("unit_price", sa.BigInteger, nullable=False),
    )


def _create_charges() -> None:
    op.create_table(
        "charge",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("sale_id", sa.Text, sa.ForeignKey("sale.id"), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("wallet", sa.Text, nullable=False),
        sa.Column("till", sa.Text, nullable=False),
        sa.Column("amount_sat", sa.BigInteger, nullable=False),
        sa.Column("tip_sat", sa.BigInteger, nullable=False),
        sa.Column("invoice_id", sa.Text, nullable=False, unique=True),
        sa.Column("payment_request", sa.Text, nullable=False),
        sa.Column("payment_hash", sa.Text, nullable=False, unique=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("paid_at", sa.BigInteger),
        sa.Column("received_sat", sa.BigInteger),
        sa.Column("preimage", sa.Text),
        sa.Column("proven", sa.Boolean),
        sa.Column("cancelled_at", sa.BigInteger),
        sa.Column("looks", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("currency", sa.Text),
        sa.Column("price_minor", sa.BigInteger),
        sa.Column("tip_minor", sa.BigInteger),
        sa.Column("rate", sa.Text),
        sa.Column("rate_at", sa.BigInteger),
        sa.Column("rate_sources", sa.Text),
        sa.UniqueConstraint("sale_id", "attempt"),
    )


def _create_events_and_totals() -> None:
    op.create_table(
        "event",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "total",
        sa.Column("network", sa.Text, primary_key=True),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("slot", sa.Integer, primary_key=True),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("paid", sa.BigInteger, nullable=False),
        sa.Column("late", sa.BigInteger, nullable=False),
        sa.Column("received_sat", sa.BigInteger, nullable=False),
    )

"""A database as of a shop that has sold for a long time, made in one go."""

from datetime import UTC, datetime

from sqlalchemy import Connection, text

# Seconds. A sale every half a minute, the last of them so long ago that nobody looks for its money any more.
EVERY = 30
LAST = 4 * 24 * 60 * 60
# Those of today are made as in a rush. Soon after midnight some are yesterday's.
_RUSH = 20

# A table n of the numbers i from 1 on.
NUMBERS = {
    "sqlite": "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})",
    "postgresql": "WITH n (i) AS (SELECT generate_series(1, {count}))",
}
_FILL = (
    # What differs from sale to sale. Of those before today one in eleven was never paid, and one in two hundred late.
    """
    CREATE TEMPORARY TABLE made AS {numbers}, placed (i, at) AS (
        SELECT i, CASE WHEN i > {before} THEN {now} - ({charges} + 1 - i) * {rush} ELSE {first} + i * {every} END FROM n
    )
    SELECT i, at AS created_at, CASE WHEN i % 3 = 0 THEN '7' ELSE '19' END AS rate,
        CASE WHEN i > {before} THEN at + 9 WHEN i % 11 = 0 THEN NULL WHEN i % 200 = 150 THEN at + 660 ELSE at + 9 END
        AS paid_at,
        CASE WHEN i % 20 < 14 THEN 'till' WHEN i % 20 < 16 THEN 'kiosk' WHEN i % 20 < 18 THEN 'tips' ELSE 'api' END
        AS channel,
        CASE WHEN i % 20 < 14 THEN 'till' ELSE '' END AS till,
        CASE WHEN i % 4 = 0 THEN 210 ELSE 0 END AS tip_sat, CASE WHEN i % 4 = 0 THEN 14 ELSE 0 END AS tip_minor
    FROM placed
    """,
    """
    INSERT INTO sale (
        id, network, channel, till, currency, price, tip, memo, idempotency_key, created_at, year, number, charge_id,
        paid_at, at
    )
    SELECT 's' || i, '{network}', channel, till, 'SAT', 2100, tip_sat, 'Flat white', 'k' || i, created_at, {year}, i,
        'c' || i, paid_at, coalesce(paid_at, created_at)
    FROM made
    """,
    """
    INSERT INTO sale_line (sale_id, position, text, quantity, unit_price, tax)
    SELECT 's' || i, 1, '', 1, 2100, rate FROM made
    """,
    # One in three hundred got less than was asked, and one in fifty is not proven.
    """
    INSERT INTO charge (
        id, sale_id, attempt, network, wallet, channel, till, amount_sat, tip_sat, invoice_id, payment_request,
        payment_hash, created_at, expires_at, paid_at, received_sat, proven, currency, price_minor, tip_minor, rate,
        rate_at, rate_sources
    )
    SELECT 'c' || i, 's' || i, 1, '{network}', 'bench:1', channel, till, 2100 + tip_sat, tip_sat, 'i' || i,
        'lnbcrt' || i || '{rest}', 'h' || i, created_at, created_at + 600, paid_at,
        CASE WHEN paid_at > 0 THEN 2100 + tip_sat - CASE WHEN i % 300 = 1 THEN 100 ELSE 0 END END,
        CASE WHEN paid_at > 0 THEN i % 50 <> 1 END, 'EUR', 137, tip_minor, '65000', created_at, 'fixed'
    FROM made
    """,
    """
    INSERT INTO charge_tax (charge_id, rate, network, channel, till, currency, net, tax, paid_at)
    SELECT 'c' || i, rate, '{network}', channel, till, 'EUR', CASE WHEN rate = '7' THEN 128 ELSE 115 END,
        CASE WHEN rate = '7' THEN 9 ELSE 22 END, paid_at
    FROM made
    """,
    "INSERT INTO numbering (network, year, last) VALUES ('{network}', {year}, {charges})",
    """
    INSERT INTO event (network, at, kind, subject, data)
    SELECT '{network}', created_at, 'charge.made', 'c' || i, '{{}}' FROM made
    """,
    """
    INSERT INTO event (network, at, kind, subject, data)
    SELECT '{network}', paid_at, 'charge.paid', 'c' || i, '{{}}' FROM made WHERE paid_at IS NOT NULL
    """,
    """
    INSERT INTO total (network, channel, slot, made, paid, late, received_sat)
    SELECT network, channel, 0, COUNT(*), COUNT(paid_at), COUNT(CASE WHEN paid_at > expires_at THEN 1 END),
        COALESCE(SUM(received_sat), 0)
    FROM charge GROUP BY network, channel
    """,
    "DROP TABLE made",
)


def fill(connection: Connection, charges: int, now: int, network: str = "bcrt", today: int = 0) -> None:
    """Put so many charges, each of a sale of its own, into an empty database.

    It is as if a shop had sold for years and stopped before `now` (unix seconds), but for the last so many of `today`.
    """
    numbers = NUMBERS[connection.dialect.name].format(count=charges)
    before = charges - today
    words = {
        "numbers": numbers,
        "network": network,
        "every": EVERY,
        "first": now - LAST - before * EVERY,
        "charges": charges,
        "before": before,
        "rush": _RUSH,
        "now": now,
        # An invoice is as long as this.
        "rest": "q" * 280,
        "year": datetime.fromtimestamp(now, UTC).year,
    }
    for statement in _FILL:
        connection.execute(text(statement.format(**words)))

"""A database as of a shop that has sold for a long time, made in one go."""

from datetime import UTC, datetime

from sqlalchemy import Connection, text

# A charge every half a minute, the last of them so long ago that nobody looks for its money any more.
_EVERY = 30
_LAST = 4 * 24 * 60 * 60

# A table n of the numbers i from 1 on.
NUMBERS = {
    "sqlite": "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})",
    "postgresql": "WITH n (i) AS (SELECT generate_series(1, {count}))",
}
_FILL = (
    """
    INSERT INTO sale (
        id, network, channel, till, currency, price, tip, memo, idempotency_key, created_at, year, number, charge_id,
        paid_at, at
    ) {numbers}
    SELECT 's' || i, '{network}', 'till', 'till', 'SAT', 2100, 0, 'Flat white', 'k' || i, {first} + i * {every},
        {year}, i, 'c' || i, CASE WHEN i % 10 > 0 THEN {first} + i * {every} + 9 END,
        {first} + i * {every} + CASE WHEN i % 10 > 0 THEN 9 ELSE 0 END
    FROM n
    """,
    """
    INSERT INTO sale_line (sale_id, position, text, quantity, unit_price, tax)
    SELECT id, 1, '', 1, price, '19' FROM sale
    """,
    # One in ten was never paid.
    """
    INSERT INTO charge (
        id, sale_id, attempt, network, wallet, channel, till, amount_sat, tip_sat, invoice_id, payment_request,
        payment_hash, created_at, expires_at, paid_at, received_sat, proven
    ) {numbers}
    SELECT 'c' || i, 's' || i, 1, '{network}', 'bench:1', 'till', 'till', 2100, 0, 'i' || i, 'lnbcrt' || i, 'h' || i,
        {first} + i * {every}, {first} + i * {every} + 600, CASE WHEN i % 10 > 0 THEN {first} + i * {every} + 9 END,
        CASE WHEN i % 10 > 0 THEN 2100 END, CASE WHEN i % 10 > 0 THEN i % 2 = 0 END
    FROM n
    """,
    """
    INSERT INTO charge_tax (charge_id, rate, network, channel, till, currency, net, tax, paid_at)
    SELECT id, '19', network, channel, till, 'SAT', 1765, 335, paid_at FROM charge
    """,
    "INSERT INTO numbering (network, year, last) VALUES ('{network}', {year}, {charges})",
    """
    INSERT INTO event (network, at, kind, subject, data)
    SELECT network, created_at, 'charge.made', id, '{{}}' FROM charge
    """,
    """
    INSERT INTO event (network, at, kind, subject, data)
    SELECT network, paid_at, 'charge.paid', id, '{{}}' FROM charge WHERE paid_at IS NOT NULL
    """,
    """
    INSERT INTO total (network, channel, slot, made, paid, late, received_sat)
    SELECT network, 'till', 0, COUNT(*), COUNT(paid_at), 0, SUM(received_sat) FROM charge GROUP BY network
    """,
)


def fill(connection: Connection, charges: int, now: int, network: str = "bcrt") -> None:
    """Put so many charges into an empty database, as if a shop had sold for years and stopped before `now`."""
    numbers = NUMBERS[connection.dialect.name].format(count=charges)
    words = {
        "numbers": numbers,
        "network": network,
        "every": _EVERY,
        "first": now - _LAST - charges * _EVERY,
        "charges": charges,
        "year": datetime.fromtimestamp(now, UTC).year,
    }
    for statement in _FILL:
        connection.execute(text(statement.format(**words)))

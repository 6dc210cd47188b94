"""What all charges come to, channel by channel: kept up to date with each of them, and read without counting."""

import secrets

from sqlalchemy import Connection, bindparam, func, select, text

from pos.domain.charge import Channel, Tally
from pos.store.charges import OURS
from pos.store.tables import ENDS_AT, UNPAID, charges, sales, totals

# So many sales of a channel are committed at once before one has to wait for another.
_SLOTS = 8
# The last statement of its transaction that locks a row: so that row is held as shortly as can be, and two transactions
# that also write the same sale never wait for each other.
_ADD = text("""
    INSERT INTO total (network, channel, slot, made, paid, late, received_sat)
    SELECT network, channel, :slot, :made, :paid, :late, :received_sat FROM sale WHERE id = :sale_id
    ON CONFLICT (network, channel, slot) DO UPDATE SET
        made = total.made + excluded.made,
        paid = total.paid + excluded.paid,
        late = total.late + excluded.late,
        received_sat = total.received_sat + excluded.received_sat
""")
_SUMS = (
    select(
        totals.c.channel,
        func.sum(totals.c.made).label("made"),
        func.sum(totals.c.paid).label("paid"),
        func.sum(totals.c.late).label("late"),
        func.sum(totals.c.received_sat).label("received_sat"),
    )
    .where(totals.c.network == bindparam("network"))
    .group_by(totals.c.channel)
)
# The expiry is asked as well: by it those that may be open are found among all the others.
_OPEN = (
    select(charges.c.channel, func.count())
    .join_from(charges, sales)
    .where(
        *(OURS, UNPAID, charges.c.expires_at > bindparam("now"), bindparam("now") < ENDS_AT),
        # Nobody is to pay a further invoice of a sale that is paid.
        sales.c.paid_at.is_(None),
    )
    .group_by(charges.c.channel)
)


def add_made(connection: Connection, sale_id: str) -> None:
    """Count a new charge of a sale."""
    _add(connection, sale_id, made=1)


def add_paid(connection: Connection, sale_id: str, received_sat: int, *, late: bool) -> None:
    """Count a payment for a sale."""
    _add(connection, sale_id, paid=1, late=int(late), received_sat=received_sat)


def tally(connection: Connection, network: str, now: int) -> list[Tally]:
    """Tell what became of the charges of each channel; one that sold nothing counts, too."""
    names = {"network": network, "now": now}
    still_open = {row.channel: int(row[1]) for row in connection.execute(_OPEN, names)}
    # PostgreSQL adds up whole numbers to a decimal one.
    sums = {row.channel: [int(sum_) for sum_ in row[1:]] for row in connection.execute(_SUMS, names)}
    return [_tally(channel, sums.get(channel, [0, 0, 0, 0]), still_open.get(channel, 0)) for channel in Channel]


def _tally(channel: Channel, sums: list[int], still_open: int) -> Tally:
    made, paid, late, received_sat = sums
    return Tally(channel, made, paid, late, still_open, received_sat)


def _add(
    connection: Connection, sale_id: str, made: int = 0, paid: int = 0, late: int = 0, received_sat: int = 0
) -> None:
    connection.execute(
        _ADD,
        {
            "sale_id": sale_id,
            "slot": secrets.randbelow(_SLOTS),
            "made": made,
            "paid": paid,
            "late": late,
            "received_sat": received_sat,
        },
    )

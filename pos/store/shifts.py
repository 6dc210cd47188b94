"""The shifts: what a till took since the last one was closed, and the reports of those that are.

A payment has no shift until one is closed that counts it; that is one statement, so none is in two, or in none.
"""

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Update,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from pos.domain.charge import Channel
from pos.domain.due import WATCHED_FOR
from pos.domain.money import SAT, Money
from pos.domain.number import Number
from pos.domain.shift import NAMED, Shift, StillOpen, Taken, carried, digest, list_of, names_counted, takings
from pos.domain.tax import Tax, parse_tax_rate
from pos.domain.z_report import Closing, Kept, NotAReport, ZReport, read_report
from pos.store.charges import ENDS_AT, OURS
from pos.store.reports import among, names_of
from pos.store.tables import COUNTED, UNCOUNTED, UNPAID, charge_taxes, charges, sale_lines, sales, shifts

_OURS = shifts.c.network == bindparam("network")
_OF_TILL = select(shifts).where(_OURS, shifts.c.till == bindparam("till"))
_LAST = _OF_TILL.order_by(shifts.c.number.desc()).limit(1)
_BY_NUMBER = _OF_TILL.where(shifts.c.number == bindparam("number"))
_FOLLOWING = (
    select(shifts)
    .where(
        _OURS,
        shifts.c.till >= bindparam("till"),
        or_(shifts.c.till > bindparam("till"), shifts.c.number > bindparam("number")),
    )
    .order_by(shifts.c.till, shifts.c.number)
    .limit(1)
)
_LOST = select(func.count()).where(COUNTED, OURS, ~exists().where(shifts.c.id == charges.c.shift))
_BEGIN = insert(shifts).returning(shifts.c.id)
_WRITE = (
    update(shifts)
    .where(shifts.c.id == bindparam("of_shift"))
    .values(sha256=bindparam("digest"), report=bindparam("text"), sales=bindparam("list"))
)
# To the next name by the index: a shop has a few, however many charges have each of them.
_NEXT_NAME = (
    select(charges.c.till).where(OURS, UNCOUNTED, charges.c.till > bindparam("name")).order_by(charges.c.till).limit(1)
)
_UNCOUNTED = (
    select(charges.c.paid_at, charges.c.id)
    .where(OURS, UNCOUNTED, charges.c.till == bindparam("name"))
    .order_by(charges.c.paid_at)
    .limit(bindparam("most"))
)
# So that no index is taken for it: all charges that a till ever made would be walked through.
_AT = charges.c.till.concat("").in_(bindparam("names", expanding=True))
_NEVER_PAID = (OURS, UNPAID, charges.c.expires_at > bindparam("since"), _AT)
# One whose wallet was not heard since its end may be paid as well.
_OPEN = (
    select(
        *(sales.c.year, sales.c.number, sales.c.memo, sales.c.currency, sales.c.price, sales.c.tip),
        *(charges.c.amount_sat, charges.c.expires_at),
    )
    .join_from(charges, sales)
    .where(
        *_NEVER_PAID,
        charges.c.cancelled_at.is_(None),
        or_(
            charges.c.expires_at > bindparam("now"),
            charges.c.asked_at.is_(None),
            charges.c.asked_at < charges.c.expires_at,
        ),
    )
    .order_by(charges.c.expires_at, charges.c.id)
)
_CANCELLED = select(func.count()).where(
    *_NEVER_PAID, charges.c.cancelled_at >= bindparam("since"), charges.c.cancelled_at < bindparam("now")
)


def open_shift(connection: Connection, network: str, till: str, tills: Collection[str], now: int, most: int) -> Shift:
    """Return a till's shift as it stands at a time (unix seconds), with so many payments at most."""
    before = _last(connection, network, till)
    names = _names(connection, network, till, tills)
    ids = _uncounted(connection, network, names, most + 1)
    taken = list(_taken(connection, _by_id(connection), names_of(connection, ids[:most])))
    return _drawn_up(connection, network, till, names, before, taken, now, is_full=len(ids) > most)


def close(
    connection: Connection, network: str, till: str, tills: Collection[str], number: int, closing: Closing, most: int
) -> ZReport | None:
    """Write the report of a till's shift of a number, and in each of its payments, so many at most, that it is in it.

    None where it is empty, closed already, or not the next. Raises IntegrityError where somebody else closes it at the
    same moment.
    """
    before = _last(connection, network, till)
    names = _names(connection, network, till, tills)
    ids = _uncounted(connection, network, names, most + 1)
    if not ids or number != _next(before):
        return None
    # Whoever closes the same shift waits here, until this transaction has an end.
    values = {"network": network, "till": till, "number": number, "closed_at": closing.at}
    shift_id = connection.execute(_BEGIN, values).scalar_one()
    connection.execute(_count(connection.dialect.name), names_of(connection, ids[:most]) | {"of_shift": shift_id})
    taken = list(counted(connection, shift_id))
    shift = _drawn_up(connection, network, till, names, before, taken, closing.at, is_full=len(ids) > most)
    sold = list_of(taken)
    report = ZReport(network, shift, closing, before.sha256 if before else "", digest(sold))
    written = {"of_shift": shift_id, "digest": report.sha256, "text": report.text, "list": sold}
    connection.execute(_WRITE, written)
    return report


def find(connection: Connection, network: str, till: str, number: int) -> Kept | None:
    """Return the report of a till's shift."""
    row = connection.execute(_BY_NUMBER, {"network": network, "till": till, "number": number}).one_or_none()
    return _kept(row) if row else None


def listed(connection: Connection, network: str, till: str | None, before: int, most: int) -> list[Kept]:
    """Return so many reports, of one till or of all, the newest first: those before one by its id."""
    of = () if till is None else (shifts.c.till == bindparam("till"),)
    asked = select(shifts).where(_OURS, shifts.c.id < bindparam("before"), *of)
    values: dict[str, object] = {"network": network, "before": before} | ({"till": till} if of else {})
    rows = connection.execute(asked.order_by(shifts.c.id.desc()).limit(most), values)
    return [_kept(row) for row in rows]


def following(connection: Connection, network: str, after: tuple[str, int]) -> Kept | None:
    """Return the report that follows on one, by till and number, till after till."""
    till, number = after
    row = connection.execute(_FOLLOWING, {"network": network, "till": till, "number": number}).one_or_none()
    return _kept(row) if row else None


def count_lost(connection: Connection, network: str) -> int:
    """Count the charges that name a report that is not there. It looks through all that were ever counted."""
    return int(connection.execute(_LOST, {"network": network}).scalar_one())


def counted(connection: Connection, shift_id: int) -> Iterator[Taken]:
    """Return all charges that a shift has counted."""
    return _taken(connection, COUNTED & (charges.c.shift == bindparam("shift_id")), {"shift_id": shift_id})


def _next(before: Row[Any] | None) -> int:
    return before.number + 1 if before else 1


def _kept(row: Row[Any]) -> Kept:
    return Kept(row.id, row.network, row.till, row.number, row.sha256, row.report, row.sales)


def _last(connection: Connection, network: str, till: str) -> Row[Any] | None:
    return connection.execute(_LAST, {"network": network, "till": till}).one_or_none()


def _names(connection: Connection, network: str, till: str, tills: Collection[str]) -> list[str]:
    """Return which names of tills and kiosks count in a till's shift, of those that have something to be counted."""
    order = list(tills)
    found = _found(connection, network) if till == order[0] else ()
    return sorted(names_counted(till, order, found))


def _found(connection: Connection, network: str) -> Iterator[str]:
    name: str | None = ""
    while (name := connection.scalar(_NEXT_NAME, {"network": network, "name": name})) is not None:
        yield name


def _uncounted(connection: Connection, network: str, names: Iterable[str], most: int) -> list[str]:
    """Return so many payments that are in no report, the first paid first."""
    rows = [
        (row.paid_at, row.id)
        for name in names
        for row in connection.execute(_UNCOUNTED, {"network": network, "name": name, "most": most})
    ]
    return [charge_id for _, charge_id in sorted(rows)[:most]]


def _drawn_up(
    connection: Connection,
    network: str,
    till: str,
    names: list[str],
    before: Row[Any] | None,
    taken: list[Taken],
    now: int,
    *,
    is_full: bool,
) -> Shift:
    """Return a shift of these payments, with what else happened until a time."""
    since = before.closed_at if before else min((it.made_at for it in taken), default=now)
    values = {"network": network, "names": names, "now": now}
    still_open = connection.execute(_OPEN, values | {"since": now - WATCHED_FOR}).all()
    return Shift(
        till,
        _next(before),
        takings(taken),
        carried(taken, since, _left_open(before)),
        tuple(_read_open(*row) for row in still_open[:NAMED]),
        len(still_open),
        sum(row.amount_sat for row in still_open),
        connection.execute(_CANCELLED, values | {"since": since}).scalar_one(),
        is_full=is_full,
    )


def _left_open(before: Row[Any] | None) -> set[Number]:
    """Return what was still open when the shift before was closed. One that somebody has spoiled says nothing."""
    try:
        return {it.number for it in read_report(before.report).shift.open} if before else set()
    except NotAReport:
        return set()


def _read_open(
    year: int, count: int, memo: str, currency: str, price: int, tip: int, amount_sat: int, ends_at: int
) -> StillOpen:
    return StillOpen(Number(year, count), memo, Money(price + tip, currency), amount_sat, ends_at)


def _taken(connection: Connection, which: ColumnElement[bool], values: dict[str, Any]) -> Iterator[Taken]:
    """Read charges with all that is counted of them."""
    taxes: dict[str, list[Tax]] = {}
    for row in connection.execute(_taxes(which), values):
        taxes.setdefault(row.charge_id, []).append(_tax(row))
    lines: dict[str, list[tuple[str, int, int, str]]] = {}
    for row in connection.execute(_lines(which), values):
        lines.setdefault(row.id, []).append((row.text, row.quantity, row.unit_price, row.tax))
    for row in connection.execute(_whole(which), values):
        yield _read(row, tuple(taxes.get(row.id, ())), tuple(lines.get(row.id, ())))


def _read(row: Row[Any], taxes: tuple[Tax, ...], lines: tuple[tuple[str, int, int, str], ...]) -> Taken:
    in_books = row.currency is not None
    return Taken(
        number=Number(row.year, row.number),
        attempt=row.attempt,
        channel=Channel(row.channel),
        till=row.till,
        staff="",
        made_at=row.created_at,
        ends_at=row.ends_at,
        paid_at=row.paid_at,
        amount_sat=row.amount_sat,
        tip_sat=row.tip_sat,
        received_sat=row.received_sat or 0,
        proven=bool(row.proven),
        surplus=bool(row.surplus),
        payment_hash=row.payment_hash,
        currency=row.currency if in_books else SAT,
        price=row.price_minor if in_books else row.amount_sat - row.tip_sat,
        tip=row.tip_minor if in_books else row.tip_sat,
        typed=(row.sale_currency, row.sale_price, row.sale_tip),
        memo=row.memo,
        taxes=taxes,
        lines=lines,
    )


def _tax(row: Row[Any]) -> Tax:
    rate = parse_tax_rate(row.rate)
    if rate is None:
        raise ValueError(f"{row.rate!r} is no rate of tax")
    return Tax(rate, row.net, row.tax)


def _by_id(connection: Connection) -> ColumnElement[bool]:
    return among(connection.dialect.name, charges.c.id)


def _whole(which: ColumnElement[bool]) -> Select[Any]:
    of_sale = (
        *(sales.c.year, sales.c.number, sales.c.memo, sales.c.currency.label("sale_currency")),
        *(sales.c.price.label("sale_price"), sales.c.tip.label("sale_tip")),
    )
    facts = (
        *(charges.c.id, charges.c.attempt, charges.c.channel, charges.c.till, charges.c.created_at, charges.c.paid_at),
        *(charges.c.amount_sat, charges.c.tip_sat, charges.c.received_sat, charges.c.proven, charges.c.surplus),
        *(charges.c.payment_hash, charges.c.currency, charges.c.price_minor, charges.c.tip_minor),
        ENDS_AT.label("ends_at"),
    )
    return select(*facts, *of_sale).join_from(charges, sales).where(which)


def _taxes(which: ColumnElement[bool]) -> Select[Any]:
    return select(charge_taxes).join_from(charges, charge_taxes).where(which).order_by(charge_taxes.c.rate)


def _lines(which: ColumnElement[bool]) -> Select[Any]:
    of_sale = sale_lines.c.sale_id == charges.c.sale_id
    return (
        select(charges.c.id, sale_lines)
        .join_from(charges, sale_lines, of_sale)
        .where(which)
        .order_by(charges.c.id, sale_lines.c.position)
    )


@cache
def _count(dialect: str) -> Update:
    return update(charges).where(among(dialect, charges.c.id), UNCOUNTED).values(shift=bindparam("of_shift"))

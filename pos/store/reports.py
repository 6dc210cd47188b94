"""The books: sales of a selection in their order, and what these come to. Each question reads a bounded part."""

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    Table,
    Text,
    any_,
    bindparam,
    case,
    func,
    not_,
    or_,
    select,
    text,
)

from pos.domain.charge import Channel
from pos.domain.money import SAT, Money
from pos.domain.number import Number
from pos.domain.report import (
    Booked,
    Entry,
    Found,
    GivenBack,
    Part,
    Place,
    Selection,
    State,
    Sums,
    by_currency,
    given_back_by_currency,
    in_order,
)
from pos.domain.tax import Tax
from pos.store.charges import OURS, PAID_BY, listed
from pos.store.given_back import read_given_back, select_given_back
from pos.store.rows import read_entry, read_tax_rate
from pos.store.tables import ENDS_AT, PAID, REFUNDED, REVIEW, SURPLUS, charge_taxes, charges, sale_lines, sales, staff

# One bound on either side, not two: SQLite would begin at the wrong one.
_OLDER = (
    sales.c.at >= bindparam("since"),
    sales.c.at <= bindparam("place"),
    or_(sales.c.at < bindparam("place"), sales.c.id < bindparam("place_id")),
)
_NEWER = (
    sales.c.at < bindparam("until"),
    sales.c.at >= bindparam("place"),
    or_(sales.c.at > bindparam("place"), sales.c.id > bindparam("place_id")),
)
_OF_TILL = (sales.c.channel == bindparam("channel"), sales.c.till == bindparam("till"))
_SALE = (
    sales.c.currency.label("sale_currency"),
    sales.c.price.label("sale_price"),
    sales.c.tip.label("sale_tip"),
    PAID_BY,
    *(sales.c.memo, sales.c.jar, sales.c.payer, sales.c.shown),
    *(sales.c.year, sales.c.number),
    sales.c.at,
    *(sales.c.staff, func.coalesce(staff.c.name, "").label("seller")),
    *(sales.c.surplus_sat, sales.c.refunded_sat, sales.c.refunded),
)
_WHOLE = (
    select(charges, *_SALE).join(sales, sales.c.charge_id == charges.c.id).outerjoin(staff, staff.c.id == sales.c.staff)
)
_BY_NUMBER = _WHOLE.where(
    sales.c.network == bindparam("network"),
    sales.c.year == bindparam("year"),
    sales.c.number == bindparam("number"),
)

_IN_TIME = (OURS, PAID, charges.c.paid_at >= bindparam("since"), charges.c.paid_at < bindparam("until"))
_NEXT = select(charges.c.paid_at).where(*_IN_TIME).order_by(charges.c.paid_at).limit(1).offset(bindparam("rows"))
_CURRENCY = func.coalesce(charges.c.currency, SAT)
_PRICE_SAT = charges.c.amount_sat - charges.c.tip_sat
_OVER = charges.c.received_sat - charges.c.amount_sat
_REVIEWED = or_(REVIEW, SURPLUS)
_LATE = charges.c.paid_at > ENDS_AT
_FIGURES = (
    func.count(),
    func.sum(func.coalesce(charges.c.price_minor, _PRICE_SAT)),
    func.sum(func.coalesce(charges.c.tip_minor, charges.c.tip_sat)),
    func.sum(_PRICE_SAT),
    func.sum(charges.c.tip_sat),
)


def entry(connection: Connection, network: str, number: Number) -> Entry | None:
    """Return the sale of a number."""
    values = {"network": network, "year": number.year, "number": number.count}
    row = connection.execute(_BY_NUMBER, values).one_or_none()
    return _entries(connection, [row])[0] if row else None


def walk(
    connection: Connection,
    network: str,
    selection: Selection,
    after: Place | None,
    rows: int,
    *,
    oldest_first: bool = False,
) -> list[Found]:
    """Return so many sales of a selection's time and till that follow on a place, the newest first or the oldest.

    Whether each is of the selection altogether is still to be seen.
    """
    # Whatever a place was handed out for, none leads out of the selection's time.
    first = (selection.since if oldest_first else selection.until, "")
    place, place_id = max(first, after or first) if oldest_first else min(first, after or first)
    values: dict[str, object] = {"network": network, "place": place, "place_id": place_id, "rows": rows}
    values |= {"until": selection.until} if oldest_first else {"since": selection.since}
    till = _till(selection)
    if till is not None:
        channel = selection.channel or Channel.TILL
        values |= {"channel": channel.value, "till": till}
    found = connection.execute(_walk(till is not None, oldest_first), values)
    # To write amounts out takes as long as all the rest, and few searches are for one.
    by_amount = selection.search is not None and selection.search.amounts != ()
    return [_found(*row, by_amount=by_amount) for row in found]


def read(connection: Connection, sale_ids: list[str]) -> list[Entry]:
    """Return sales by their ids, in the same order."""
    if not sale_ids:
        return []
    rows = connection.execute(_by_ids(connection.dialect.name), names_of(connection, sale_ids)).all()
    by_id = {it.sale_id: it for it in _entries(connection, rows)}
    return [by_id[it] for it in sale_ids]


def sums(
    connection: Connection, network: str, selection: Selection, since: int, rows: int, width: int
) -> tuple[Sums, list[tuple[int, Booked]], int | None]:
    """Add up the first so many paid sales of a selection since a time; it has no search.

    Return beside it, without taxes, what there is of one currency in a slot of so many seconds, and when the slot
    begins; and the time from which on there are more: None if there are none.
    """
    values, following = _part(connection, network, selection, since, rows)
    of = _of(selection)
    found = connection.execute(_slots(*of), values | {"width": width})
    slots = [(row.slot * width, _booked_in(*row[1:])) for row in found]
    taxes: dict[str, list[Tax]] = {}
    for currency, rate, net, tax in connection.execute(_taxes(*of), values):
        taxes.setdefault(currency, []).append(Tax(read_tax_rate(rate), int(net), int(tax)))
    review, *apart = map(int, connection.execute(_apart(*of[:2]), values).one())
    late, less, more, unproven = (Part(*apart[at : at + 2]) for at in range(0, len(apart), 2))
    count, unseen, sat = map(int, connection.execute(_surplus(*of[:2]), values).one())
    books = (replace(it, taxes=in_order(taxes.get(it.currency, ()))) for it in by_currency(it for _, it in slots))
    given_back = given_back_by_currency(map(read_given_back, connection.execute(_given_back(*of), values)))
    whole = Sums(tuple(books), review + unseen, late, less, more, unproven, Part(count, sat), given_back)
    return whole, slots, following


def _part(
    connection: Connection, network: str, selection: Selection, since: int, rows: int
) -> tuple[dict[str, object], int | None]:
    """Return the values that ask for the first so many paid sales since a time, and the time from which on to go on."""
    values: dict[str, object] = {"network": network, "since": since, "until": selection.until}
    following = connection.execute(_NEXT, values | {"rows": rows}).scalar_one_or_none()
    if following is not None:
        # All of one second are read together.
        following = values["until"] = max(following, since + 1)
    if selection.channel:
        values["channel"] = selection.channel.value
    if selection.till is not None:
        values["till"] = selection.till
    return values, following


def _of(selection: Selection) -> tuple[bool, bool, bool]:
    return selection.channel is not None, selection.till is not None, selection.state is State.REVIEW


def _till(selection: Selection) -> str | None:
    """Return whose sales lie together in an index: one till's or kiosk's, or those of a channel without any."""
    if selection.till is not None:
        return selection.till
    return None if selection.channel is None or selection.channel.has_names else ""


def _entries(connection: Connection, rows: Sequence[Row[Any]]) -> list[Entry]:
    lines: dict[str, list[Row[Any]]] = {row.sale_id: [] for row in rows}
    for line in connection.execute(_lines(connection.dialect.name), names_of(connection, list(lines))):
        lines[line.sale_id].append(line)
    returned = _returned(connection, [row.sale_id for row in rows if row.refunded_sat])
    return [read_entry(row, lines[row.sale_id], returned.get(row.sale_id)) for row in rows]


def _returned(connection: Connection, sale_ids: list[str]) -> dict[str, GivenBack]:
    """Return what was given back of each of some sales."""
    found: dict[str, GivenBack] = {}
    if sale_ids:
        for row in connection.execute(_given_back_of(connection.dialect.name), names_of(connection, sale_ids)):
            it = read_given_back(row)
            found[row.sale_id] = found[row.sale_id] + it if row.sale_id in found else it
    return found


@cache
def _walk(of_till: bool, oldest_first: bool) -> Select[Any]:
    """Select sales and their charges; the sales first, so that no database begins with anything else."""
    following = _NEWER if oldest_first else _OLDER
    asked = select(sales).where(sales.c.network == bindparam("network"), *following, *(_OF_TILL if of_till else ()))
    first = asked.order_by(*_order(sales, oldest_first)).limit(bindparam("rows")).subquery("first")
    of = first.c
    columns = (
        *(of.id, of.at, of.channel, of.memo, of.year, of.number, of.currency, of.price, of.tip),
        *(charges.c.currency, charges.c.price_minor, charges.c.tip_minor, charges.c.amount_sat, charges.c.tip_sat),
        *(
            charges.c.payment_hash,
            of.payer,
            PAID.label("is_paid"),
            or_(REVIEW, of.surplus_sat > 0).label("needs_review"),
            of.staff,
        ),
    )
    whole = select(*columns).join_from(charges, first, of.charge_id == charges.c.id)
    return whole.order_by(*_order(first, oldest_first))


def _order(of: FromClause, oldest_first: bool) -> list[ColumnElement[Any]]:
    return [of.c.at, of.c.id] if oldest_first else [of.c.at.desc(), of.c.id.desc()]


def _found(*row: Any, by_amount: bool) -> Found:
    sale_id, at, channel, memo, year, number, currency, price, tip, *rest = row
    books, price_minor, tip_minor, amount_sat, tip_sat, payment_hash, payer, is_paid, needs_review, sold_by = rest
    amounts = []
    if by_amount:
        amounts = [(price, tip, currency), (amount_sat - tip_sat, tip_sat, SAT)]
        amounts += [(price_minor, tip_minor, books)] if books is not None else []
    return Found(
        sale_id,
        at,
        Channel(channel),
        memo,
        Number(year, number),
        tuple(Money(minor, unit) for price, tip, unit in amounts for minor in (price, price + tip)),
        payment_hash,
        payer,
        bool(is_paid),
        bool(needs_review),
        sold_by,
    )


@cache
def _by_ids(dialect: str) -> Select[Any]:
    return _WHOLE.where(among(dialect, sales.c.id))


@cache
def _lines(dialect: str) -> Select[Any]:
    of_them = among(dialect, sale_lines.c.sale_id)
    return select(sale_lines).where(of_them).order_by(sale_lines.c.sale_id, sale_lines.c.position)


@cache
def _given_back_of(dialect: str) -> Select[Any]:
    return select_given_back(among(dialect, sales.c.id))


def among(dialect: str, column: Column[str]) -> ColumnElement[bool]:
    # PostgreSQL knows how many are in an array, but not in a JSON list, and would read a whole table for those.
    return column.in_(listed(dialect)) if dialect == "sqlite" else column == any_(bindparam("ids", type_=ARRAY(Text)))


def names_of(connection: Connection, ids: list[str]) -> dict[str, object]:
    return {"ids": json.dumps(ids) if connection.dialect.name == "sqlite" else ids}


@cache
def _slots(*of: bool) -> Select[Any]:
    """Select the sums of the first paid charges of each sale, a row for each slot of time and currency."""
    slot = (charges.c.paid_at // bindparam("width", type_=BigInteger)).label("slot")
    # By its name: PostgreSQL does not know that two parameters are the same.
    return _of_first(select(slot, _CURRENCY, *_FIGURES), *of).group_by(text("slot"), _CURRENCY)


def _of_first(statement: Select[Any], by_channel: bool, by_till: bool, in_review: bool) -> Select[Any]:
    """Let a statement be about the first paid charge of each sale."""
    statement = statement.where(*_IN_TIME, not_(charges.c.surplus), *_seller(charges, by_channel, by_till))
    if in_review:
        statement = statement.join_from(charges, sales, sales.c.id == charges.c.sale_id).where(_REVIEWED)
    return statement


@cache
def _apart(by_channel: bool, by_till: bool) -> Select[Any]:
    """Select how many of these charges need a look, and what is to be told of them: few, in an index of their own."""
    statement: Select[Any] = select().add_columns(
        func.count(),
        *_count_and_sum(_LATE, charges.c.received_sat),
        *_count_and_sum(_OVER < 0, -_OVER),
        *_count_and_sum(_OVER > 0, _OVER),
        *_count_and_sum(not_(charges.c.proven), charges.c.received_sat),
    )
    return _of_first(statement, by_channel, by_till, in_review=False).where(REVIEW)


@cache
def _taxes(*of: bool) -> Select[Any]:
    """Select the sums of the tax in these charges, a row for each currency and rate."""
    by_channel, by_till, in_review = of
    statement = select(
        charge_taxes.c.currency, charge_taxes.c.rate, func.sum(charge_taxes.c.net), func.sum(charge_taxes.c.tax)
    ).where(
        charge_taxes.c.network == bindparam("network"),
        charge_taxes.c.paid_at.is_not(None),
        charge_taxes.c.paid_at >= bindparam("since"),
        charge_taxes.c.paid_at < bindparam("until"),
        *_seller(charge_taxes, by_channel, by_till),
    )
    if in_review:
        statement = (
            statement.join_from(charge_taxes, charges, charges.c.id == charge_taxes.c.charge_id)
            .join(sales, sales.c.id == charges.c.sale_id)
            .where(_REVIEWED)
        )
    return statement.group_by(charge_taxes.c.currency, charge_taxes.c.rate)


@cache
def _surplus(by_channel: bool, by_till: bool) -> Select[Any]:
    """Select how many sales were paid more than once, how many of these need a look for nothing else, and the sat."""
    return (
        select(func.count(), func.count(case((not_(REVIEW), 1))), func.coalesce(func.sum(sales.c.surplus_sat), 0))
        .join_from(sales, charges, charges.c.id == sales.c.charge_id)
        .where(
            sales.c.network == bindparam("network"),
            SURPLUS,
            sales.c.at >= bindparam("since"),
            sales.c.at < bindparam("until"),
            *_seller(sales, by_channel, by_till),
        )
    )


@cache
def _given_back(by_channel: bool, by_till: bool, in_review: bool) -> Select[Any]:
    """Select what was given back of these sales, a row for each refund: few, and the sales in an index of their own."""
    return select_given_back(
        sales.c.network == bindparam("network"),
        REFUNDED,
        sales.c.at >= bindparam("since"),
        sales.c.at < bindparam("until"),
        *_seller(sales, by_channel, by_till),
        *([_REVIEWED] if in_review else []),
    )


def _seller(table: Table, by_channel: bool, by_till: bool) -> list[ColumnElement[bool]]:
    asked = (by_channel, table.c.channel == bindparam("channel")), (by_till, table.c.till == bindparam("till"))
    return [condition for is_asked, condition in asked if is_asked]


def _count_and_sum(of: ColumnElement[bool], what: ColumnElement[int]) -> tuple[ColumnElement[int], ColumnElement[int]]:
    return func.count(case((of, 1))), func.coalesce(func.sum(case((of, what))), 0)


def _booked_in(currency: str, *figures: Any) -> Booked:
    # What a PostgreSQL adds up is a decimal number.
    count, price, tip, price_sat, tip_sat = map(int, figures)
    return Booked(currency, count, price, tip, price_sat, tip_sat)

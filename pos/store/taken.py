"""The charges and refunds that shifts count, read with all that is counted of them."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, select

from pos.domain.charge import Channel
from pos.domain.money import SAT
from pos.domain.number import Number
from pos.domain.shift import Returned, Taken
from pos.domain.tax import Tax
from pos.store.given_back import IN_BOOKS, money_in_books
from pos.store.reports import among, names_of
from pos.store.rows import read_tax_rate
from pos.store.tables import COUNTED, ENDS_AT, REFUND_REPORTED, charge_taxes, charges, refunds, sale_lines, sales, staff

_OF_SHIFT = COUNTED & (charges.c.shift == bindparam("shift_id"))


def by_ids(connection: Connection, ids: list[str]) -> list[Taken]:
    """Return charges by their ids."""
    return list(_taken(connection, among(connection.dialect.name, charges.c.id), names_of(connection, ids)))


def by_shift(connection: Connection, shift_id: int) -> list[Taken]:
    """Return all charges that a shift has counted."""
    return list(_taken(connection, _OF_SHIFT, {"shift_id": shift_id}))


def refunds_by_ids(connection: Connection, ids: list[str]) -> list[Returned]:
    """Return refunds by their ids."""
    which = among(connection.dialect.name, refunds.c.id)
    return [_read_refund(row) for row in connection.execute(_refunds(which), names_of(connection, ids))]


def refunds_by_shift(connection: Connection, shift_id: int) -> list[Returned]:
    """Return all refunds that a shift has counted."""
    which = REFUND_REPORTED & (refunds.c.shift == bindparam("shift_id"))
    return [_read_refund(row) for row in connection.execute(_refunds(which), {"shift_id": shift_id})]


def _taken(connection: Connection, which: ColumnElement[bool], values: dict[str, Any]) -> Iterator[Taken]:
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
        staff=row.staff,
        seller=row.seller,
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
    return Tax(read_tax_rate(row.rate), row.net, row.tax)


def _whole(which: ColumnElement[bool]) -> Select[Any]:
    of_sale = (
        *(sales.c.year, sales.c.number, sales.c.memo, sales.c.currency.label("sale_currency")),
        *(sales.c.price.label("sale_price"), sales.c.tip.label("sale_tip"), sales.c.staff),
        func.coalesce(staff.c.name, "").label("seller"),
    )
    facts = (
        *(charges.c.id, charges.c.attempt, charges.c.channel, charges.c.till, charges.c.created_at, charges.c.paid_at),
        *(charges.c.amount_sat, charges.c.tip_sat, charges.c.received_sat, charges.c.proven, charges.c.surplus),
        *(charges.c.payment_hash, charges.c.currency, charges.c.price_minor, charges.c.tip_minor),
        ENDS_AT.label("ends_at"),
    )
    whole = select(*facts, *of_sale).join_from(charges, sales)
    return whole.outerjoin(staff, staff.c.id == sales.c.staff).where(which)


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


def _refunds(which: ColumnElement[bool]) -> Select[Any]:
    of_refund = (refunds.c.position, refunds.c.till, refunds.c.reason, refunds.c.staff)
    of_payment = (refunds.c.paid_by, refunds.c.paid_at, refunds.c.preimage)
    whole = select(*of_refund, *of_payment, sales.c.year, sales.c.number, *IN_BOOKS).join_from(refunds, sales)
    return whole.outerjoin(charges, charges.c.id == sales.c.charge_id).where(which)


def _read_refund(row: Row[Any]) -> Returned:
    money = money_in_books(row)
    return Returned(
        number=Number(row.year, row.number),
        position=row.position,
        till=row.till,
        currency=money.currency,
        minor=money.minor,
        sat=row.amount_sat,
        reason=row.reason,
        asked_by=row.staff,
        paid_by=row.paid_by or "",
        paid_at=row.paid_at,
        proven=row.preimage is not None,
    )

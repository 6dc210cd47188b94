"""A Z report as a table for spreadsheets. Its columns are fixed; docs/shifts.md says what they mean."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal

from pos.domain.export import BOM, Value, table
from pos.domain.money import SAT, Money
from pos.domain.report import Part
from pos.domain.shift import Shift
from pos.domain.z_report import ZReport

COLUMNS = (
    "till",
    "number",
    "closed_at",
    "closed_by",
    "part",
    "name",
    "count",
    "currency",
    "net",
    "tax",
    "amount",
    "sat",
)
# The last eight of them.
_Row = tuple[Value, ...]


def as_csv(report: ZReport, local: Callable[[int], datetime]) -> str:
    """Write a report as CSV, a row for each sum.

    `local` makes a time (unix seconds) one of the shop's clock, with its zone.
    """
    shift, closing = report.shift, report.closing
    which = (shift.till, shift.number, local(closing.at), closing.by)
    return BOM + table([COLUMNS, *((*which, *row) for row in _rows(shift))])


def _rows(shift: Shift) -> Iterator[_Row]:
    for currency in shift.currencies:
        yield from _in_currency(shift, currency)
    takings = shift.takings
    yield "received", "", takings.count + takings.surplus.count, SAT, None, None, None, takings.received_sat
    for name in ("late", "less", "more", "unproven", "surplus"):
        yield _of_part(name, getattr(takings, name))
    yield _of_part("carried", shift.carried)
    yield _of_part("open", Part(shift.open_count, shift.open_sat))
    yield "cancelled", "", shift.cancelled, None, None, None, None, None


def _in_currency(shift: Shift, currency: str) -> Iterator[_Row]:
    sums = shift.balance(currency)
    booked, returned = sums.booked, sums.returned

    def major(minor: int) -> Decimal:
        return Money(minor, currency).major

    yield "price", "", booked.count, currency, None, None, major(booked.price), booked.price_sat
    yield "tips", "", None, currency, None, None, major(booked.tip), booked.tip_sat
    yield "given_back", "", returned.count, currency, None, None, returned.money.major, -returned.sat
    yield "total", "", booked.count, currency, None, None, sums.total.major, sums.total_sat.minor
    for it in booked.taxes:
        yield "tax", str(it.rate), None, currency, major(it.net), major(it.tax), major(it.gross), None
    for seller in shift.takings.sellers:
        if seller.currency == currency:
            name = seller.name or seller.channel.value
            yield "seller", name, seller.count, currency, None, None, seller.money.major, seller.total_sat


def _of_part(name: str, part: Part) -> _Row:
    return name, "", part.count, SAT, None, None, None, part.sat

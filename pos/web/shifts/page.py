"""What the pages of shifts say, before their templates set it."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pos.domain.charge import CALLED, Channel
from pos.domain.money import SAT, Money
from pos.domain.refusal import Refusal
from pos.domain.report import Booked
from pos.domain.sentence import Sentence
from pos.domain.shift import Seller, Shift, StillOpen
from pos.domain.z_report import Kept, NotAReport, ZReport, read_report
from pos.shop import Shop
from pos.web.i18n import gettext, say
from pos.web.times import write_times

# So many of those that are still open are named on a page; the others are counted.
_NAMED = 5
# Hex digits of a hash, as a person compares them: nobody finds another report with the same ones.
_DIGITS = 16


class Unreadable(Refusal):
    """A report that was changed so that it cannot be read."""

    def __init__(self, why: NotAReport) -> None:
        super().__init__(Sentence("This report cannot be read any more. Ask the owner."), 500, str(why))


@dataclass(frozen=True, slots=True)
class TaxRow:
    """A row of the table of tax: a rate, or in `words` what has none."""

    percent: Decimal | None
    words: str
    net: Money
    tax: Money
    gross: Money


@dataclass(frozen=True, slots=True)
class SellerRow:
    """Who sold, how many sales, and what they come to."""

    name: str
    count: int
    total: Money
    total_sat: Money


@dataclass(frozen=True, slots=True)
class Sums:
    """What a shift comes to in one currency of the books. `given_back` is below nothing."""

    currency: str
    count: int
    total: Money
    total_sat: Money
    price: Money
    price_sat: Money
    tips: Money
    tips_sat: Money
    given_back: Money
    given_back_sat: Money
    taxes: list[TaxRow]
    sellers: list[SellerRow]


@dataclass(frozen=True, slots=True)
class Open:
    """What is still open: the first few, how many there are besides, and all of them in one unit."""

    named: tuple[StillOpen, ...]
    others: int
    total: Money


@dataclass(frozen=True, slots=True)
class Page:
    """A shift as a page shows it. `look_at` has the words for what is to be looked at, and how many there are.

    `first` and `last` are when something was paid: without the day where all of it is today.
    """

    shift: Shift
    first: str
    last: str
    sums: list[Sums]
    look_at: list[tuple[str, int]]
    open: Open | None
    till_name: str


@dataclass(frozen=True, slots=True)
class Row:
    """A report in the list of all, and what it comes to in each currency of the books."""

    till: str
    number: int
    closed_at: int
    closed_by: str
    count: int
    totals: list[Money]


def present(shop: Shop, shift: Shift) -> Page:
    """Work out what stands on the page of a shift, open or closed: the shop's own currency first."""
    takings = shift.takings
    look_at = [
        (gettext("Late"), takings.late.count),
        (gettext("Less than asked"), takings.less.count),
        (gettext("More than asked"), takings.more.count),
        (gettext("Not proven"), takings.unproven.count),
        (gettext("Paid twice"), takings.surplus.count),
        (gettext("Cancelled"), shift.cancelled),
    ]
    sums = [_sums(shift, it) for it in _currencies(shop, shift)]
    first, last = write_times(shop, takings.began_at, takings.ended_at)
    return Page(shift, first, last, sums, look_at, _open(shift), _till_name(shop, shift.till))


def read(kept: Kept) -> ZReport:
    """Read a report. Raises Unreadable."""
    try:
        return read_report(kept.text)
    except NotAReport as error:
        raise Unreadable(error) from error


def rows(shop: Shop, kept: list[Kept]) -> Iterator[Row]:
    """Write reports out as rows of a list. One that cannot be read is left out: its own page says so."""
    for it in kept:
        try:
            report = read_report(it.text)
        except NotAReport:
            continue
        shift, closing = report.shift, report.closing
        totals = [shift.balance(currency).total for currency in _currencies(shop, shift)]
        yield Row(it.till, it.number, closing.at, closing.by, shift.takings.count, totals)


def _currencies(shop: Shop, shift: Shift) -> list[str]:
    """Return what a shift has sums in, the shop's own currency first; that alone where there is nothing at all."""
    own = shop.settings.currency or SAT
    return sorted(shift.currencies, key=lambda it: (it != own, it == SAT, it)) or [own]


def _till_name(shop: Shop, till: str) -> str:
    """Return how a till is called; nothing where there is but one, as that tells nobody anything."""
    return "" if shop.settings.tills == (till,) else till


def short(sha256: str) -> str:
    """Write the first digits of a hash in groups."""
    return f"{sha256[: _DIGITS // 2]} {sha256[_DIGITS // 2 : _DIGITS]}".strip()


def _seller(it: Seller, *, has_staff: bool) -> str:
    """Name who sold: somebody by their name, else the channel."""
    if it.channel is Channel.TILL and (it.name or has_staff):
        return it.name or gettext("Nobody signed in")
    return say(CALLED[it.channel])


def _sums(shift: Shift, currency: str) -> Sums:
    sums = shift.balance(currency)
    booked, returned = sums.booked, sums.returned
    has_staff = any(it.staff for it in shift.takings.sellers)
    return Sums(
        currency,
        booked.count,
        sums.total,
        sums.total_sat,
        booked.money(booked.price),
        Money(booked.price_sat, SAT),
        booked.money(booked.tip),
        Money(booked.tip_sat, SAT),
        returned.money,
        Money(-returned.sat, SAT),
        list(_taxes(booked)),
        [
            SellerRow(_seller(it, has_staff=has_staff), it.count, it.money, Money(it.total_sat, SAT))
            for it in shift.takings.sellers
            if it.currency == currency
        ],
    )


def _taxes(booked: Booked) -> Iterator[TaxRow]:
    """Write the tax out by its rates, and what is without any, so that all of it comes to price and tips."""
    taxes = booked.taxes_by_percent
    if not taxes:
        return
    for it in taxes:
        net, tax, gross = map(booked.money, (it.net, it.tax, it.gross))
        yield TaxRow(it.rate.percent, "", net, tax, gross)
    untaxed = booked.price - sum(it.gross for it in taxes)
    for words, minor in ((gettext("Without tax"), untaxed), (gettext("Tips"), booked.tip)):
        if minor:
            yield TaxRow(None, words, booked.money(minor), booked.money(0), booked.money(minor))


def _open(shift: Shift) -> Open | None:
    if not shift.open_count:
        return None
    totals = {it.total.currency for it in shift.open}
    total = Money(shift.open_sat, SAT)
    if len(totals) == 1 and len(shift.open) == shift.open_count:
        total = Money(sum(it.total.minor for it in shift.open), totals.pop())
    named = shift.open[:_NAMED]
    return Open(named, shift.open_count - len(named), total)

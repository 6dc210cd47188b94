"""A span in pieces, hours or days or longer, and what was sold in each: what a picture of the sales shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from pos.domain.money import SAT, Money
from pos.domain.report import Booked, by_currency
from pos.domain.span import Span

_DAY = timedelta(days=1)
# So many days, and so many months, still have a bar each.
_MOST_DAYS, _MOST_MONTHS = 42, 36


class Step(StrEnum):
    """What one bar is of."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Bucket:
    """What the paid sales of some time come to, one Booked for each currency of the books."""

    books: tuple[Booked, ...] = ()

    def __add__(self, other: "Bucket") -> "Bucket":
        """Add up two that have no sale in common."""
        return Bucket(by_currency(self.books + other.books))

    @property
    def count(self) -> int:
        """How many sales were paid."""
        return sum(it.count for it in self.books)

    def in_unit(self, currency: str) -> Booked:
        """Return what is known in one currency: what was booked in it; in SAT, all that was asked."""
        if currency != SAT:
            return next((it for it in self.books if it.currency == currency), Booked(currency))
        price, tip = sum(it.price_sat for it in self.books), sum(it.tip_sat for it in self.books)
        return Booked(SAT, self.count, price, tip, price, tip)


@dataclass(frozen=True, slots=True)
class Bar:
    """What was sold from a time on (unix seconds), until the next one begins."""

    at: int
    booked: Booked

    @property
    def total(self) -> Money:
        """Price and tip."""
        return self.booked.total


def step_of(span: Span) -> Step:
    """Return what a bar is of, so that there are not too many of them."""
    days = (span.last - span.first).days + 1
    if days == 1:
        return Step.HOUR
    if days <= _MOST_DAYS:
        return Step.DAY
    months = 12 * (span.last.year - span.first.year) + span.last.month - span.first.month + 1
    return Step.MONTH if months <= _MOST_MONTHS else Step.YEAR


def days_of(span: Span, step: Step) -> list[date]:
    """Return the day on which each piece of a span begins, and at the end the day after it."""
    end = span.last + _DAY
    if step in (Step.HOUR, Step.DAY):
        return [span.first + number * _DAY for number in range((end - span.first).days + 1)]
    months = range(12 * span.first.year + span.first.month, 12 * span.last.year + span.last.month)
    firsts = [date(month // 12, month % 12 + 1, 1) for month in months]
    return [span.first, *(it for it in firsts if step is Step.MONTH or it.month == 1), end]


def hours_of(since: int, until: int, zone: tzinfo | None) -> list[int]:
    """Return the full hours of a clock on the wall from one time to another, and these two (unix seconds).

    `zone` None is the machine's. When clocks are put forward or back, an hour less or more is in it.
    """
    hours = [since]
    while hours[-1] < until:
        clock = datetime.fromtimestamp(hours[-1], zone)
        hours.append(hours[-1] + 3600 - 60 * clock.minute)
    return [*hours[:-1], until]


def in_pieces(buckets: Sequence[Bucket], edges: Sequence[int], pieces: Sequence[int]) -> list[Bucket]:
    """Add up buckets, each from an edge to the next, to longer pieces; both begin and end at the same times."""
    sums = [Bucket() for _ in pieces[1:]]
    piece = 0
    for at, bucket in zip(edges, buckets, strict=False):
        while at >= pieces[piece + 1]:
            piece += 1
        sums[piece] += bucket
    return sums

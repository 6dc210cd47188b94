"""Days that follow on one another, as a shop looks at them: one day, a week, a month, or from one to another."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# Of years before and after these a shop has no books, and a clock may know nothing of them.
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)
_DAY = timedelta(days=1)


class Unit(StrEnum):
    """How long a span is: so the one before it and the one after it are found."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Span:
    """All days from `first` to `last`, with both. A week begins on a Monday."""

    first: date
    last: date
    unit: Unit = Unit.DAYS

    @property
    def before(self) -> "Span":
        """The span of the same unit that ends where this one begins."""
        return self._beside(self.first - _DAY, -1)

    @property
    def after(self) -> "Span":
        """The span of the same unit that begins where this one ends."""
        return self._beside(self.last + _DAY, 1)

    def _beside(self, day: date, way: int) -> "Span":
        if self.unit is Unit.DAYS:
            length = (self.last - self.first) * way
            return Span(min(day, day + length), max(day, day + length))
        return span_of(day, self.unit)


def span_of(day: date, unit: Unit) -> Span:
    """Return the day, the week or the month in which a day is."""
    if unit is Unit.WEEK:
        monday = day - day.weekday() * _DAY
        return Span(monday, monday + 6 * _DAY, unit)
    if unit is Unit.MONTH:
        first = day.replace(day=1)
        return Span(first, (first + 31 * _DAY).replace(day=1) - _DAY, unit)
    return Span(day, day, unit)


def span_from(first: date, last: date) -> Span:
    """Return all days from one to another; where both are the same it is that day."""
    return Span(first, last, Unit.DAY if first == last else Unit.DAYS)


def read_day(text: str) -> date | None:
    """Read a day as a browser sends it, 2026-11-27. None if there is none such."""
    try:
        day = date.fromisoformat(text.strip()[:32])
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None

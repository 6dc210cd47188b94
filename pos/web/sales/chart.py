"""The picture of the sales as its template draws it: where each bar stands, how tall it is, and what is said of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from pos.domain.bars import Bar, Step
from pos.domain.money import Money
from pos.domain.report import Booked
from pos.services.bars import Bars, Busy
from pos.shop import Shop
from pos.web.i18n import gettext, write_day, write_hour, write_month, write_part, write_time

# In fewer places they would be slabs.
_FEWEST = 7
# How wide the narrowest picture is, a letter below it at most, and what is between two of those words (pixels).
_WIDTH, _LETTER, _BETWEEN = 290, 8.5, 8
_MONDAY = date(2024, 1, 1)
Write = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A bar: from where to where it stands, in percent of the width; how tall it is, in percent of the height.

    `middle` is where the words below it stand, and `below` these words, empty where there is no room for them.
    `so_far` is what came since the first bar.
    """

    name: str
    below: str
    booked: Booked
    so_far: Money
    left: float
    width: float
    price: float
    tip: float

    @property
    def middle(self) -> float:
        """Where the words below it stand."""
        return self.left + self.width / 2

    @property
    def tall(self) -> float:
        """Price and tip."""
        return self.price + self.tip


@dataclass(frozen=True, slots=True)
class Top:
    """The highest bar, and where its figures stand above it, so that they are never beside the picture."""

    name: str
    total: Money
    at: float
    anchor: Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Chart:
    """All of it.

    `line` is what came so far, as points of a picture of 100 by 100. `tips` are in percent of the price. `others` are
    the sales that are not in it.
    """

    title: str
    bars: list[Drawn]
    top: Top
    whole: Booked
    line: str
    tips: Decimal | None
    others: int
    week: "Week | None"


@dataclass(frozen=True, slots=True)
class Week:
    """How many sales are paid in each hour of a week: a row for each hour, with its name.

    `most` names the busiest hours, with the weekday; `level` of a cell is 0 to 4.
    """

    days: list[tuple[str, str]]
    rows: list[tuple[str, list[tuple[int, int]]]]
    most: str


def draw(shop: Shop, bars: Bars, *, mirrored: bool) -> Chart:
    """Draw bars, the first one at the left, or mirrored: at the right."""
    title, name, word = _words(shop, bars)
    drawn = _drawn(bars.bars, [name(it.at) for it in bars.bars], [word(it.at) for it in bars.bars], mirrored=mirrored)
    whole = bars.whole
    share = Decimal(whole.tip * 100) / whole.price if whole.price and whole.tip else None
    return Chart(
        title,
        drawn,
        _top(drawn, mirrored=mirrored),
        whole,
        _line(drawn, whole.total.minor),
        share and share.quantize(Decimal("0.1")),
        bars.others,
        _week(shop, bars.busy) if bars.busy else None,
    )


def _words(shop: Shop, bars: Bars) -> tuple[str, Write, Write]:
    """Return the title, how a bar is named, and how it is named in short."""

    def part(pattern: str) -> Write:
        return lambda at: write_part(shop.day(at), pattern)

    match bars.step:
        case Step.HOUR:
            return gettext("By hour"), write_time, lambda at: write_hour(shop.local_time(at).hour)
        case Step.DAY:
            short = part("d" if len(bars.bars) > _FEWEST else "cccccc")
            return gettext("By day"), lambda at: write_day(shop.day(at)), short
        case Step.MONTH:
            return gettext("By month"), lambda at: write_month(shop.day(at)), part("MMM")
    return gettext("By year"), part("y"), part("y")


def _drawn(bars: list[Bar], names: list[str], words: list[str], *, mirrored: bool) -> list[Drawn]:
    place = 100 / max(len(bars), _FEWEST)
    width = 0.7 * place
    top = max(it.total.minor for it in bars)
    longest = max(map(len, words))
    step = -(-len(bars) * (longest * _LETTER + _BETWEEN) // _WIDTH)
    drawn, so_far = [], 0
    for number, bar in enumerate(bars):
        so_far += bar.total.minor
        left = (number + 0.15) * place
        drawn.append(
            Drawn(
                names[number],
                "" if number % step else words[number],
                bar.booked,
                bar.booked.money(so_far),
                round(100 - left - width if mirrored else left, 2),
                round(width, 2),
                _tall(bar.booked.price, top),
                _tall(bar.booked.tip, top),
            )
        )
    return drawn


def _tall(part: int, top: int) -> float:
    """Return how tall a part is; the smallest one can still be seen."""
    return max(1.5, round(97 * part / top, 2)) if part else 0


def _top(bars: list[Drawn], *, mirrored: bool) -> Top:
    top = max(bars, key=lambda it: it.booked.total.minor)
    left, right = top.left, top.left + top.width
    begin, end = (right, left) if mirrored else (left, right)
    along = 100 - top.middle if mirrored else top.middle
    if along < 100 / 3:
        return Top(top.name, top.booked.total, begin, "start")
    if along > 200 / 3:
        return Top(top.name, top.booked.total, end, "end")
    return Top(top.name, top.booked.total, top.middle, "middle")


def _line(bars: list[Drawn], whole: int) -> str:
    return " ".join(f"{it.middle:.1f},{100 - 100 * it.so_far.minor / max(1, whole):.1f}" for it in bars)


def _week(shop: Shop, busy: Busy) -> Week:
    ends = shop.settings.day_ends.hour
    # From the hour in which a day begins to the one in which it ends, as far as there was anything.
    places = [(hour - ends) % 24 for hour, _ in busy]
    hours = [(place + ends) % 24 for place in range(min(places), max(places) + 1)]
    most = max(busy.values())
    days = [_MONDAY + timedelta(days=number) for number in range(7)]
    hour, weekday = max(busy, key=lambda it: busy[it])
    return Week(
        [(write_part(it, "cccccc"), write_part(it, "cccc")) for it in days],
        [
            (
                write_hour(hour),
                [(busy.get((hour, day), 0), -(-4 * busy.get((hour, day), 0) // most)) for day in range(7)],
            )
            for hour in hours
        ],
        f"{write_part(days[weekday], 'cccc')}, {write_hour(hour)}–{write_hour((hour + 1) % 24)}",
    )

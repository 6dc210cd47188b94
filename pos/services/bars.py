"""The picture of the books: what was sold hour by hour, day by day or in longer pieces, and when most of it."""

from dataclasses import dataclass

from pos.domain.bars import Bar, Bucket, Step, days_of, hours_of, in_pieces, step_of
from pos.domain.day import begins_at
from pos.domain.money import SAT
from pos.domain.report import Booked
from pos.domain.span import Span
from pos.shop import Shop

# By the hour of the clock and the weekday, Monday being 0.
Busy = dict[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Bars:
    """What a picture shows of the paid sales, all in one currency or in SAT.

    `others` is how many sales are not in it, as they are not known in that currency. `busy` is how many were paid in
    each hour of a week, those others with them; it is empty where that is not asked for.
    """

    step: Step
    bars: list[Bar]
    whole: Booked
    others: int
    busy: Busy


def edges_of(shop: Shop, span: Span) -> list[int]:
    """Return when each piece begins by which a span has to be added up, and when the last one ends (unix seconds)."""
    pieces = _pieces(shop, span)
    if step_of(span) not in (Step.HOUR, Step.DAY):
        return pieces
    # A day may end in the middle of an hour.
    return sorted({*hours_of(pieces[0], pieces[-1], shop.settings.timezone), *pieces})


def bars_of(shop: Shop, span: Span, buckets: list[Bucket]) -> Bars | None:
    """Return the picture of what a span comes to, from edge to edge; None if nothing of it is paid.

    It is in the shop's currency if any of it is, else in SAT.
    """
    step, pieces, edges = step_of(span), _pieces(shop, span), edges_of(shop, span)
    whole = sum(buckets, start=Bucket())
    if not whole.count:
        return None
    own = shop.settings.currency or SAT
    unit = own if whole.in_unit(own).count else SAT
    of_step = edges if step is Step.HOUR else pieces
    bars = [Bar(at, it.in_unit(unit)) for at, it in zip(of_step, in_pieces(buckets, edges, of_step), strict=False)]
    booked = whole.in_unit(unit)
    busy = _busy(shop, buckets, edges) if step is Step.DAY else {}
    return Bars(step, bars if step is Step.DAY else _cut(bars), booked, whole.count - booked.count, busy)


def _pieces(shop: Shop, span: Span) -> list[int]:
    return [begins_at(it, shop.settings.day_ends, shop.settings.timezone) for it in days_of(span, step_of(span))]


def _cut(bars: list[Bar]) -> list[Bar]:
    """Leave the empty ones at both ends out."""
    sold = [place for place, bar in enumerate(bars) if bar.booked.count]
    return bars[sold[0] : sold[-1] + 1]


def _busy(shop: Shop, buckets: list[Bucket], edges: list[int]) -> Busy:
    busy: Busy = {}
    for at, bucket in zip(edges, buckets, strict=False):
        if bucket.count:
            when = shop.local_time(at).hour, shop.day(at).weekday()
            busy[when] = busy.get(when, 0) + bucket.count
    return busy

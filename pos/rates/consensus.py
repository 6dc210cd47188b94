"""Whom to believe: which of several prices bear each other out. Arithmetic, no calls."""

from collections.abc import Sequence
from decimal import Decimal

from pos.rates.base import Ignored, Report, SourcePrice, middle

# A source is ignored if it says more than so many times the median of the others, or less than that part of it.
# Markets are within one percent of each other.
TOLERANCE = Decimal("1.1")
ENOUGH = 2


def consensus(prices: Sequence[SourcePrice], enough: int) -> Report:
    """Keep the prices that bear each other out, `enough` of them at least, and name the others.

    Who is farthest off the median of the others goes first, and then it is looked at anew: a wrong one must not make
    the right ones look wrong. Who is left has to be the majority: of two and two nobody knows who is right.
    """
    kept = _kept(prices)
    if len(kept) < enough or 2 * len(kept) <= len(prices):
        return Report((), tuple(Ignored(said.source, "has too few that agree", _say(said)) for said in prices))
    return Report(tuple(kept), tuple(_off(said, kept) for said in prices if said not in kept))


def _kept(prices: Sequence[SourcePrice]) -> list[SourcePrice]:
    kept = list(prices)
    while len(kept) > 1:
        distances = [_distance(said, kept) for said in kept]
        if max(distances) <= TOLERANCE:
            break
        del kept[distances.index(max(distances))]
    return kept


def _distance(said: SourcePrice, prices: Sequence[SourcePrice]) -> Decimal:
    others = middle([other for other in prices if other != said])
    return max(said.price / others, others / said.price)


def _off(said: SourcePrice, kept: Sequence[SourcePrice]) -> Ignored:
    return Ignored(said.source, "is too far off the others", f"{_say(said)}, they say {middle(kept):,f}")


def _say(said: SourcePrice) -> str:
    return f"it says {said.price:,f}"

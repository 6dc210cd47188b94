"""Whom to believe: which of several prices bear each other out. Arithmetic, no calls."""

from collections.abc import Sequence
from decimal import Decimal

from pos.rates.base import Ignored, Opinions, Quote, middle

# A source is ignored if it says more than so many times the median of the others, or less than that part of it.
# Markets are within one percent of each other.
TOLERANCE = Decimal("1.1")
ENOUGH = 2


def agree(quotes: Sequence[Quote], enough: int) -> Opinions:
    """Keep the quotes that bear each other out, `enough` of them at least, and name the others.

    Who is farthest off the median of the others goes first, and then it is looked at anew: a wrong one must not make
    the right ones look wrong. Who is left has to be the majority: of two and two nobody knows who is right.
    """
    kept = _kept(quotes)
    if len(kept) < enough or 2 * len(kept) <= len(quotes):
        return Opinions((), tuple(Ignored(quote.source, "has too few that agree", _say(quote)) for quote in quotes))
    return Opinions(tuple(kept), tuple(_off(quote, kept) for quote in quotes if quote not in kept))


def _kept(quotes: Sequence[Quote]) -> list[Quote]:
    kept = list(quotes)
    while len(kept) > 1:
        distances = [_distance(quote, kept) for quote in kept]
        if max(distances) <= TOLERANCE:
            break
        del kept[distances.index(max(distances))]
    return kept


def _distance(quote: Quote, quotes: Sequence[Quote]) -> Decimal:
    others = middle([other for other in quotes if other != quote])
    return max(quote.price / others, others / quote.price)


def _off(quote: Quote, kept: Sequence[Quote]) -> Ignored:
    return Ignored(quote.source, "is too far off the others", f"{_say(quote)}, they say {middle(kept):,f}")


def _say(quote: Quote) -> str:
    return f"it says {quote.price:,f}"

"""A kiosk: what it offers to people whom nobody attends."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from pos.domain.money import SAT, Money
from pos.domain.rate import Rate

# What a kiosk offers whose owner has named nothing, in sat.
USUAL_SAT = (1000, 2100, 5000, 10_000)


@dataclass(frozen=True, slots=True)
class Offer:
    """A price, and the name of what it is for; one without a name is an amount and no more."""

    price: Money
    name: str = ""

    @property
    def key(self) -> str:
        """What a form sends for it: a page from before the owner changed the price means another offer."""
        if self.name or self.price.currency != SAT:
            return f"{self.price.minor} {self.price.currency} {self.name}".rstrip()
        # As every page had it when all amounts were sat.
        return str(self.price.minor)


@dataclass(frozen=True, slots=True)
class Kiosk:
    """One of the shop's kiosks, by the name in its address; the first has none.

    `takes_any`: another amount than those offered may be typed.
    """

    name: str
    offers: tuple[Offer, ...]
    takes_any: bool

    @property
    def fixed(self) -> Offer | None:
        """The one thing that it sells, where there is no choice."""
        return self.offers[0] if len(self.offers) == 1 and not self.takes_any else None


def find_offer(offers: tuple[Offer, ...], key: str) -> Offer | None:
    """Return the offer that a form has sent."""
    return next((it for it in offers if it.key == key), None)


def usual_offers(rate: Rate | None, most_sat: int) -> tuple[Offer, ...]:
    """Return what a kiosk offers by itself: round prices near the usual sat, or these where no rate is at hand."""
    if rate:
        near = rate.from_sat(USUAL_SAT[0]).minor
        prices = [Money(minor, rate.currency) for minor in islice(_round(near), len(USUAL_SAT))]
        rounded = tuple(Offer(it) for it in prices if rate.to_sat(it) <= most_sat)
        if rounded:
            return rounded
    return tuple(Offer(Money(it, SAT)) for it in USUAL_SAT if it <= most_sat) or (Offer(Money(most_sat, SAT)),)


def is_round(price: Money) -> bool:
    """Tell whether a kiosk may have offered a price by itself, at whatever rate: 1, 2 or 5 and nothing but noughts."""
    return price.minor > 0 and str(price.minor).rstrip("0") in ("1", "2", "5")


def _round(near: int) -> Iterator[int]:
    """Yield 1, 2, 5, 10, 20, ... from that on which is nearest to a number: as a part of it, and not by how much."""
    steps = _steps()
    low = next(steps)
    for high in steps:
        if near * near < low * high:
            break
        low = high
    while True:
        yield low
        low = high
        high = next(steps)


def _steps() -> Iterator[int]:
    tens = 1
    while True:
        yield from (tens, 2 * tens, 5 * tens)
        tens *= 10

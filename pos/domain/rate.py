"""A rate of exchange, and the arithmetic of it. Where rates come from is in pos/rates.py."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from pos.domain.money import Money, decimals

SAT_PER_BITCOIN = 100_000_000


@dataclass(frozen=True, slots=True)
class Rate:
    """What one bitcoin costs: `price` in major units of `currency` (ISO 4217), as it was at `at` (unix seconds).

    `sources` names who said so; the price is their median, less the shop's spread.
    """

    currency: str
    price: Decimal
    at: int
    sources: tuple[str, ...]

    def to_sat(self, money: Money) -> int:
        """Convert to sat, rounded up: the shop must never be a sat short."""
        if money.currency != self.currency:
            raise ValueError(f"a rate of {self.currency} says nothing about {money.currency}")
        return ceil(Fraction(money.minor) * SAT_PER_BITCOIN / self._minor_per_bitcoin)

    def from_sat(self, amount_sat: int) -> Money:
        """Say what so many sat are worth, to the nearest minor unit."""
        return Money(round(amount_sat * self._minor_per_bitcoin / SAT_PER_BITCOIN), self.currency)

    @property
    def _minor_per_bitcoin(self) -> Fraction:
        return Fraction(self.price) * 10 ** decimals(self.currency)

"""A rate of exchange, and the arithmetic of it. Where rates come from is in pos/rates."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from pos.domain.money import Money, decimals

SAT_PER_BITCOIN = 100_000_000
# In no currency of the world does a bitcoin cost less or more than this, by far; nor is a price written longer.
LOWEST_PRICE = Decimal(1)
HIGHEST_PRICE = Decimal(10**15)
MOST_DECIMALS = 30


def is_price(price: Decimal) -> bool:
    """Tell whether a bitcoin can cost that (major units of any currency)."""
    # Asked first, of the exponent alone: nothing here may calculate with 1E+999999.
    exponent = price.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -MOST_DECIMALS and LOWEST_PRICE <= price <= HIGHEST_PRICE


def less_spread(price: Decimal, percent: Decimal) -> Decimal:
    """Return the price at which a shop takes bitcoin that values it so much lower than others do."""
    return price * (100 - percent) / 100


@dataclass(frozen=True, slots=True)
class Rate:
    """What one bitcoin costs: `price` in major units of `currency` (ISO 4217), as it was at `at` (unix seconds).

    `sources` names who said so; the price is their median, less the shop's spread.
    """

    currency: str
    price: Decimal
    at: int
    sources: tuple[str, ...]

    @property
    def is_fixed(self) -> bool:
        """Tell whether the shop itself said so, and nobody was asked."""
        return self.sources == ("fixed",)

    def to_sat(self, money: Money) -> int:
        """Convert to sat, rounded up: the shop must never be a sat short."""
        if money.currency != self.currency:
            raise ValueError(f"a rate of {self.currency} says nothing about {money.currency}")
        return ceil(Fraction(money.minor) * SAT_PER_BITCOIN / self._minor_per_bitcoin)

    def from_sat(self, amount_sat: int) -> Money:
        """Say what so many sat are worth, to the nearest minor unit."""
        return Money(round(amount_sat * self._minor_per_bitcoin / SAT_PER_BITCOIN), self.currency)

    def worth_at_most(self, amount_sat: int) -> Money:
        """Say what so many sat are worth, rounded down: no limit, and no sum of many, may be above it."""
        return Money(int(amount_sat * self._minor_per_bitcoin // SAT_PER_BITCOIN), self.currency)

    def sat_at_most(self, money: Money) -> int:
        """Convert to sat, rounded down, for the same reason."""
        return int(money.minor * SAT_PER_BITCOIN // self._minor_per_bitcoin)

    @property
    def _minor_per_bitcoin(self) -> Fraction:
        minor_per_major: int = 10 ** decimals(self.currency)
        return Fraction(self.price) * minor_per_major

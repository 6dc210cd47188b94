"""Money, and the arithmetic of it: whole minor units of a currency, or sat. No float is ever near it."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from pos.domain.money.currency import SAT, decimals


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole minor units of a currency (ISO 4217), or in sat (`SAT`)."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        """Add an amount of the same currency. Raises ValueError."""
        if other.currency != self.currency:
            raise ValueError(f"{other.currency} cannot be added to {self.currency}")
        return Money(self.minor + other.minor, self.currency)

    def __str__(self) -> str:
        """Write it in plain English."""
        return f"{self.major:,f} {'sat' if self.currency == SAT else self.currency}"

    @property
    def major(self) -> Decimal:
        """The amount in whole units, 12.50 for 1250 cents, with all its decimals."""
        return Decimal(self.minor).scaleb(-decimals(self.currency))


def percent(money: Money, rate: Decimal) -> Money:
    """Take so many percent: half a minor unit is rounded up, and any part of a sat."""
    exact = Fraction(money.minor) * Fraction(rate) / 100
    return Money(ceil(exact) if money.currency == SAT else floor(exact + Fraction(1, 2)), money.currency)

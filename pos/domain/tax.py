"""Tax: so many percent of what is sold, in its price or on top of it. Rounded once for each rate of a sale."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor

_RATE = re.compile(r"(\+?)([0-9]{1,3}(?:\.[0-9]{1,4})?)")


@dataclass(frozen=True, slots=True)
class TaxRate:
    """So many percent, exact. `on_top`: prices are without it, as in the United States; else it is in them."""

    percent: Decimal
    on_top: bool = False

    def __str__(self) -> str:
        """Write it as a setting, and the database, have it: 19, or +8.25."""
        return f"{'+' if self.on_top else ''}{self.percent:f}"

    @property
    def included(self) -> "TaxRate":
        """The same percent, in the price."""
        return replace(self, on_top=False)

    def of(self, minor: int) -> "Tax":
        """Split the sum of all prices at this rate, in minor units; half a minor unit of tax is rounded up."""
        if self.on_top:
            return Tax(self, minor, _rounded(minor * Fraction(self.percent) / 100))
        return self.within(minor)

    def within(self, gross: int) -> "Tax":
        """Split a sum that the tax is in already, in minor units."""
        share = Fraction(self.percent)
        tax = _rounded(gross * share / (100 + share))
        return Tax(self, gross - tax, tax)


@dataclass(frozen=True, slots=True)
class Tax:
    """What was sold at one rate: `net` without the tax, and the `tax`, in minor units of one currency."""

    rate: TaxRate
    net: int
    tax: int

    @property
    def gross(self) -> int:
        """What the customer paid for it: net and tax."""
        return self.net + self.tax


def parse_tax_rate(text: str) -> TaxRate | None:
    """Read 19 or +8.25: at most 100 percent with at most four decimals; None if it is neither."""
    found = _RATE.fullmatch(text)
    # Without zeros at the end, so that one rate is one text.
    percent = Decimal(found[2]) if found else Decimal(101)
    if not found or percent > 100:
        return None
    written = f"{percent:f}"
    return TaxRate(Decimal(written.rstrip("0").rstrip(".") if "." in written else written), bool(found[1]))


def taxes(prices: Iterable[tuple[int, TaxRate | None]]) -> tuple[Tax, ...]:
    """Add up prices (minor units) by their rates, in the order in which these come, and split each sum."""
    sums: dict[TaxRate, int] = {}
    for minor, rate in prices:
        if rate:
            sums[rate] = sums.get(rate, 0) + minor
    return tuple(rate.of(minor) for rate, minor in sums.items())


def shared_out(whole: int, parts: Sequence[int]) -> list[int]:
    """Share whole minor units out in proportion to parts; what is over goes to the largest rests, and nothing is lost.

    The parts may be in another unit. Where all of them are 0, the first one gets the whole.
    """
    weight = sum(parts)
    if weight == 0:
        return [whole, *[0] * (len(parts) - 1)] if parts else []
    exact = [Fraction(whole * part, weight) for part in parts]
    shares = [floor(it) for it in exact]
    by_rest = sorted(range(len(parts)), key=lambda at: (shares[at] - exact[at], at))
    for at in by_rest[: whole - sum(shares)]:
        shares[at] += 1
    return shares


def _rounded(exact: Fraction) -> int:
    return floor(exact + Fraction(1, 2))

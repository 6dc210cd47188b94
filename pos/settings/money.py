"""The settings of the money: how much a sale may be, and what a bitcoin costs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from pos.domain.money import MOST_SAT, is_currency
from pos.domain.rate import HIGHEST_PRICE, LOWEST_PRICE
from pos.domain.tax import TaxRate, parse_tax_rate
from pos.environment import Fault, Group, Reader, Wrong, setting
from pos.environment.readers import Number

RATE_SOURCES = ("coinbase", "kraken", "coingecko", "bitstamp", "blockchain", "bitpay")
MAX_SPREAD = 50
MOST_TAX_RATES = 6

_DECIMAL = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,8})?")


def amounts(given: str) -> tuple[int, ...]:
    """Take amounts in sat; POS_MAX_SAT may allow less than each could be."""
    parts = [part.strip() for part in given.split(",")]
    if all(part.isascii() and part.isdigit() and 1 <= int(part[:20]) <= MOST_SAT for part in parts):
        return tuple(map(int, parts))
    raise Wrong("must be amounts from 1 sat on with commas between", given)


def currency(given: str) -> str:
    """Take the code of a currency, in letters of any size."""
    code = given.upper()
    if given.isascii() and is_currency(code):
        return code
    raise Wrong("must be the code of a currency (ISO 4217)", given)


def sources(given: str) -> tuple[str, ...]:
    """Take some of the names of those who say what a bitcoin costs."""
    names = tuple(part.strip() for part in given.split(","))
    if set(names) <= set(RATE_SOURCES) and len(set(names)) == len(names):
        return names
    raise Wrong(f"must be some of {', '.join(RATE_SOURCES)}, each once, with commas between", given)


def decimal(low: Decimal, high: Decimal) -> Reader[Decimal]:
    """Make a reader of exact numbers."""

    def read(given: str) -> Decimal:
        if _DECIMAL.fullmatch(given) and low <= Decimal(given) <= high:
            return Decimal(given)
        raise Wrong(f"must be a number from {low} to {high} with a dot before its decimals", given)

    return read


def tax_rates(given: str) -> tuple[TaxRate, ...]:
    """Take rates of tax, each once, with or without a sign; none at all are right, too."""
    rates = [parse_tax_rate(part.strip().removesuffix("%").rstrip()) for part in given.split(",")] if given else []
    known = tuple(it for it in rates if it)
    if len(known) == len(rates) <= MOST_TAX_RATES and len(set(known)) == len(known):
        return known
    raise Wrong(
        f"must be at most {MOST_TAX_RATES} different percentages with commas between, each with a + before it if it"
        " comes on top of the price",
        given,
    )


@dataclass(frozen=True, kw_only=True)
class MoneySettings(Group):
    """How much a sale may be, and what a bitcoin costs."""

    title: ClassVar[str] = "Money"

    max_sat: int = setting(
        "POS_MAX_SAT",
        Number(1, MOST_SAT),
        default="10000000",
        example="500000",
        about="The most for one sale, in sat.",
    )
    invoice_expiry: int = setting(
        "POS_INVOICE_EXPIRY",
        Number(60, 86400),
        default="600",
        example="900",
        about="The seconds for which an invoice can be paid.",
    )
    tip_amounts: tuple[int, ...] = setting(
        "POS_TIP_AMOUNTS",
        amounts,
        default="1000,2100,5000,10000",
        example="1000,2100",
        about="The amounts that the tip jar offers, in sat; without this setting none over POS_MAX_SAT.",
        office="text",
    )
    tax_rates: tuple[TaxRate, ...] = setting(
        "POS_TAX_RATES",
        tax_rates,
        default="",
        example="19,7",
        about="The tax in your prices, in percent, the usual rate first; `+8.25` comes on top of a price.",
        unset="no tax is reckoned",
        office="text",
    )
    currency: str | None = setting(
        "POS_CURRENCY",
        currency,
        default=None,
        example="EUR",
        about="The currency of your prices, as a code of ISO 4217.",
        unset="sat only",
        office="text",
    )
    rate_sources: tuple[str, ...] = setting(
        "POS_RATE_SOURCES",
        sources,
        default=",".join(RATE_SOURCES),
        example=",".join(RATE_SOURCES[:3]),
        about="Who is asked what a bitcoin costs; two have to agree, unless you name one alone.",
    )
    rate_fixed: Decimal | None = setting(
        "POS_RATE_FIXED",
        decimal(LOWEST_PRICE, HIGHEST_PRICE),
        default=None,
        example="50000",
        about="What one bitcoin costs, in POS_CURRENCY; then nobody is asked.",
        unset="the sources are asked",
    )
    rate_spread: Decimal = setting(
        "POS_RATE_SPREAD",
        decimal(Decimal(0), Decimal(MAX_SPREAD)),
        default="0",
        example="1.5",
        about=f"The percent, 0 to {MAX_SPREAD}, by which your price of a bitcoin is lower: "
        "the customer pays that much more sat.",
    )

    @property
    def usual_tax(self) -> TaxRate | None:
        """The rate of what nobody says another one for; None in a shop that reckons no tax."""
        return self.tax_rates[0] if self.tax_rates else None

    def faults(self) -> Iterator[Fault]:
        if max(self.tip_amounts) > self.max_sat:
            yield "tip_amounts", f"must be amounts from 1 to {self.max_sat} sat (POS_MAX_SAT) with commas between"
        if self.rate_fixed is not None and self.currency is None:
            # A currency of the office may be another one tomorrow, and a price of a bitcoin would be that in it.
            problem = "is a price, but POS_CURRENCY does not say in which currency: a currency of the office does not"
            yield "rate_fixed", f"{problem} count here"
        yield from super().faults()

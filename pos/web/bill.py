"""What a sale is made of, for whoever reads a page of it: its rows, and the tax in them by letters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from string import ascii_uppercase

from pos.domain.money import Money
from pos.domain.sale import Line, unnamed
from pos.domain.tax import Tax
from pos.web.i18n import gettext


@dataclass(frozen=True, slots=True)
class Row:
    """Something that was sold: `each` is the price of one of several, `tax` the letter of its rate of tax."""

    text: str
    price: Money
    quantity: int = 1
    each: Money | None = None
    tax: str = ""


@dataclass(frozen=True, slots=True)
class TaxRow:
    """All that was sold at one rate of tax. One that is `on_top` of the prices is a row of what is to be paid, too."""

    letter: str
    percent: Decimal
    net: Money
    tax: Money
    gross: Money
    on_top: bool


@dataclass(frozen=True, slots=True)
class Bill:
    """Texts in the reader's language. `memo` is empty where a row has it."""

    memo: str
    rows: tuple[Row, ...]
    taxes: tuple[TaxRow, ...]


def bill(lines: Sequence[Line], taxes: Sequence[Tax], currency: str, memo: str, *, in_jar: bool) -> Bill:
    """Set out lines, in minor units of a currency, with the tax in them."""
    rows = tuple(_rows(lines, taxes, currency, unnamed(lines, memo, gettext("Tip"), in_jar=in_jar)))
    return Bill("" if memo and [row.text for row in rows] == [memo] else memo, rows, tuple(_taxes(taxes, currency)))


def _rows(lines: Sequence[Line], taxes: Sequence[Tax], currency: str, only: str) -> Iterator[Row]:
    letters = {it.rate: letter for it, letter in zip(taxes, ascii_uppercase, strict=False)}
    for line in lines:
        each = Money(line.unit_price, currency) if line.quantity != 1 else None
        tax = letters[line.tax] if line.tax else ""
        yield Row(line.text or only, Money(line.price, currency), line.quantity, each, tax)


def _taxes(taxes: Sequence[Tax], currency: str) -> Iterator[TaxRow]:
    for letter, it in zip(ascii_uppercase, taxes, strict=False):
        net, tax, gross = (Money(minor, currency) for minor in (it.net, it.tax, it.gross))
        yield TaxRow(letter, it.rate.percent, net, tax, gross, it.rate.on_top)

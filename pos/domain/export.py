"""The sales as a table for spreadsheets and programs. Its columns are fixed; docs/export.md says what they mean."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from pos.domain.memo import on_one_line
from pos.domain.money import Money
from pos.domain.number import Number
from pos.domain.report import Booked, Entry, booked
from pos.domain.sale import Line
from pos.domain.tax import Tax, TaxRate, shared_out

Value = str | int | Decimal | date | Number | Sequence["TaxOfRate"] | Sequence[str] | None

# A spreadsheet on Windows takes a file without it for one of the machine's old code page, and spoils each accent.
BOM = "\ufeff"
# What a spreadsheet takes for a formula, at the start of a cell; where it divides cells by semicolons, as it does in
# half of the world, also after one. Japanese ones take the wide signs, too; and some drop signs that have no width.
_FORMULA = re.compile(r"""(^|;)(["'\s\u00ad\u200b-\u200d\u2060\ufeff]*)([=+\-@＝＋－＠])""")


@dataclass(frozen=True, slots=True)
class TaxOfRate:
    """The tax at one rate, in a currency."""

    of: Tax
    currency: str

    @property
    def net(self) -> Decimal:
        """What was sold, without the tax."""
        return Money(self.of.net, self.currency).major

    @property
    def tax(self) -> Decimal:
        """The tax itself."""
        return Money(self.of.tax, self.currency).major

    def __str__(self) -> str:
        """Write it as a part of a cell: 19 %: 10.00 + 1.90."""
        on_top = " on top" if self.of.rate.on_top else ""
        return f"{self.of.rate.percent:f} %{on_top}: {self.net:f} + {self.tax:f}"


@dataclass(frozen=True)
class ExportedSale:
    """A sale as an export tells it. `state` is the one word for what became of it, `day` the shop's day that it is of.

    `local` makes a time (unix seconds) one of the shop's clock, with its zone.
    """

    entry: Entry
    state: str
    day: date
    local: Callable[[int], datetime]

    @property
    def number(self) -> Number:
        """Its number; it has one, as it is in the books."""
        if self.entry.charge.number is None:
            raise ValueError(f"sale {self.entry.sale_id} has no number")
        return self.entry.charge.number

    @cached_property
    def books(self) -> Booked:
        """What it comes to in the shop's books."""
        return booked(self.entry)

    @cached_property
    def typed_taxes(self) -> tuple[Tax, ...]:
        """The tax in the price, in what the sale was typed in."""
        return self.entry.sale.taxes

    @property
    def lines(self) -> "list[ExportedLine]":
        """What was sold, with its share of the tax and of what the price was worth."""
        sale = self.entry.sale
        lines = sale.lines or (Line(sale.price.minor),)
        typed = _shares(lines, sale.price.minor, self.typed_taxes)
        in_books = _shares(lines, self.books.price, self.books.taxes)
        return [ExportedLine(self, at + 1, line, typed[at], in_books[at]) for at, line in enumerate(lines)]

    def typed(self, minor: int) -> Decimal:
        """Return an amount of what the sale was typed in."""
        return Money(minor, self.entry.sale.price.currency).major

    def booked(self, minor: int) -> Decimal:
        """Return an amount of the currency of the books."""
        return self.books.money(minor).major

    def taxes(self, taxes: Iterable[Tax], currency: str) -> list[TaxOfRate]:
        """Return tax by its rates."""
        return [TaxOfRate(it, currency) for it in taxes]


@dataclass(frozen=True, slots=True)
class Share:
    """What one line has of the price and its tax, in minor units; the tax is in it."""

    gross: int
    tax: int

    @property
    def net(self) -> int:
        """Without the tax."""
        return self.gross - self.tax


@dataclass(frozen=True, slots=True)
class ExportedLine:
    """A line of a sale, the first one being 1, and its shares as it was typed and in the books."""

    sale: ExportedSale
    position: int
    line: Line
    typed: Share
    in_books: Share


_WHICH: Mapping[str, Callable[[ExportedSale], Value]] = {
    "year": lambda it: it.number.year,
    "number": lambda it: it.number,
    "day": lambda it: it.day,
    "at": lambda it: it.local(it.entry.at),
    "state": lambda it: it.state,
    "channel": lambda it: it.entry.charge.channel.value,
    "till": lambda it: it.entry.sale.till,
    "memo": lambda it: it.entry.sale.memo,
}
# A row for each sale.
SALE: Mapping[str, Callable[[ExportedSale], Value]] = {
    **_WHICH,
    "currency": lambda it: it.entry.sale.price.currency,
    "price": lambda it: it.entry.sale.price.major,
    "tip": lambda it: it.entry.sale.tip_money.major,
    "total": lambda it: it.entry.sale.total.major,
    "tax": lambda it: it.typed(sum(tax.tax for tax in it.typed_taxes)),
    "taxes": lambda it: it.taxes(it.typed_taxes, it.entry.sale.price.currency),
    "books_currency": lambda it: it.books.currency,
    "books_price": lambda it: it.booked(it.books.price),
    "books_tip": lambda it: it.booked(it.books.tip),
    "books_total": lambda it: it.books.total.major,
    "books_tax": lambda it: it.booked(sum(tax.tax for tax in it.books.taxes)),
    "books_taxes": lambda it: it.taxes(it.books.taxes, it.books.currency),
    "amount_sat": lambda it: it.entry.charge.amount_sat,
    "tip_sat": lambda it: it.entry.charge.tip_sat,
    "received_sat": lambda it: it.entry.charge.payment.received_sat if it.entry.charge.payment else None,
    "surplus_sat": lambda it: it.entry.surplus_sat,
    "rate": lambda it: it.entry.charge.fiat.rate.price if it.entry.charge.fiat else None,
    "rate_at": lambda it: it.local(it.entry.charge.fiat.rate.at) if it.entry.charge.fiat else None,
    "rate_sources": lambda it: it.entry.charge.fiat.rate.sources if it.entry.charge.fiat else (),
    "made_at": lambda it: it.local(it.entry.charge.created_at),
    "paid_at": lambda it: it.local(it.entry.charge.payment.paid_at) if it.entry.charge.payment else None,
    "late": lambda it: it.entry.charge.late,
    "proven": lambda it: it.entry.charge.payment.proven if it.entry.charge.payment else None,
    "wallet": lambda it: it.entry.charge.wallet,
    "payment_hash": lambda it: it.entry.charge.invoice.payment_hash,
    "jar": lambda it: it.entry.sale.jar,
    "payer": lambda it: it.entry.sale.payer,
    "refunded": lambda it: it.entry.given_back.major,
    "refunded_sat": lambda it: it.entry.refunded_sat,
    "staff": lambda it: it.entry.sale.seller,
    "books_refunded": lambda it: it.booked(it.entry.returned.minor if it.entry.returned else 0),
}
_OF_LINE: Mapping[str, Callable[[ExportedLine], Value]] = {
    "line": lambda it: it.position,
    "text": lambda it: it.line.text,
    "quantity": lambda it: it.line.quantity,
    "currency": lambda it: it.sale.entry.sale.price.currency,
    "unit_price": lambda it: it.sale.typed(it.line.unit_price),
    "tax_rate": lambda it: it.line.tax.percent if it.line.tax else None,
    "tax_on_top": lambda it: it.line.tax.on_top if it.line.tax else None,
    "net": lambda it: it.sale.typed(it.typed.net),
    "tax": lambda it: it.sale.typed(it.typed.tax),
    "gross": lambda it: it.sale.typed(it.typed.gross),
    "books_currency": lambda it: it.sale.books.currency,
    "books_net": lambda it: it.sale.booked(it.in_books.net),
    "books_tax": lambda it: it.sale.booked(it.in_books.tax),
    "books_gross": lambda it: it.sale.booked(it.in_books.gross),
}
# The columns of the other kind, which has a row for each line.
LINE = (*_WHICH, *_OF_LINE)


def header(*, lines: bool) -> str:
    """Write what a CSV file begins with: a mark that it is UTF-8, and the names of the columns."""
    return BOM + table([LINE if lines else SALE])


def csv_rows(sales: Iterable[ExportedSale], *, lines: bool) -> str:
    """Write sales as CSV (RFC 4180): a row for each, or for each of their lines."""
    return table(row for it in sales for row in (_line_rows(it) if lines else [_row(SALE, it)]))


def table(rows: Iterable[Iterable[Value]]) -> str:
    """Write rows of values as CSV (RFC 4180), in which no text is a formula."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerows(map(_cell, row) for row in rows)
    return file.getvalue()


def as_object(it: ExportedSale) -> dict[str, Any]:
    """Return a sale as JSON has it: by the names of the columns, with its lines."""
    lines = [_object(_OF_LINE, line) for line in it.lines]
    return {**_object(SALE, it), "lines": lines}


def as_json(it: ExportedSale) -> str:
    """Write a sale as JSON, on one line."""
    return json.dumps(as_object(it), ensure_ascii=False)


def _shares(lines: Sequence[Line], price: int, taxes: Sequence[Tax]) -> list[Share]:
    """Share a price and its tax out over the lines of each rate: nothing is lost, and nothing is in two lines."""
    untaxed = price - sum(it.gross for it in taxes)
    wholes: dict[TaxRate | None, Share] = {None: Share(untaxed, 0)} | {it.rate: Share(it.gross, it.tax) for it in taxes}
    shares: dict[int, Share] = {}
    for rate, whole in wholes.items():
        of_rate = [at for at, line in enumerate(lines) if line.tax == rate]
        prices = [lines[at].price for at in of_rate]
        parts = map(Share, shared_out(whole.gross, prices), shared_out(whole.tax, prices))
        shares |= zip(of_rate, parts, strict=True)
    return [shares[at] for at in range(len(lines))]


def _line_rows(it: ExportedSale) -> Iterable[list[Value]]:
    which = _row(_WHICH, it)
    return ([*which, *_row(_OF_LINE, line)] for line in it.lines)


def _row(columns: Mapping[str, Callable[[Any], Value]], it: object) -> list[Value]:
    return [read(it) for read in columns.values()]


def _object(columns: Mapping[str, Callable[[Any], Value]], it: object) -> dict[str, Any]:
    return {name: _member(read(it)) for name, read in columns.items()}


def _cell(value: Value) -> str:
    match value:
        case str():
            return _FORMULA.sub(r"\1\2'\3", on_one_line(value))
        case None:
            return ""
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case bool():
            return str(value).lower()
        case Number():
            # Without the year, which has a column of its own: a spreadsheet takes 2026-11 for a month.
            return str(value.count)
        case list() | tuple():
            return "; ".join(map(str, value))
    return str(value)


def _member(value: Value) -> Any:
    match value:
        case str():
            return on_one_line(value)
        case Decimal():
            # As a text: most programs read a number into a float, and no float is ever near money.
            return f"{value:f}"
        case date():
            return value.isoformat()
        case Number():
            return str(value)
        case list() | tuple():
            return [_tax(it) if isinstance(it, TaxOfRate) else it for it in value]
    return value


def _tax(it: TaxOfRate) -> dict[str, Any]:
    rate = it.of.rate
    return {"rate": f"{rate.percent:f}", "on_top": rate.on_top, "net": f"{it.net:f}", "tax": f"{it.tax:f}"}

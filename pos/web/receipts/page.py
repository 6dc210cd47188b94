"""What a receipt says, before the template sets it: its rows, its tax and its proof."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from string import ascii_uppercase

from pos.domain.charge import Channel
from pos.domain.money import Money
from pos.domain.receipt import Receipt
from pos.domain.sale import Line
from pos.web.i18n import gettext
from pos.web.note import Note, note_of


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
class Page:
    """Texts in the reader's language. `memo` is empty where a row has it, `preimage` None where it proves nothing."""

    memo: str
    rows: tuple[Row, ...]
    taxes: tuple[TaxRow, ...]
    note: Note | None
    preimage: str | None


def present(receipt: Receipt) -> Page:
    """Work out what stands on a receipt."""
    payment, memo = receipt.charge.payment, receipt.charge.memo
    rows = tuple(_rows(receipt))
    return Page(
        "" if [row.text for row in rows] == [memo] else memo,
        rows,
        tuple(_taxes(receipt)),
        note_of(receipt.charge, gettext("The shop will look it up.")),
        payment.preimage if payment and payment.proven else None,
    )


def _rows(receipt: Receipt) -> Iterator[Row]:
    letters = {tax.rate: letter for tax, letter in zip(receipt.taxes, ascii_uppercase, strict=False)}
    for line in receipt.lines:
        several = line.quantity != 1
        yield Row(
            _text(receipt, line),
            Money(line.price, receipt.currency),
            line.quantity,
            Money(line.unit_price, receipt.currency) if several else None,
            letters[line.tax] if line.tax else "",
        )


def _text(receipt: Receipt, line: Line) -> str:
    """Name what was sold: of all there is, the memo does; in a tip jar that is a message, and what is paid is a tip."""
    if receipt.charge.channel is Channel.TIPS:
        return gettext("Tip")
    return line.text or (receipt.sale.memo if len(receipt.lines) == 1 else "")


def _taxes(receipt: Receipt) -> Iterator[TaxRow]:
    for letter, it in zip(ascii_uppercase, receipt.taxes, strict=False):
        net, tax, gross = (Money(minor, receipt.currency) for minor in (it.net, it.tax, it.gross))
        yield TaxRow(letter, it.rate.percent, net, tax, gross, it.rate.on_top)

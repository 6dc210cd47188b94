"""A till's tape: amounts in one unit, as they were typed, and one that is not on it yet. How it is read and edited."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pos.domain.money import SAT, AmountError, parse_money
from pos.domain.sale import Line
from pos.domain.sentence import Sentence
from pos.domain.tax import TaxRate
from pos.shop import Shop

MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class Typed:
    """An amount, still as text, and the rate of its tax."""

    text: str = ""
    tax: TaxRate | None = None


@dataclass(frozen=True, slots=True)
class Tape:
    """What was typed. `amount` is what is being typed, and may be empty where there are lines."""

    unit: str = SAT
    lines: tuple[Typed, ...] = ()
    amount: Typed = Typed()

    @property
    def amounts(self) -> tuple[Typed, ...]:
        """All that is to be added up, what is being typed last."""
        return (*self.lines, self.amount) if self.amount.text.strip() or not self.lines else self.lines


@dataclass(frozen=True, slots=True)
class TakenOff:
    """A line that has just been taken off, and where it stood."""

    place: int
    line: Typed


def units(shop: Shop) -> tuple[str, ...]:
    """Return what a till takes amounts in: sat, and the shop's currency if it has one."""
    return (SAT, shop.rates.currency) if shop.rates.currency else (SAT,)


def empty(shop: Shop, unit: str) -> Tape:
    """Return a tape on which nothing was typed yet, of what is sold at the usual rate of tax."""
    return Tape(unit, amount=Typed(tax=shop.settings.usual_tax))


def sent(
    shop: Shop, unit: str | None, lines: Sequence[str], line_taxes: Sequence[str], amount: str, tax: str | None
) -> Tape:
    """Return the tape that a page has sent, which says of each line what its rate of tax is. Raises AmountError."""
    taxes = line_taxes or [""] * len(lines)
    if len(taxes) != len(lines):
        raise damaged()
    return Tape(
        _known_unit(shop, unit),
        tuple(Typed(text, _known_tax(shop, it)) for text, it in zip(lines, taxes, strict=True)),
        Typed(amount, _known_tax(shop, tax)),
    )


def sent_line(shop: Shop, text: str, tax: str | None) -> Typed:
    """Return a line that a page has sent apart from its tape. Raises AmountError."""
    return Typed(text, _known_tax(shop, tax))


def on_top(shop: Shop) -> str:
    """Say what tax comes on top of all that is typed where there is no choice. A page sends what its key counts."""
    rates = shop.settings.tax_rates
    return str(rates[0]) if len(rates) == 1 and rates[0].on_top else ""


def damaged() -> AmountError:
    """Return what to raise about something that no page of ours sends."""
    return AmountError(Sentence("This page is damaged. Load it again."), 400)


def from_before() -> AmountError:
    """Return what to raise about a unit, or a tax, that is not the shop's, and may have been."""
    return AmountError(Sentence("This page is from before the shop's settings were changed. Load it again."), 400)


def read(tape: Tape, locale: str) -> tuple[Line, ...]:
    """Read every amount. Raises AmountError."""
    if len(tape.lines) > MOST_LINES:
        raise AmountError(Sentence("The tape is full: it takes {most} amounts at most.", {"most": MOST_LINES}))
    return tuple(Line(parse_money(it.text, tape.unit, locale).minor, tax=it.tax) for it in tape.amounts)


def edited(tape: Tape, do: str, usual: TaxRate | None, locale: str) -> Tape:
    """Do what a button of the tape says: "add" what was typed, or "remove:2", the third line. Raises AmountError.

    What is typed after that is at the `usual` rate of tax.
    """
    if do == "add":
        return _with_amount(tape, usual, locale)
    at = taken_off(tape, do).place
    return replace(tape, lines=tape.lines[:at] + tape.lines[at + 1 :])


def taken_off(tape: Tape, do: str) -> TakenOff:
    """Return the line that a button of the tape takes off. Raises AmountError."""
    place = _place(do.removeprefix("remove:"), len(tape.lines))
    return TakenOff(place, tape.lines[place])


def put_back(tape: Tape, do: str, line: Typed) -> Tape:
    """Do what "undo:2" says: put a line back where it was, the third. Raises AmountError."""
    at = _place(do.removeprefix("undo:"), len(tape.lines) + 1)
    return replace(tape, lines=(*tape.lines[:at], line, *tape.lines[at:]))


def _place(index: str, places: int) -> int:
    if index not in map(str, range(places)):
        raise damaged()
    return int(index)


def _with_amount(tape: Tape, usual: TaxRate | None, locale: str) -> Tape:
    added = replace(tape.amount, text=tape.amount.text.strip())
    longer = Tape(tape.unit, (*tape.lines, added), Typed(tax=usual))
    if read(longer, locale)[-1].price < 1:
        raise AmountError(Sentence("Type an amount first."))
    return longer


def _known_unit(shop: Shop, unit: str | None) -> str:
    """Return a unit that was sent; where there is only one, none need be. Raises AmountError."""
    known = units(shop)
    if unit in known:
        return str(unit)
    if unit or len(known) > 1:
        raise from_before()
    return SAT


def _known_tax(shop: Shop, rate: str | None) -> TaxRate | None:
    """Return a rate of tax that was sent; where there is no choice, none need be. Raises AmountError."""
    known = {str(it): it for it in shop.settings.tax_rates}
    if rate in known:
        return known[rate]
    if rate or len(known) > 1:
        raise from_before()
    return shop.settings.usual_tax

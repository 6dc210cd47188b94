"""A till's tape: amounts in one unit, as they were typed, and one that is not on it yet. How it is read and edited."""

from dataclasses import dataclass, replace

from pos.domain.money import SAT, AmountError, Money, decimal_sign, parse_money
from pos.domain.sentence import Sentence
from pos.shop import Shop

MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class Tape:
    """What was typed, still as text. `amount` is what is being typed, and may be empty where there are lines."""

    unit: str = SAT
    lines: tuple[str, ...] = ()
    amount: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """All that is to be added up, what is being typed last."""
        return (*self.lines, self.amount) if self.amount.strip() or not self.lines else self.lines


def units(shop: Shop) -> tuple[str, ...]:
    """Return what a till takes amounts in: sat, and the shop's currency if it has one."""
    return (SAT, shop.rates.currency) if shop.rates.currency else (SAT,)


def damaged() -> AmountError:
    """Return what to raise about something that no page of ours sends."""
    return AmountError(Sentence("This page is damaged. Load it again."), 400)


def known_unit(shop: Shop, unit: str | None) -> str:
    """Return a unit that was sent; where there is only one, none need be. Raises AmountError."""
    known = units(shop)
    if unit in known:
        return str(unit)
    if unit or len(known) > 1:
        raise damaged()
    return SAT


def read(tape: Tape, locale: str) -> list[Money]:
    """Read every amount. Raises AmountError."""
    if len(tape.lines) > MOST_LINES:
        raise AmountError(Sentence("The tape is full: it takes {most} amounts at most.", {"most": MOST_LINES}))
    return [parse_money(text, tape.unit, locale) for text in tape.texts]


def edited(tape: Tape, do: str, locale: str) -> Tape:
    """Do what a button of the tape says: "add" what was typed, or "remove:2", the third line. Raises AmountError."""
    if do == "add":
        return _with_amount(tape, locale)
    index = do.removeprefix("remove:")
    if index not in map(str, range(len(tape.lines))):
        raise damaged()
    at = int(index)
    return replace(tape, lines=tape.lines[:at] + tape.lines[at + 1 :])


def as_typed(money: Money, locale: str) -> str:
    """Write an amount as a person would type it, who may go on typing: nothing stands between the thousands."""
    return f"{money.major:f}".replace(".", decimal_sign(locale))


def _with_amount(tape: Tape, locale: str) -> Tape:
    longer = Tape(tape.unit, (*tape.lines, tape.amount.strip()))
    if read(longer, locale)[-1].minor < 1:
        raise AmountError(Sentence("Type an amount first."))
    return longer

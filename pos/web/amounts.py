"""What a charge comes to, as it is shown: the unit that was typed leads, and the other stands below it."""

from dataclasses import dataclass

from pos.domain.charge import Charge
from pos.domain.money import SAT, Money
from pos.web.context import current_shop
from pos.web.i18n import write_money


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount in one unit; `about` means that it was converted, and that nobody asked for just that."""

    money: Money
    about: bool = False

    def __str__(self) -> str:
        """Write it with its unit, in the reader's language."""
        return f"≈ {write_money(self.money)}" if self.about else write_money(self.money)


@dataclass(frozen=True, slots=True)
class Amounts:
    """`lead` is the big one, `other` is half its size; it is None where no rate was known."""

    lead: Figure
    other: Figure | None = None

    def __str__(self) -> str:
        """Write what a sentence says: the one that leads, and the exact one beside it where that is about so much."""
        return f"{self.lead} · {self.other}" if self.lead.about else str(self.lead)

    @property
    def length(self) -> int:
        """How many characters wide they are in the size of the one that leads."""
        return max(len(str(self.lead)), -(-len(str(self.other or "")) // 2))


def amounts(charge: Charge) -> Amounts:
    """Say what was asked or, where it is paid, what has come."""
    sat = Figure(Money(charge.payment.received_sat if charge.payment else charge.amount_sat, SAT))
    fiat = charge.fiat
    if fiat is None:
        return Amounts(sat)
    is_asked = sat.money.minor == charge.amount_sat
    worth = Figure(fiat.total, not fiat.typed) if is_asked else Figure(fiat.rate.from_sat(sat.money.minor), True)
    return Amounts(worth, sat) if fiat.typed and leads_as_typed() else Amounts(sat, worth)


def leads_as_typed() -> bool:
    """Tell whether this shop's screens lead with what was typed, and not with sat whatever that was."""
    return current_shop().settings.leading_unit == "typed"

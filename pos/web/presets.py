"""The amounts that the kiosk and the tip jars offer."""

from collections.abc import Iterable
from typing import NamedTuple

from pos.domain.money import SAT, Money
from pos.domain.rate import Rate
from pos.web.amounts import Figure
from pos.web.context import current_shop


class Preset(NamedTuple):
    """One amount. `worth` is about what it comes to in sat, or in the shop's currency, where a rate is at hand."""

    price: Money
    worth: Figure | None


def presets(amounts: Iterable[Money]) -> list[Preset]:
    """Return a preset for each amount."""
    rate = current_shop().rates.at_hand()
    return [Preset(amount, _worth(amount, rate)) for amount in amounts]


def _worth(amount: Money, rate: Rate | None) -> Figure | None:
    if rate is None or amount.currency not in (SAT, rate.currency):
        return None
    other = rate.from_sat(amount.minor) if amount.currency == SAT else Money(rate.to_sat(amount), SAT)
    return Figure(other, about=True)

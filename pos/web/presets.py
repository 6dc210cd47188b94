"""The amounts that the kiosk and the tip jar offer."""

from collections.abc import Iterable
from typing import NamedTuple

from pos.domain.money import SAT, Money
from pos.web.context import current_shop


class Preset(NamedTuple):
    """One amount. `worth` is what it comes to in the shop's currency, where a rate is at hand."""

    price: Money
    worth: Money | None


def presets(amounts: Iterable[int]) -> list[Preset]:
    """Return a preset for each amount (sat)."""
    rate = current_shop().rates.at_hand()
    return [Preset(Money(amount, SAT), rate.from_sat(amount) if rate else None) for amount in amounts]

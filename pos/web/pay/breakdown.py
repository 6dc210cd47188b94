"""What the pay page says of a charge besides its amount: price and tip apart, and the rate."""

from dataclasses import dataclass

from pos.domain.charge import Charge
from pos.domain.money import Money
from pos.domain.rate import SAT_PER_BITCOIN, Rate


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Price and tip are as they were asked. `tip` is None where none was given, and so are, where no rate was known,
    `rate` and `bitcoin`, which is one's price.
    """

    price: Money
    tip: Money | None
    rate: Rate | None = None
    bitcoin: Money | None = None


def breakdown(charge: Charge) -> Breakdown:
    """Say what a charge is made of, and by which rate."""
    sale, fiat = charge.sale, charge.fiat
    tip = Money(sale.tip, sale.price.currency) if sale.tip else None
    if fiat is None:
        return Breakdown(sale.price, tip)
    return Breakdown(sale.price, tip, fiat.rate, fiat.rate.from_sat(SAT_PER_BITCOIN))

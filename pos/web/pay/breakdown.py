"""What the pay page says of a charge besides its sat: price and tip apart, and what they are worth."""

from dataclasses import dataclass

from pos.domain.charge import Charge
from pos.domain.money import Money
from pos.domain.rate import SAT_PER_BITCOIN, Rate


@dataclass(frozen=True, slots=True)
class Breakdown:
    """`total` is in the shop's currency, and `about` means that it was converted; price and tip are as they were asked.

    `tip` is None where none was given; without a rate there are no `total`, `rate` and `bitcoin`, which is one's price.
    """

    price: Money
    tip: Money | None
    total: Money | None = None
    about: bool = False
    rate: Rate | None = None
    bitcoin: Money | None = None


def breakdown(charge: Charge) -> Breakdown:
    """Say what a charge is worth: what was asked or, where another amount was paid, that."""
    sale, fiat = charge.sale, charge.fiat
    tip = Money(sale.tip, sale.price.currency) if sale.tip else None
    if fiat is None:
        return Breakdown(sale.price, tip)
    bitcoin = fiat.rate.from_sat(SAT_PER_BITCOIN)
    if charge.payment and charge.payment.received_sat != charge.amount_sat:
        received = fiat.rate.from_sat(charge.payment.received_sat)
        return Breakdown(sale.price, tip, received, True, fiat.rate, bitcoin)
    return Breakdown(sale.price, tip, fiat.total, not fiat.typed, fiat.rate, bitcoin)

"""The receipt of a sale: all that stands on it, on a screen and on paper alike, before anybody writes it out."""

from dataclasses import dataclass

from pos.domain.charge import Charge, Payment
from pos.domain.money import SAT, Money
from pos.domain.refund import Refund
from pos.domain.sale import Line, Sale
from pos.domain.tax import Tax


@dataclass(frozen=True, slots=True)
class Receipt:
    """A sale that was paid, and the charge that paid it.

    `sale` is whole. Amounts are in what the sale was typed in (`currency`), `other` is the total in the other unit, if
    there was a rate: so a reader finds the price as it stood at the till, and the sat that the wallet sent.
    `refunds` are those of the sale that went back. `cashier` is the name of who sold it, where receipts have it.
    """

    sale: Sale
    charge: Charge
    surplus: bool = False
    refunds: tuple[Refund, ...] = ()
    cashier: str = ""

    def __post_init__(self) -> None:
        self.payment  # noqa: B018 - raises

    @property
    def payment(self) -> Payment:
        """What was paid, and when."""
        if self.charge.payment is None:
            raise ValueError(f"charge {self.charge.id} is not paid")
        return self.charge.payment

    @property
    def currency(self) -> str:
        """The unit of the amounts: ISO 4217, or SAT."""
        return self.sale.price.currency

    @property
    def lines(self) -> tuple[Line, ...]:
        """What was sold; one line without a text where no more is known than the price."""
        return () if self.surplus else self.sale.lines or (Line(self.sale.price.minor),)

    @property
    def tip(self) -> Money | None:
        """What was given on top of the price, if anything was; not once more where the sale had been paid before."""
        return self.sale.tip_money if self.sale.tip and not self.surplus else None

    @property
    def total(self) -> Money:
        """Price and tip, as the sale was typed."""
        return self.sale.total

    @property
    def other(self) -> Money | None:
        """The total in the other unit: in sat of a price that was typed in a currency, or what the sat were worth."""
        if self.currency != SAT:
            return Money(self.charge.amount_sat, SAT)
        return self.charge.fiat.total if self.charge.fiat else None

    @property
    def taxes(self) -> tuple[Tax, ...]:
        """The tax in the price, by its rates, in the unit of the amounts."""
        return () if self.surplus else self.sale.taxes

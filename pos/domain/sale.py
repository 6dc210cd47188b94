"""A sale before there is an invoice: what was asked, and what that is in sat. How price, tip and limit add up."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pos.domain.money import SAT, AmountError, Money, check_sat
from pos.domain.rate import Rate
from pos.domain.sentence import Sentence
from pos.domain.tax import Tax, TaxRate, shared_out, taxes


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was sold: `quantity` of them at `unit_price`, in minor units of the sale's currency each.

    Where its `tax` comes on top, the unit price is without it.
    """

    unit_price: int
    quantity: int = 1
    text: str = ""
    tax: TaxRate | None = None

    @property
    def price(self) -> int:
        """All of them, in minor units."""
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class Sale:
    """What somebody asked to charge. The tip is in minor units of the price's currency, and not part of the price; tax
    is, wherever it stood.

    `till` names the till that it was typed at, or the kiosk, but for the first one; other channels have none. `lines`
    are what the price is made of; there are none where one without a text would say no more than the price. `jar` names
    the tip jar that it was put in, and `payer` is what a stranger there calls himself. `shown`: that and the memo stand
    on the jar's page. `staff` is who made it at a till, by the id, and `seller` what they are called now: sent again by
    another one, it is the same sale.
    """

    price: Money
    memo: str = ""
    tip: int = 0
    till: str = ""
    lines: tuple[Line, ...] = ()
    jar: str = ""
    payer: str = ""
    shown: bool = field(default=False, compare=False)
    staff: str = field(default="", compare=False)
    seller: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if self.lines and price_of(self.lines) != self.price.minor:
            raise ValueError(f"the lines do not come to {self.price}")

    @classmethod
    def all_told(cls, price: Money, tax: TaxRate | None, memo: str = "", text: str = "") -> "Sale":
        """Return the sale of one thing for a price that is all that is to be paid, with its tax in it.

        So it is also where prices are else without tax: not every amount is one on top of which tax comes to it.
        `text` names the thing where its memo does not.
        """
        return cls(price, memo, lines=itemized((Line(price.minor, text=text, tax=tax and tax.included),)))

    @property
    def taxes(self) -> tuple[Tax, ...]:
        """The tax in the price by its rates, in minor units of the price's currency. A tip is not taxed."""
        return taxes_of(self.lines)

    @property
    def total(self) -> Money:
        """Price and tip."""
        return Money(self.price.minor + self.tip, self.price.currency)

    @property
    def tip_money(self) -> Money:
        """The tip, in what the price is in."""
        return Money(self.tip, self.price.currency)


def itemized(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return lines as a sale keeps them: none, where there is but one that says no more than the price."""
    return lines if len(lines) > 1 or any(line.text or line.quantity != 1 or line.tax for line in lines) else ()


def unnamed(lines: Sequence[Line], memo: str, tip: str, *, in_jar: bool) -> str:
    """Return what a line without a text is called: of all there is, the memo names it.

    In a tip jar that is a message, and what is paid is a tip, which the reader calls `tip`: one that is taxed was the
    price of a thing, from before a line had its name.
    """
    if in_jar:
        return "" if any(line.tax for line in lines) else tip
    return memo if len(lines) == 1 else ""


def taxes_of(lines: tuple[Line, ...]) -> tuple[Tax, ...]:
    """Return the tax in lines, or on top of them, by its rates, in minor units."""
    return taxes((line.price, line.tax) for line in lines)


def price_of(lines: tuple[Line, ...]) -> int:
    """Add up what is to be paid for lines, in minor units, with the tax that comes on top of some."""
    on_top = sum(it.tax for it in taxes_of(lines) if it.rate.on_top)
    return sum(line.price for line in lines) + on_top


@dataclass(frozen=True, slots=True)
class Fiat:
    """What a charge is worth in the shop's currency, by the rate of the moment in which it was made.

    `typed`: the sale was typed in this currency, and the sat follow from it. Else it is the other way round.
    """

    price: Money
    tip: Money
    rate: Rate
    typed: bool

    @property
    def total(self) -> Money:
        """Price and tip."""
        return self.price + self.tip


def taxes_in_books(sale: Sale, fiat: Fiat | None) -> tuple[Tax, ...]:
    """Return the tax in a sale as the shop's books have it: in the shop's currency, or in sat where no rate was known.

    A price that was typed in sat is split by its rates of tax first, each of which gets its share of what the price was
    worth: so the sums of all rates, and of what is not taxed, are the price.
    """
    if fiat is None or fiat.typed:
        return sale.taxes
    of_rates = sale.taxes
    untaxed = sale.price.minor - sum(it.gross for it in of_rates)
    shares = shared_out(fiat.price.minor, [*(it.gross for it in of_rates), untaxed])
    return tuple(it.rate.within(gross) for it, gross in zip(of_rates, shares, strict=False))


@dataclass(frozen=True, slots=True)
class Quote:
    """What a sale comes to at one rate: `amount_sat` is all that is to be paid, of which `tip_sat` are the tip."""

    amount_sat: int
    tip_sat: int
    fiat: Fiat | None


def quote(sale: Sale, rate: Rate | None, max_sat: int) -> Quote:
    """Convert a sale at a rate; a sale that was typed in sat needs none.

    Price and total are each rounded up to a sat, so that neither is ever a sat short. Raises AmountError if it comes to
    less than 1 sat, or to more than `max_sat`.
    """
    if sale.price.currency == SAT:
        worth = Fiat(rate.from_sat(sale.price.minor), rate.from_sat(sale.tip), rate, typed=False) if rate else None
        return Quote(check_sat(sale.total.minor, max_sat), sale.tip, worth)
    if rate is None:
        raise ValueError(f"{sale.price} cannot be converted without a rate")
    price_sat, amount_sat = rate.to_sat(sale.price), rate.to_sat(sale.total)
    if price_sat < 1:
        raise AmountError(Sentence("The amount must be at least {least}.", {"least": Money(1, SAT)}))
    if amount_sat > max_sat:
        raise _too_much(sale.total, rate, max_sat)
    fiat = Fiat(sale.price, Money(sale.tip, rate.currency), rate, typed=True)
    return Quote(amount_sat, amount_sat - price_sat, fiat)


def _too_much(asked: Money, rate: Rate, max_sat: int) -> AmountError:
    values: dict[str, Money | int | str] = {
        "asked": asked,
        "asked_sat": Money(rate.to_sat(asked), SAT),
        "limit": Money(max_sat, SAT),
        "limit_fiat": rate.worth_at_most(max_sat),
    }
    return AmountError(Sentence("Too much: {asked} is {asked_sat}. At most {limit}, about {limit_fiat}.", values))

"""A refund: money of a paid sale that goes back. Only facts are kept; what they mean at a given time is derived here.

It is paid by hand, out of a wallet that the till has no key of. What an invoice for it must be is in refund_invoice.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from pos.domain.charge import Channel
from pos.domain.invoice import proves
from pos.domain.money import SAT, AmountError, Money
from pos.domain.number import Number
from pos.domain.rate import Rate
from pos.domain.report import Entry
from pos.domain.sentence import Sentence


class RefundStatus(StrEnum):
    """What a refund is at a given time. `asked`: no invoice was given yet; `expired`: the last one is."""

    ASKED = "asked"
    OPEN = "open"
    EXPIRED = "expired"
    PAID = "paid"
    CANCELLED = "cancelled"


class AtRate(StrEnum):
    """At which rate what was typed in a currency becomes sat: that of the sale, or that of now."""

    SALE = "sale"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class RefundInvoice:
    """An invoice that the customer gave for a refund. The hash is 64 hex digits; times in unix seconds."""

    payment_request: str
    payment_hash: str
    expires_at: int
    given_at: int


@dataclass(frozen=True, slots=True)
class RefundPayment:
    """That a refund was paid, as `staff` says; the preimage proves it, and it is proven by nothing else.

    `paid_at` (unix seconds) is when the till was told.
    """

    paid_at: int
    staff: str = ""
    preimage: str | None = field(default=None, repr=False)

    @property
    def proven(self) -> bool:
        """Tell whether there is a preimage: only one that fits an invoice of the refund is ever written down."""
        return self.preimage is not None


@dataclass(frozen=True, slots=True)
class Refund:
    """Money of a paid sale that goes back, the first of the sale being 1. Times in unix seconds.

    `amount` is in what the sale was typed in, and `amount_sat` what is to be paid for it, at `rate` if that is a
    currency. `channel` and `till` are the sale's. `staff` asked for it; '' is nobody by name. `invoices` are all that
    the customer gave: the last one is to be paid, and any of them may have been. `number` is the sale's, once it is
    written down.
    """

    id: str
    sale_id: str
    channel: Channel
    till: str
    amount: Money
    amount_sat: int
    reason: str
    created_at: int
    at_rate: AtRate = AtRate.SALE
    rate: Rate | None = None
    staff: str = ""
    position: int = 1
    invoices: tuple[RefundInvoice, ...] = ()
    payment: RefundPayment | None = None
    cancelled_at: int | None = None
    number: Number | None = field(default=None, compare=False)

    def status(self, now: int) -> RefundStatus:
        """Tell what the refund is at `now`. Once paid, it stays paid."""
        if self.payment:
            return RefundStatus.PAID
        if self.cancelled_at is not None:
            return RefundStatus.CANCELLED
        if self.invoice is None:
            return RefundStatus.ASKED
        return RefundStatus.EXPIRED if now >= self.invoice.expires_at else RefundStatus.OPEN

    @property
    def invoice(self) -> RefundInvoice | None:
        """The invoice that is to be paid, if there is any."""
        return self.invoices[-1] if self.invoices else None

    @property
    def counts(self) -> bool:
        """Tell whether its money went back, or is about to."""
        return self.payment is not None or self.cancelled_at is None

    def proven_by(self, preimage: str) -> RefundInvoice | None:
        """Return the invoice of this refund that a preimage (hex) is the secret of: it was paid. None if of none."""
        return next((it for it in self.invoices if proves(preimage, it.payment_hash)), None)


@dataclass(frozen=True, slots=True)
class Rest:
    """What of a sale can still go back, in what it was typed in and in sat; never less than nothing."""

    amount: Money
    amount_sat: int

    @property
    def is_nothing(self) -> bool:
        """Tell whether nothing can go back any more: of either unit all is given, or about to be."""
        return self.amount.minor < 1 or self.amount_sat < 1


def received(entry: Entry) -> Rest:
    """Return what came for a sale, by all of its charges: in what it was typed in, too, at the rate of the sale."""
    payment, fiat = entry.charge.payment, entry.charge.fiat
    if payment is None:
        return Rest(Money(0, entry.sale.price.currency), 0)
    came = payment.received_sat + entry.surplus_sat
    total = entry.sale.total
    if fiat is None or total.currency == SAT:
        return Rest(Money(came, SAT), came)
    return Rest(total + fiat.rate.from_sat(came - entry.charge.amount_sat), came)


def rest_of(came: Rest, refunds: Iterable[Refund]) -> Rest:
    """Return what is left of what came for a sale, all of whose refunds these are."""
    given, given_sat = counted(refunds)
    left, left_sat = came.amount.minor - given, came.amount_sat - given_sat
    return Rest(Money(max(0, left), came.amount.currency), max(0, left_sat))


def counted(refunds: Iterable[Refund]) -> tuple[int, int]:
    """Add up what of a sale went back, or is about to: in minor units of what it was typed in, and in sat."""
    counting = [it for it in refunds if it.counts]
    return sum(it.amount.minor for it in counting), sum(it.amount_sat for it in counting)


def worth_in_books(part: Money, before: int, whole: Money | None, asked_sat: int) -> Money:
    """Return what a part of a sale that goes back is in the books, after as much of it as `before`, in minor units.

    `whole` is what the sale is in the books, for which so many sat were asked; None where these are in sat themselves.
    All parts together come to all of it.
    """
    if part.currency != SAT or whole is None:
        return part

    def worth(sat: int) -> int:
        return (2 * whole.minor * sat + asked_sat) // (2 * asked_sat)

    return Money(worth(before + part.minor) - worth(before), whole.currency)


def to_give(rest: Rest, amount: Money, at_rate: AtRate, rate: Rate | None) -> int:
    """Return the sat that are to be paid for an amount of the rest, at a rate where that is in a currency.

    At the rate of the sale, all of it is all of the sat. Raises AmountError.
    """
    if rest.is_nothing:
        raise AmountError(Sentence("All of it was given back, or is about to be."))
    if amount.minor < 1:
        raise AmountError(Sentence("Type an amount first."))
    if amount.minor > rest.amount.minor:
        raise AmountError(Sentence("At most {rest} of this sale can be given back.", {"rest": rest.amount}))
    if rate is None:
        return _within(amount.minor, rest)
    if at_rate is AtRate.NOW:
        return _within(rate.to_sat(amount), rest)
    return rest.amount_sat if amount == rest.amount else min(rate.to_sat(amount), rest.amount_sat)


def _within(amount_sat: int, rest: Rest) -> int:
    """Raise AmountError for more sat than ever came: what bitcoin lost since is not the till's to make up for."""
    if amount_sat <= rest.amount_sat:
        return amount_sat
    values = {"amount": Money(amount_sat, SAT), "rest": Money(rest.amount_sat, SAT)}
    words = "At the rate of now that is {amount}, and only {rest} is left of what came. Take the rate of the sale."
    raise AmountError(Sentence(words, dict(values)))

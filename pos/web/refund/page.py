"""What the pages of a refund say, before their templates set it."""

from dataclasses import dataclass

from pos.domain.money import SAT, Money, as_typed
from pos.domain.rate import SAT_PER_BITCOIN, Rate
from pos.domain.refund import AtRate, Refund, RefundInvoice, RefundStatus, Rest, received, rest_of
from pos.domain.report import Entry
from pos.services.refund import why_no_more, why_not
from pos.shop import Shop
from pos.web.i18n import gettext, language, say, write_seconds
from pos.web.refund_word import word_of
from pos.web.times import write_times


@dataclass(frozen=True, slots=True)
class Choice:
    """A rate that may be taken: what a bitcoin costs at it."""

    value: str
    words: str
    bitcoin: Money
    meaning: str


@dataclass(frozen=True, slots=True)
class FormPage:
    """What the form says: what is left, and the rates there are to choose from.

    `usual` is what stands in the field: all of it, or nothing where who asks may not give back so much; `limited` says
    why not then, and `closed` where it is nothing at all.
    """

    entry: Entry
    rest: Rest
    usual: str
    choices: list[Choice]
    limited: str | None
    closed: bool


@dataclass(frozen=True, slots=True)
class RefundPage:
    """What the page of a refund says. Texts in the reader's language.

    `other` is its amount in sat, where it is in a currency, and `bitcoin` what one cost then. `older` are its invoices
    but for the last, any of which may have been paid. `good_until`: when that one ends, if it can be paid. `limited`:
    why who asks may not act on it, but prove it.
    """

    refund: Refund
    status: str
    word: str
    other: Money | None
    bitcoin: Money | None
    older: tuple[RefundInvoice, ...]
    good_until: str
    limited: str | None

    @property
    def is_due(self) -> bool:
        """Tell whether somebody is still to do something."""
        return self.status in ("asked", "open", "expired")

    @property
    def may_be_paid(self) -> bool:
        """Tell whether a wallet may have paid it, or do so yet: there was an invoice."""
        return self.refund.payment is None and self.refund.invoice is not None


def form_page(shop: Shop, entry: Entry, limit: Money | None) -> FormPage:
    """Work out what the form says to who has this limit. Raises StoreError."""
    given = shop.store.refunds.of_sale(entry.sale_id)
    left = rest_of(received(entry), given)
    too_much, any_at_all = why_no_more(entry, given, limit, left), why_no_more(entry, given, limit)
    return FormPage(
        entry,
        left,
        "" if too_much else as_typed(left.amount, language()),
        _choices(shop, entry),
        say(too_much) if too_much else None,
        closed=any_at_all is not None,
    )


def refund_page(shop: Shop, entry: Entry, refund: Refund, limit: Money | None) -> RefundPage:
    """Work out what the page of a refund says now, to who has this limit."""
    over, now = why_not(entry, refund, limit), shop.now()
    status = refund.status(now)
    return RefundPage(
        refund,
        status.value,
        word_of(refund, now),
        Money(refund.amount_sat, SAT) if refund.amount.currency != SAT else None,
        refund.rate.from_sat(SAT_PER_BITCOIN) if refund.rate else None,
        refund.invoices[:-1],
        _good_until(shop, refund.invoice.expires_at, now) if refund.invoice and status is RefundStatus.OPEN else "",
        say(over) if over else None,
    )


def _good_until(shop: Shop, ends_at: int, now: int) -> str:
    """Write until when an invoice can be paid: to the second, or with the day where that is another one."""
    return write_seconds(ends_at) if shop.day(ends_at) == shop.day(now) else write_times(shop, ends_at)[0]


def _choices(shop: Shop, entry: Entry) -> list[Choice]:
    """Return the rates to choose from; none where there is no choice."""
    fiat, now = entry.charge.fiat, shop.rates.at_hand()
    if entry.sale.price.currency == SAT or fiat is None or now is None or now.currency != fiat.rate.currency:
        return []
    same, worth = gettext("The customer gets the sat back that they paid."), gettext("It is worth as much as it cost.")
    return [
        _choice(AtRate.SALE, gettext("The rate of the sale"), fiat.rate, same),
        _choice(AtRate.NOW, gettext("The rate of now"), now, worth),
    ]


def _choice(at_rate: AtRate, words: str, rate: Rate, meaning: str) -> Choice:
    return Choice(at_rate.value, words, rate.from_sat(SAT_PER_BITCOIN), meaning)

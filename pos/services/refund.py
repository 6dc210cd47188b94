"""Giving money of a paid sale back: how much, why, and at which rate. Who pays it does so by hand."""

import logging
import secrets
from dataclasses import dataclass

from pos.domain.money import SAT, AmountError, Money
from pos.domain.rate import Rate
from pos.domain.refund import AtRate, Refund, RefundInvoice, Rest, counted, received, rest_of, to_give
from pos.domain.refund_invoice import own_invoice, payment_request_in
from pos.domain.refusal import Refusal
from pos.domain.report import Entry
from pos.domain.sentence import Sentence
from pos.services.invoice_for_refund import give_invoice, invoice_for_refund
from pos.shop import Shop
from pos.store import InvoiceTaken

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to give back: an amount in what the sale was typed in.

    `staff` is who asks, by name, and may give back so much of one sale (`limit`); None: as much as came for it. `to` is
    the customer's invoice or address, if it is known already.
    """

    amount: Money
    reason: str
    at_rate: AtRate = AtRate.SALE
    staff: str = ""
    limit: Money | None = None
    to: str = ""


class RefundKeyReused(Refusal):
    """An idempotency key that came back with another wish. `first` is the refund that it stands for."""

    def __init__(self, first: Refund) -> None:
        words = "This form was already used for another refund. Nothing more is given back."
        super().__init__(Sentence(words), 409)
        self.first = first


def refund(shop: Shop, entry: Entry, wish: Wish, idempotency_key: str) -> Refund:
    """Write down that money of a sale goes back, or return the refund that was asked for with this key.

    One that failed leaves nothing behind. One that is sent again is to be paid to where it was sent the last time: who
    had no answer may have put a wrong invoice right meanwhile.

    Raises AmountError, NoRate, RefundInvoiceRefused, StoreError; or RefundKeyReused if the key stands for another one.
    """
    found = shop.single_flight.join(
        f"refund {entry.sale_id} {idempotency_key}", lambda: _first_or_new(shop, entry, wish, idempotency_key)
    )
    if not _is_asked(found, wish):
        raise RefundKeyReused(found)
    return found


def check_within(entry: Entry, refund: Refund, limit: Money | None) -> None:
    """Raise AmountError where a refund that somebody asked for is above the limit of who is to act on it."""
    _check_limit(entry, limit, refund.amount.minor, refund.amount_sat)


def why_not(entry: Entry, refund: Refund, limit: Money | None) -> Sentence | None:
    """Return the same as a sentence, before anything is done; None where it is within the limit."""
    return _over(entry, limit, refund.amount.minor, refund.amount_sat)


def why_no_more(entry: Entry, given: list[Refund], limit: Money | None, more: Rest | None = None) -> Sentence | None:
    """Say why who has this limit may not give back `more` of a sale, besides what was given; None: any at all."""
    before, before_sat = counted(given)
    amount, amount_sat = (more.amount.minor, more.amount_sat) if more else (1, 1)
    return _over(entry, limit, before + amount, before_sat + amount_sat)


def _first_or_new(shop: Shop, entry: Entry, wish: Wish, idempotency_key: str) -> Refund:
    # What was given is read before the key is looked for: so what the key stands for is never in the way of itself.
    came, given = received(entry), shop.store.refunds.of_sale(entry.sale_id)
    first = shop.store.refunds.find(entry.sale_id, idempotency_key)
    if first:
        return _sent_again(shop, first, wish)
    left = rest_of(came, given)
    amount = wish.amount
    at_rate = AtRate.SALE if amount.currency == SAT else wish.at_rate
    rate = _rate(shop, entry, at_rate) if amount.currency != SAT else None
    amount_sat = to_give(left, amount, at_rate, rate)
    before, before_sat = counted(given)
    _check_limit(entry, wish.limit, before + amount.minor, before_sat + amount_sat)
    made = Refund(
        id=secrets.token_urlsafe(16),
        sale_id=entry.sale_id,
        channel=entry.charge.channel,
        till=entry.charge.till,
        amount=amount,
        amount_sat=amount_sat,
        reason=wish.reason,
        created_at=shop.now(),
        at_rate=at_rate,
        rate=rate,
        staff=wish.staff,
        invoices=_invoices(shop, wish.to, amount_sat),
    )
    # A limit holds for what it was checked against; without one it is nothing to anybody what else was given.
    return _write(shop, made, idempotency_key, came, (before, before_sat) if wish.limit is not None else None)


def _sent_again(shop: Shop, first: Refund, wish: Wish) -> Refund:
    """Return a refund that is asked for once more, to be paid to another invoice if another one was given.

    Of an address nobody knows whether it is the one of before, so it is asked for a new one.
    """
    known = [it.payment_request for it in first.invoices]
    may_be_paid = first.payment is None and first.cancelled_at is None
    if not (may_be_paid and wish.to.strip() and _is_asked(first, wish)) or payment_request_in(wish.to) in known:
        return first
    give_invoice(shop, first, wish.to, wish.staff)
    return shop.store.refunds.get(first.id) or first


def _write(
    shop: Shop, made: Refund, idempotency_key: str, came: Rest, checked_against: tuple[int, int] | None
) -> Refund:
    try:
        found = shop.store.refunds.add(made, idempotency_key, came, checked_against)
    except InvoiceTaken as error:
        raise own_invoice(f"another refund has invoice {error}") from error
    if found is None:
        raise AmountError(Sentence("Something of this sale was given back meanwhile. Look what is left."), 409)
    log.info("refund %s: %d sat of sale %s", found.id, found.amount_sat, found.sale_id)
    return found


def _invoices(shop: Shop, text: str, amount_sat: int) -> tuple[RefundInvoice, ...]:
    return (invoice_for_refund(shop, text, amount_sat),) if text.strip() else ()


def _is_asked(found: Refund, wish: Wish) -> bool:
    """Tell whether a refund is what somebody wishes."""
    at_rate = AtRate.SALE if found.amount.currency == SAT else wish.at_rate
    return found.reason == wish.reason and found.at_rate is at_rate and found.amount == wish.amount


def _rate(shop: Shop, entry: Entry, at_rate: AtRate) -> Rate | None:
    fiat = entry.charge.fiat
    if at_rate is AtRate.SALE:
        return fiat.rate if fiat else None
    if shop.rates.currency != entry.sale.price.currency:
        words = "There is no rate of now for {currency}. Take the rate of the sale."
        raise AmountError(Sentence(words, {"currency": entry.sale.price.currency}))
    return shop.rates.rate()


def _check_limit(entry: Entry, limit: Money | None, amount: int, amount_sat: int) -> None:
    if sentence := _over(entry, limit, amount, amount_sat):
        raise AmountError(sentence, 403)


def _over(entry: Entry, limit: Money | None, amount: int, amount_sat: int) -> Sentence | None:
    """Say so where more of one sale would go back than who asks may give: in parts it is not more.

    The amount is in minor units of what the sale was typed in.
    """
    if limit is None:
        return None
    fiat = entry.charge.fiat
    if limit.currency == SAT:
        asked = amount_sat
    elif limit.currency == entry.sale.price.currency:
        asked = amount
    elif fiat and fiat.rate.currency == limit.currency:
        asked = fiat.rate.from_sat(amount_sat).minor
    else:
        # Nobody knows what it is worth in the currency of the limit.
        asked = limit.minor + 1
    words = "You may give back {limit} of one sale. Ask the owner."
    return Sentence(words, {"limit": limit}) if asked > limit.minor else None

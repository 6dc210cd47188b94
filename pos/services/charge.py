"""Making a charge: ask the wallet, check its answer, write it down, and only then show it."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace

from pos.domain.charge import Channel, Charge, Sold
from pos.domain.draft import till_topic
from pos.domain.rate import Rate
from pos.domain.refusal import Refusal
from pos.domain.sale import Sale
from pos.domain.sentence import Sentence
from pos.runtime.turnstile import Crowded
from pos.services.quote import quote
from pos.services.sale_limit import check_limit
from pos.shop import Shop
from pos.store import InvoiceTaken
from pos.wallets.base import InvoiceRefused, InvoiceRequest, Offer, WrongInvoice, check_offer

log = logging.getLogger(__name__)


# Of each channel that is open to strangers: more than a crowd leaves unpaid within the time of an invoice.
MOST_OPEN = 500
# Of each tip jar, so that a flood at one leaves the others alone; and more than one visitor may have open (see
# runtime.allowance), so that none can keep a jar from all others.
MOST_OPEN_OF_JAR = 250


@dataclass(frozen=True, slots=True)
class Promise:
    """What a payer was told before he asks for an invoice.

    With a `hashed_description` it holds the hash of that in place of the memo, and the charge has a token to ask by
    (LUD-06, LUD-21). `rate` is the one at which a price was reckoned for him.
    """

    hashed_description: str | None = None
    rate: Rate | None = None


NOTHING_PROMISED = Promise()


class TooManyOpen(Refusal):
    """Strangers ask for more invoices than the shop keeps open for them, or for too many at once."""

    retry_after = 60

    def __init__(self) -> None:
        super().__init__(Sentence("Too many people ask at once. Nothing was charged. Try again in a minute."), 429)


class IdempotencyKeyReused(Refusal):
    """An idempotency key that came back with another sale. `first` is the charge that it stands for."""

    def __init__(self, first: Charge) -> None:
        super().__init__(Sentence("This form was already used for another sale. Nothing more was charged."), 409)
        self.first = first


def charge(
    shop: Shop, channel: Channel, sale: Sale, idempotency_key: str, promised: Promise = NOTHING_PROMISED
) -> Charge:
    """Make a charge, or return the one that was made with this key, whether it is sent again or eight times at once.

    A sale that failed leaves nothing behind: its key may be sent again, and then sells.

    Raises AmountError (OverLimit, too), NoRate, TooManyOpen, WalletError, StoreError, or IdempotencyKeyReused if the
    key stands for another sale.
    """
    sold = shop.single_flight.join(
        f"{channel} {idempotency_key}",
        lambda: _first_or_new(shop, channel, sale, idempotency_key, promised),
    )
    if sold.sale != sale:
        raise IdempotencyKeyReused(sold.charge)
    return sold.charge


def charge_again(shop: Shop, ended: Charge) -> Charge:
    """Make a new charge for the same sale, at the rate of now. An ended charge gets one successor, however often asked.

    Raises as `charge` does, or SalePaid if it is paid by then.
    """
    attempt = ended.attempt + 1
    return shop.single_flight.join(
        f"{ended.sale_id} {attempt}",
        lambda: shop.store.find_attempt(ended.sale_id, attempt) or _sell_again(shop, ended, attempt),
    )


def _first_or_new(shop: Shop, channel: Channel, sale: Sale, idempotency_key: str, promised: Promise) -> Sold:
    first = shop.store.find_by_idempotency_key(channel, idempotency_key)
    return first or _sell(shop, channel, sale, idempotency_key, promised)


def _sell(shop: Shop, channel: Channel, sale: Sale, idempotency_key: str, promised: Promise) -> Sold:
    check_limit(shop, sale)
    with _turn(shop, channel), _wrong_if_taken():
        made = _make(shop, secrets.token_urlsafe(16), channel, sale, promised)
        sold = shop.store.add(made, sale, idempotency_key, shop.day(made.created_at).year)
    _tell(shop, made)
    return sold


def _sell_again(shop: Shop, ended: Charge, attempt: int) -> Charge:
    sale = shop.store.get_sale(ended.sale_id) or ended.sale
    with _turn(shop, ended.channel), _wrong_if_taken():
        made = replace(_make(shop, ended.sale_id, ended.channel, sale), attempt=attempt, number=ended.number)
        first = shop.store.add_attempt(made, sale)
    _tell(shop, made)
    return first


def _tell(shop: Shop, made: Charge) -> None:
    """Let the customer's display of a till hear of its charge; other channels have none."""
    if made.till:
        shop.broker.publish(till_topic(made.till))


@contextmanager
def _turn(shop: Shop, channel: Channel) -> Iterator[None]:
    """Let strangers wait in line, so that however many they are, the shop's own sale does not wait for them all."""
    line = shop.lines.get(channel)
    try:
        with line.turn() if line else nullcontext():
            yield
    except Crowded as error:
        raise TooManyOpen from error


def _make(shop: Shop, sale_id: str, channel: Channel, sale: Sale, promised: Promise = NOTHING_PROMISED) -> Charge:
    """Ask the wallet for an invoice, and check what it answers. Nothing is written down yet."""
    if channel.is_public:
        _check_open(shop, channel, sale.jar)
    charge_id = secrets.token_urlsafe(16)
    asked = quote(shop, sale, promised.rate)
    created_at = shop.now()
    # What a stranger wrote is the shop's to keep: with the hash of another text it would not be in the invoice anyway.
    hashed = promised.hashed_description
    memo = "" if hashed else sale.memo
    request = InvoiceRequest(asked.amount_sat, memo, shop.settings.invoice_expiry, charge_id, hashed)
    offer = _ask(shop, request)
    for note in offer.notes:
        log.warning("charge %s: the wallet warns: %s", charge_id, note)
    invoice = check_offer(request, offer, shop.settings.network, shop.now(), shop.settings.payee)
    log.info("charge %s: %d sat, invoice %s", charge_id, asked.amount_sat, invoice.id)
    return Charge(
        charge_id,
        sale_id,
        channel,
        asked.amount_sat,
        sale.memo,
        invoice,
        created_at,
        tip_sat=asked.tip_sat,
        fiat=asked.fiat,
        till=sale.till,
        wallet=shop.wallet.identity,
        jar=sale.jar,
        payer=sale.payer,
        verify_token=secrets.token_urlsafe(16) if hashed else None,
    )


def _check_open(shop: Shop, channel: Channel, jar: str) -> None:
    """Raise TooManyOpen where strangers have asked for enough."""
    now, store = shop.now(), shop.store
    if store.count_open(channel, now, MOST_OPEN) >= MOST_OPEN:
        raise TooManyOpen
    # The shop itself, as LNURL knows it, is a jar without a name.
    if (jar or channel is Channel.LNURL) and store.count_open_of_jar(jar, now, MOST_OPEN_OF_JAR) >= MOST_OPEN_OF_JAR:
        raise TooManyOpen


def _ask(shop: Shop, request: InvoiceRequest) -> Offer:
    """Ask the wallet for an invoice, and keep in mind what it says of the most that it takes."""
    try:
        offer = shop.wallet.create_invoice(request)
    except InvoiceRefused as error:
        if error.most_sat:
            shop.ceiling.refused(error.most_sat)
        raise
    shop.ceiling.took(request.amount_sat)
    return offer


@contextmanager
def _wrong_if_taken() -> Iterator[None]:
    try:
        yield
    except InvoiceTaken as error:
        raise WrongInvoice(f"refused invoice {error}: another charge has it") from error

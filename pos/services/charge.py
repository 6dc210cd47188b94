"""Making a charge: ask the wallet, check its answer, write it down, and only then show it."""

import logging
import secrets

from pos.domain.charge import Channel, Charge
from pos.domain.refusal import Refusal
from pos.domain.sale import Sale
from pos.domain.sentence import Sentence
from pos.services.quote import quote
from pos.shop import Shop
from pos.store import InvoiceTaken
from pos.wallets.base import InvoiceRequest, WrongInvoice, check_offer

log = logging.getLogger(__name__)


class IdempotencyKeyReused(Refusal):
    """An idempotency key that came back with another sale. `first` is the charge that it stands for."""

    def __init__(self, first: Charge) -> None:
        super().__init__(Sentence("This form was already used for another sale. Nothing more was charged."), 409)
        self.first = first


def charge(shop: Shop, channel: Channel, sale: Sale, idempotency_key: str) -> Charge:
    """Make a charge, or return the one that was made with this key, whether it is sent again or eight times at once.

    A sale that failed leaves nothing behind: its key may be sent again, and then sells.

    Raises AmountError, NoRate, WalletError, StoreError, or IdempotencyKeyReused if the key stands for another sale.
    """
    made = shop.single_flight.join(
        f"{channel} {idempotency_key}", lambda: _first_or_new(shop, channel, sale, idempotency_key)
    )
    if (made.channel, made.sale) != (channel, sale):
        raise IdempotencyKeyReused(made)
    return made


def charge_again(shop: Shop, ended: Charge) -> Charge:
    """Make a new charge for the same sale, at the rate of now. An ended charge gets one successor, however often asked.

    Its key holds a space, as no key that is sent to us can.

    Raises as `charge` does.
    """
    return charge(shop, ended.channel, ended.sale, f"again {ended.id}")


def _first_or_new(shop: Shop, channel: Channel, sale: Sale, idempotency_key: str) -> Charge:
    return shop.store.find_by_idempotency_key(channel, idempotency_key) or _sell(shop, channel, sale, idempotency_key)


def _sell(shop: Shop, channel: Channel, sale: Sale, idempotency_key: str) -> Charge:
    charge_id = secrets.token_urlsafe(16)
    asked = quote(shop, sale)
    created_at = shop.now()
    request = InvoiceRequest(asked.amount_sat, sale.memo, shop.settings.invoice_expiry, charge_id)
    offer = shop.wallet.create_invoice(request)
    invoice = check_offer(request, offer, shop.settings.network, shop.now())
    try:
        sold = shop.store.add(
            Charge(
                charge_id,
                idempotency_key,
                channel,
                asked.amount_sat,
                sale.memo,
                invoice,
                created_at,
                tip_sat=asked.tip_sat,
                fiat=asked.fiat,
                till=sale.till,
            )
        )
    except InvoiceTaken as error:
        raise WrongInvoice(f"refused invoice {offer.invoice.id}: another charge has it") from error
    log.info("charge %s: %d sat, invoice %s", sold.id, sold.amount_sat, sold.invoice.id)
    return sold

"""Making a charge: ask the wallet, check its answer, write it down, and only then show it."""

import logging
import secrets

from pos.domain.charge import Charge, Face
from pos.domain.invoice import InvoiceError, check
from pos.shop import Shop
from pos.store import InvoiceTaken
from pos.wallets.base import WrongInvoice

log = logging.getLogger(__name__)


class KeyReused(Exception):
    """An idempotency key that came back with another sale. `first` is the charge that it stands for."""

    def __init__(self, first: Charge) -> None:
        super().__init__("the key was already used for another sale")
        self.first = first


def charge(shop: Shop, face: Face, amount_sat: int, memo: str, key: str) -> Charge:
    """Make a charge, or return the one that was made with this key, whether it is sent again or eight times at once.

    A sale that failed leaves nothing behind: its key may be sent again, and then sells.

    Raises WalletError, StoreError, or KeyReused if the key stands for another sale.
    """
    made = shop.flights.join(f"{face} {key}", lambda: _first_or_new(shop, face, amount_sat, memo, key))
    if (made.face, made.amount_sat, made.memo) != (face, amount_sat, memo):
        raise KeyReused(made)
    return made


def charge_again(shop: Shop, expired: Charge) -> Charge:
    """Make a new charge for the same sale. However often it is asked for, an expired charge gets one successor.

    Its key holds a space, as no key that is sent to us can.

    Raises WalletError or StoreError.
    """
    return charge(shop, expired.face, expired.amount_sat, expired.memo, f"again {expired.id}")


def _first_or_new(shop: Shop, face: Face, amount_sat: int, memo: str, key: str) -> Charge:
    return shop.store.find_by_key(face, key) or _sell(shop, face, amount_sat, memo, key)


def _sell(shop: Shop, face: Face, amount_sat: int, memo: str, key: str) -> Charge:
    charge_id = secrets.token_urlsafe(16)
    created_at = shop.now()
    offer = shop.wallet.create_invoice(amount_sat, memo, shop.config.invoice_expiry, charge_id)
    try:
        invoice = check(amount_sat, shop.config.network, offer.invoice, offer.payee, shop.now())
        sold = shop.store.add(Charge(charge_id, key, face, amount_sat, memo, invoice, created_at))
    except InvoiceError as error:
        raise WrongInvoice(f"refused invoice {offer.invoice.id}: {error}") from error
    except InvoiceTaken as error:
        raise WrongInvoice(f"refused invoice {offer.invoice.id}: another charge has it") from error
    log.info("charge %s: %d sat, invoice %s", sold.id, sold.amount_sat, sold.invoice.id)
    return sold

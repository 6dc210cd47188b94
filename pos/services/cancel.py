"""Cancelling: the cashier, or the customer, does not want this sale any more."""

import logging

from pos.domain.charge import Charge
from pos.domain.draft import till_topic
from pos.services.settle import paying, settle_now
from pos.shop import Shop
from pos.wallets.base import WalletError, cancels

log = logging.getLogger(__name__)


def cancel(shop: Shop, charge: Charge) -> Charge:
    """Close an open charge, unless it turns out to be paid, and return it as it then is.

    Where another charge has paid its sale, that one is returned.

    Few wallets take an invoice back from a customer who has it, and none can promise to be in time: the charge is
    watched on, and money that comes is shown.

    Raises StoreError.
    """
    # What the customer pays while the wallet answers is not in its answer.
    asked_at = shop.now() if charge.is_of(shop.wallet.identity) else None
    try:
        charge = settle_now(shop, charge, "cancel")
    except WalletError as error:
        asked_at = None
        log.warning("charge %s: cancelled without the wallet's word: %s", charge.id, error)
    if shop.store.cancel(charge.id, shop.now(), asked_at=asked_at):
        log.info("charge %s: cancelled", charge.id)
        shop.broker.publish(charge.id)
        shop.broker.publish(till_topic(charge.till))
        if charge.is_of(shop.wallet.identity):
            # Whether it was paid in the meantime is to be known soon.
            shop.presence.note(charge.id)
            _take_back(shop, charge)
    return paying(shop, shop.store.get(charge.id) or charge)


def _take_back(shop: Shop, charge: Charge) -> None:
    """Have the wallet take the invoice back, if it can: what it then refuses need not be given back by the shop."""
    if not cancels(shop.wallet):
        return
    try:
        shop.wallet.cancel(charge.invoice)
    except WalletError as error:
        log.warning("charge %s: the wallet did not take its invoice back: %s", charge.id, error)

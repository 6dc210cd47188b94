"""Cancelling: the cashier, or the customer, does not want this sale any more."""

import logging

from pos.domain.charge import Charge
from pos.services.settle import settle
from pos.shop import Shop
from pos.wallets.base import WalletError

log = logging.getLogger(__name__)


def cancel(shop: Shop, charge: Charge) -> Charge:
    """Close an open charge, unless it turns out to be paid, and return it as it then is.

    No wallet takes an invoice back from a customer who has it: the charge is watched on, and money that comes is shown.

    Raises StoreError.
    """
    try:
        charge = settle(shop, charge)
    except WalletError as error:
        log.warning("charge %s: cancelled without the wallet's word: %s", charge.id, error)
    if shop.store.cancel(charge.id, shop.now()):
        log.info("charge %s: cancelled", charge.id)
        shop.broker.publish(charge.id)
    return shop.store.get(charge.id) or charge

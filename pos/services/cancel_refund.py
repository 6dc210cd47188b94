"""Cancelling a refund that nobody is to pay any more: its money can go back by another one."""

import logging

from pos.domain.refund import Refund
from pos.shop import Shop

log = logging.getLogger(__name__)


def cancel_refund(shop: Shop, refund: Refund, staff: str = "") -> None:
    """Cancel a refund unless it is paid. Raises StoreError.

    Nobody can take an invoice back from the wallet that may be paying it: a preimage still proves that it was paid.
    """
    if shop.store.refunds.cancel(refund.id, shop.now(), staff):
        log.info("refund %s: cancelled", refund.id)

"""Showing: which charge of a till its customer has before him, on a screen of his own."""

from pos.domain.charge import Charge, Status
from pos.shop import Shop

# Seconds.
_LONGEST = 24 * 60 * 60
# Long enough for a payment that the till learns of late.
_ENDED_FOR = 60
# So many sales back one may still be open, or be paid at last.
_MOST = 12


def showing(shop: Shop, till: str) -> Charge | None:
    """Return the charge that a till's second screen shows now: the open one, or one that just ended; None if idle.

    Of several it is that about which there is the latest news.

    Raises StoreError.
    """
    now = shop.now()
    charges = shop.store.at_till(till, now - _LONGEST, _MOST)
    shown = [charge for charge in charges if _is_shown(charge, now)]
    # Of two in the same second it is the one that somebody still has to pay.
    return max(shown, key=lambda it: (_news_at(it), it.payment is None), default=None)


def _is_shown(charge: Charge, now: int) -> bool:
    if charge.status(now) is Status.OPEN:
        return True
    if charge.payment:
        return now - charge.payment.paid_at < _ENDED_FOR
    return charge.cancelled_at is None and now - charge.ends_at < _ENDED_FOR


def _news_at(charge: Charge) -> int:
    return charge.payment.paid_at if charge.payment else charge.created_at

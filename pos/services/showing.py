"""Showing: which charge of a till its customer has before him, on a screen of his own."""

from pos.domain.charge import Charge, Status
from pos.shop import Shop

# Seconds.
_LONGEST = 24 * 60 * 60
# Long enough for a payment that the till learns of late.
_ENDED_FOR = 60
# Whoever has paid waits for the word of a wallet that is silent.
_NOT_KNOWN_FOR = 600
# So many sales back one may still be open, or be paid at last.
_MOST = 12


def showing(shop: Shop, till: str) -> Charge | None:
    """Return the charge that a till's second screen shows now: the open one, or one that just ended; None if idle.

    Of several it is that about which there is the latest news. But a new invoice of an older sale does not come between
    a customer and a later sale: anybody can ask for one who knows the older sale's address.

    Raises StoreError.
    """
    now = shop.now()
    charges = shop.store.at_till(till, now - _LONGEST, _MOST)
    shown = [charge for charge in charges if _is_shown(charge, now)]
    began = _beginnings(charges)
    newest = max((began[charge.sale_id] for charge in shown), default=0)
    shown = [charge for charge in shown if charge.payment or charge.attempt == 1 or began[charge.sale_id] == newest]
    # Of two in the same second it is the one that somebody still has to pay.
    return max(shown, key=lambda it: (_news_at(it), it.payment is None), default=None)


def _beginnings(charges: list[Charge]) -> dict[str, int]:
    """Return when each of the sales began (unix seconds); 0 where the first invoice is too old to be among these."""
    return {it.sale_id: 0 for it in charges} | {it.sale_id: it.created_at for it in charges if it.attempt == 1}


def _is_shown(charge: Charge, now: int) -> bool:
    if charge.status(now) is Status.OPEN:
        return True
    if charge.payment:
        return now - charge.payment.paid_at < _ENDED_FOR
    shown_for = _ENDED_FOR if charge.is_known(now) else _NOT_KNOWN_FOR
    return charge.cancelled_at is None and now - charge.ends_at < shown_for


def _news_at(charge: Charge) -> int:
    return charge.payment.paid_at if charge.payment else charge.created_at

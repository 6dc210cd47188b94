"""The recent: a till's last sales of today, for whoever stands at it."""

from collections.abc import Iterable
from datetime import datetime

from pos.domain.charge import Charge, Payment, Status
from pos.shop import Shop

SALES = 12
MEMOS = 6


def recent(shop: Shop, till: str) -> list[Charge]:
    """Return the last sales of today at a till, the newest first. The day is that of the server's time zone.

    Raises StoreError.
    """
    midnight = datetime.fromtimestamp(shop.now()).replace(hour=0, minute=0, second=0)
    return shop.store.at_till(till, int(midnight.timestamp()), SALES)


def memos(charges: Iterable[Charge]) -> list[str]:
    """Return what those sales were for, each once, the newest first."""
    return list(dict.fromkeys(charge.memo for charge in charges if charge.memo))[:MEMOS]


def outcome(charge: Charge, now: int) -> str:
    """Return the one word for what became of a charge, of several that which a cashier must not overlook."""
    if charge.payment:
        return _paid(charge, charge.payment)
    if charge.status(now) is Status.OPEN:
        return "open"
    return "expired" if charge.cancelled_at is None else "cancelled"


def _paid(charge: Charge, payment: Payment) -> str:
    if payment.received_sat != charge.amount_sat:
        return "less" if payment.received_sat < charge.amount_sat else "more"
    return "late" if charge.late else "paid"

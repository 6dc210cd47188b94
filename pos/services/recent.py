"""The recent: a till's last sales of today, for whoever stands at it."""

from collections.abc import Iterable
from datetime import datetime

from pos.domain.charge import ListedCharge
from pos.shop import Shop

SALES = 12
MEMOS = 6


def recent(shop: Shop, till: str) -> list[ListedCharge]:
    """Return the last sales of today at a till, the newest first. The day is that of the server's time zone.

    Raises StoreError.
    """
    midnight = datetime.fromtimestamp(shop.now()).replace(hour=0, minute=0, second=0)
    return shop.store.listed_at_till(till, int(midnight.timestamp()), SALES)


def memos(charges: Iterable[ListedCharge]) -> list[str]:
    """Return what those sales were for, each once, the newest first."""
    return list(dict.fromkeys(charge.sale.memo for charge in charges if charge.sale.memo))[:MEMOS]


def outcome(charge: ListedCharge, now: int) -> str:
    """Return the one word for what became of a charge, of several that which a cashier must not overlook."""
    if charge.received_sat is not None:
        return _paid(charge, charge.received_sat)
    if now < charge.ends_at:
        return "open"
    if not charge.known:
        return "not-known"
    return "cancelled" if charge.cancelled else "expired"


def _paid(charge: ListedCharge, received_sat: int) -> str:
    if received_sat != charge.amount_sat:
        return "less" if received_sat < charge.amount_sat else "more"
    return "late" if charge.late else "paid"

"""The recent: a till's last sales of today, for whoever stands at it."""

from collections.abc import Iterable
from datetime import datetime

from pos.domain.charge import Charge
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

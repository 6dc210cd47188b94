"""What was left behind with a wallet that the till had before: charges that may be paid, and that nobody asks about."""

from pos.domain.charge import LeftBehind
from pos.domain.due import WATCHED_FOR
from pos.shop import Shop

# Seconds. Within a minute the number on a till's page may still be the one before.
SECONDS_GOOD = 60


def left_behind(shop: Shop) -> list[LeftBehind]:
    """Count the charges that the till would still watch if its wallet were the one that made their invoices.

    Raises StoreError.
    """
    return shop.store.left_behind(shop.wallet.identity, shop.now() - WATCHED_FOR)


class LastCount:
    """What was counted last. A till's page tells it with each sale, and it takes days to become less."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._counted_at = float("-inf")
        self._left: list[LeftBehind] = []

    def get(self) -> list[LeftBehind]:
        """Return the last count, or count anew after a minute. Raises StoreError, and then counts the next time."""
        now = self._shop.clock()
        if not 0 <= now - self._counted_at < SECONDS_GOOD:
            self._left = left_behind(self._shop)
            self._counted_at = now
        return self._left

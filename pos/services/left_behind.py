"""What was left behind with a wallet that the till had before: charges that may be paid, and that nobody asks about."""

from pos.domain.charge import LeftBehind
from pos.domain.due import WATCHED_FOR
from pos.shop import Shop


def left_behind(shop: Shop) -> list[LeftBehind]:
    """Count the charges that the till would still watch if its wallet were the one that made their invoices.

    Raises StoreError.
    """
    return shop.store.left_behind(shop.wallet.identity, shop.now() - WATCHED_FOR)

"""Taking up a sale once more, to change it: one whose customer has not paid yet, and wants something else, too."""

from pos.domain.charge import Channel, Charge
from pos.domain.sale import Sale
from pos.shop import Shop


def unpaid_sale(shop: Shop, charge_id: str) -> Sale | None:
    """Return the sale of a charge that was made at a till, whole; None if there is none, or if it was ever paid.

    Raises StoreError.
    """
    charge = shop.store.get(charge_id)
    if charge is None or charge.channel is not Channel.TILL or _is_paid(charge):
        return None
    return shop.store.get_sale(charge.sale_id)


def is_sold(shop: Shop, idempotency_key: str) -> bool:
    """Tell whether a sale of a till that had this key was paid. Raises StoreError."""
    sold = shop.store.find_by_idempotency_key(Channel.TILL, idempotency_key)
    return sold is not None and _is_paid(sold.charge)


def _is_paid(charge: Charge) -> bool:
    """Tell whether its sale was paid, by it or by another one."""
    return charge.payment is not None or charge.is_overtaken

"""Writing a receipt: all that is on it, of a charge that was paid."""

from pos.domain.charge import Charge
from pos.domain.receipt import Receipt
from pos.domain.sale import Sale
from pos.shop import Shop


def receipt_of(shop: Shop, charge: Charge) -> Receipt | None:
    """Return the receipt of a charge; None while it is not paid. Raises StoreError."""
    if charge.payment is None:
        return None
    sale = shop.store.get_sale(charge.sale_id) or charge.sale
    refunds = tuple(it for it in shop.store.refunds.of_sale(charge.sale_id) if it.payment)
    return Receipt(
        sale,
        charge,
        surplus=charge.is_surplus,
        refunds=refunds,
        cashier=_cashier(shop, sale) if shop.settings.receipt_cashier == "on" else "",
    )


def _cashier(shop: Shop, sale: Sale) -> str:
    found = shop.store.staff.get(sale.staff) if sale.staff else None
    return found.name if found else ""

"""How much somebody of the staff may sell at once: what an owner has set, and a tip that a customer adds on top."""

from pos.domain.money import SAT, AmountError, Money
from pos.domain.sale import Sale
from pos.domain.sentence import Sentence
from pos.services.quote import quote
from pos.shop import Shop


class OverLimit(AmountError):
    """A sale over what its seller may sell at once."""


def check_limit(shop: Shop, sale: Sale) -> None:
    """Raise OverLimit where its seller may not sell as much at once; or what `quote` raises, or StoreError.

    The tip does not count: it is the customer's word. A limit in a currency that the shop has left is none that could
    be kept, so nothing is sold until an owner sets another one.
    """
    seller = shop.store.staff.get(sale.staff) if sale.staff else None
    if seller is None or seller.sale_limit is None:
        return
    limit = seller.sale_limit
    price = _price_in(shop, sale, limit.currency)
    values: dict[str, Money | int | str] = {"name": seller.name, "limit": limit}
    if price is None:
        words = "{name} may sell up to {limit} at once, and nobody knows what this comes to in that. Ask the owner."
        raise OverLimit(Sentence(words, values))
    if price.minor > limit.minor:
        raise OverLimit(Sentence("{name} may sell up to {limit} at once. A manager may sell more.", values))


def _price_in(shop: Shop, sale: Sale, currency: str) -> Money | None:
    """Return the price without the tip in another currency; None where there is no rate for that."""
    if sale.price.currency == currency:
        return sale.price
    asked = quote(shop, sale)
    if currency == SAT:
        return Money(asked.amount_sat - asked.tip_sat, SAT)
    return asked.fiat.price if asked.fiat and asked.fiat.price.currency == currency else None

"""Finding a sale, or a refund of it, by the number that an address has or somebody types."""

from pos.domain.number import read_number
from pos.domain.refund import Refund
from pos.domain.refusal import Refusal
from pos.domain.report import Entry
from pos.domain.sentence import Sentence
from pos.shop import Shop

NO_SALE = Sentence("There is no sale with that number.")


class NoSuchRefund(Refusal):
    """There is no such sale, or it has no such refund."""


def find_sale(shop: Shop, typed: str) -> Entry | None:
    """Return the sale of a number, which is one of this year where it does not say so. Raises StoreError."""
    number = read_number(typed, shop.day(shop.now()).year)
    return shop.store.entry(number) if number else None


def find_refund(shop: Shop, typed: str, position: int) -> tuple[Entry, Refund]:
    """Return the sale of a number, and of its refunds the one at a position. Raises NoSuchRefund, or StoreError."""
    entry = find_sale(shop, typed)
    if entry is None:
        raise NoSuchRefund(NO_SALE, 404)
    found = next((it for it in shop.store.refunds.of_sale(entry.sale_id) if it.position == position), None)
    if found is None:
        raise NoSuchRefund(Sentence("This sale has no such refund."), 404)
    return entry, found

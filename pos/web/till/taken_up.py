"""A sale that comes back to the till: from the tip step, by Cancel, or by the browser's own Back."""

import logging

from pos.domain.money import Money, as_typed
from pos.domain.sale import Line, Sale
from pos.services.ask_tip import sold, take_back
from pos.services.quote import OtherCurrency
from pos.services.take_up import is_sold, unpaid_sale
from pos.store import StoreError
from pos.web.context import current_shop
from pos.web.forms import new_key
from pos.web.i18n import language
from pos.web.sale_token import try_unseal
from pos.web.till.forms import Fields
from pos.web.till.tape import Tape, Typed, units

log = logging.getLogger(__name__)


class Lost(OtherCurrency):
    """A sale that was kept for later, and that has no place at the till any more: its memo is all that comes back."""

    def __init__(self, sale: Sale) -> None:
        super().__init__(sale.price.currency)
        self.memo = sale.memo


def taken_up(till: str, name: str) -> Fields | None:
    """Return a sale as it was typed, with a new key; None if it was paid, or is none of this till's.

    `name` is the last part of the address that the sale led to: its charge's id, or the token of the tip step.
    What was at a rate of tax that the shop has no more is at the usual one. Raises Lost for what was never charged, and
    is in a currency that the shop has no more. What was charged is in the list of sales.
    """
    try:
        sale, charged = _sale(name)
    except StoreError as error:
        log.error("a sale was not taken up again: the store failed: %s", error)
        return None
    if sale is None or sale.till != till:
        return None
    if sale.price.currency not in units(current_shop()):
        if charged:
            return None
        raise Lost(sale)
    currency = sale.price.currency
    *lines, amount = (_typed(line, currency) for line in sale.lines or (Line(sale.price.minor),))
    return Fields(till, new_key(), Tape(currency, tuple(lines), amount), sale.memo, of=charged)


def _typed(line: Line, currency: str) -> Typed:
    settings = current_shop().settings
    tax = line.tax if line.tax in settings.tax_rates else settings.usual_tax
    return Typed(as_typed(Money(line.price, currency), language()), tax)


def _sale(name: str) -> tuple[Sale | None, str | None]:
    """Return the sale that goes by a name, if it may be changed yet, and the charge that was made for it."""
    shop = current_shop()
    sealed = try_unseal(name)
    if sealed is None:
        return unpaid_sale(shop, name), name
    sale, idempotency_key = sealed
    # The customer is asked no more about what the cashier has in hand again.
    take_back(shop, sale.till, name)
    charge = sold(shop, idempotency_key)
    if charge is None:
        return sale, None
    return (None if is_sold(shop, idempotency_key) else sale), charge.id

"""Quoting a sale: what it comes to in sat now, before anybody is charged."""

from pos.domain.money import SAT
from pos.domain.rate import Rate
from pos.domain.refusal import Refusal
from pos.domain.sale import Quote, Sale
from pos.domain.sale import quote as convert
from pos.domain.sentence import Sentence
from pos.rates import NoRate
from pos.shop import Shop


class OtherCurrency(Refusal):
    """A sale in a currency that is not the shop's any more: it keeps its own, and there is no rate for that."""

    def __init__(self, currency: str) -> None:
        words = "This sale is in {currency}, which the till takes no more. Nothing was charged. Type the sale again."
        super().__init__(Sentence(words, {"currency": currency}), 409)


def quote(shop: Shop, sale: Sale, rate: Rate | None = None) -> Quote:
    """Return what a sale comes to at the rate of now, or at the one that was promised.

    One in sat waits for no rate, and is sold without one, too. Raises AmountError, or NoRate for a sale in the shop's
    currency while there is none: never an old one. Raises OtherCurrency for a sale of before the shop changed its own.
    """
    _check_currency(shop, sale)
    if rate is None:
        rate = shop.rates.at_hand() if sale.price.currency == SAT else shop.rates.rate()
    return convert(sale, rate, shop.settings.max_sat)


def quote_at_hand(shop: Shop, sale: Sale) -> Quote:
    """Quote a sale without waiting for a rate. Raises AmountError, NoRate, or OtherCurrency."""
    _check_currency(shop, sale)
    rate = shop.rates.at_hand()
    if rate is None and sale.price.currency != SAT:
        raise NoRate("none is at hand")
    return convert(sale, rate, shop.settings.max_sat)


def _check_currency(shop: Shop, sale: Sale) -> None:
    if sale.price.currency not in (SAT, shop.rates.currency):
        raise OtherCurrency(sale.price.currency)

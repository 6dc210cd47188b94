"""A tip: what a customer adds to a price. How it counts towards the limit is in sale.py."""

from dataclasses import replace
from decimal import Decimal

from pos.domain.money import AmountError, Money, percent
from pos.domain.sale import Sale
from pos.domain.sentence import Sentence


def tipped(sale: Sale, tip: Money) -> Sale:
    """Return the sale with a tip in its own currency. Raises AmountError for more than the price itself."""
    if tip.minor > sale.price.minor:
        raise AmountError(Sentence("A tip can be at most as much as the price, {price}.", {"price": sale.price}))
    return replace(sale, tip=tip.minor)


def tipped_percent(sale: Sale, share: int) -> Sale:
    """Return the sale with so many percent of its price as the tip. Raises AmountError above 100."""
    return tipped(sale, percent(sale.price, Decimal(share)))

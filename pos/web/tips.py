"""What a customer may add to a sale: the tiles that he is offered, and which of them he has tapped."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request

from pos.domain.money import SAT, AmountError, Money
from pos.domain.sale import Quote, Sale
from pos.domain.sentence import Sentence
from pos.domain.tip import tipped_percent
from pos.services.quote import quote
from pos.web.amounts import leads_as_typed
from pos.web.context import current_shop


@dataclass(frozen=True, slots=True)
class Choice:
    """A tile: so many percent, and what price and tip come to; in the other unit, too, where there is a rate."""

    percent: int
    total: Money
    other: Money | None


def choices(sale: Sale) -> Iterator[Choice]:
    """Give a tile for no tip, and each percentage with which the sale stays below the limit.

    Raises AmountError or NoRate if the sale cannot even be made without a tip.
    """
    shop = current_shop()
    yield _choice(0, quote(shop, sale))
    for share in shop.settings.tip_percent:
        try:
            yield _choice(share, quote(shop, tipped_percent(sale, share)))
        except AmountError:
            # Another tile, or an amount of their own, may still fit.
            continue


def with_tapped(sale: Sale) -> Sale:
    """Return the sale with the tip of the tile that was tapped. Raises AmountError."""
    tapped = request.form.get("tip", "")
    if tapped not in map(str, (0, *current_shop().settings.tip_percent)):
        # The page may be from before the owner offered others: it comes back with those of now.
        raise AmountError(Sentence("That tip is not one of those offered. Nothing was charged."), 400)
    return tipped_percent(sale, int(tapped))


def _choice(share: int, asked: Quote) -> Choice:
    in_sat = Money(asked.amount_sat, SAT)
    if asked.fiat is None:
        return Choice(share, in_sat, None)
    worth = asked.fiat.total
    return Choice(share, worth, in_sat) if asked.fiat.typed and leads_as_typed() else Choice(share, in_sat, worth)

"""What it comes to that is typed on a kiosk's keypad, as texts for the page."""

from dataclasses import dataclass

from pos.domain.money import SAT, Money, as_typed, parse_money
from pos.domain.refusal import Refusal
from pos.domain.sale import Quote, Sale
from pos.services.quote import quote_at_hand
from pos.web.context import current_shop
from pos.web.i18n import gettext, in_sat, language, say, write_money


@dataclass(frozen=True, slots=True)
class Typed:
    """All that is to be paid, what that is in the other unit, or what is wrong with it.

    `other` is what would have been typed in the other unit; None: nobody can tell, and it stays in the one it is in.
    """

    total: str = ""
    worth: str = ""
    error: str = ""
    other: str | None = None


def quoted(typed: str, unit: str) -> Typed:
    """Work out what stands on the screen, without waiting: at a rate that is at hand."""
    if not typed.strip():
        return Typed(other="")
    shop = current_shop()
    try:
        price = parse_money(typed, unit, language())
        if price.minor == 0:
            return Typed(other="")
        asked = quote_at_hand(shop, Sale(price))
    except Refusal as error:
        # What has no price without a rate is typed anew, in sat.
        return Typed(error=say(error.sentence), other=None if unit == SAT or shop.rates.at_hand() else "")
    other = _other(asked, unit)
    if other is None:
        unpriced = shop.rates.currency is not None
        return Typed(write_money(price), gettext("No exchange rate right now: sat only.") if unpriced else "")
    worth = gettext("≈ %(amount)s", amount=write_money(other))
    return Typed(write_money(price), worth, other=as_typed(other, language()))


def _other(asked: Quote, unit: str) -> Money | None:
    if unit != SAT:
        return in_sat(asked.amount_sat)
    return asked.fiat.total if asked.fiat else None

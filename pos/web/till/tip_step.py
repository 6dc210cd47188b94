"""The tip step: before a sale of the till is charged, its customer may add something."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from pos.domain.charge import Channel
from pos.domain.money import SAT, AmountError, Money, parse_money
from pos.domain.refusal import Refusal
from pos.domain.sale import Quote, Sale
from pos.domain.sentence import Sentence
from pos.domain.tip import tipped, tipped_percent
from pos.services.quote import quote
from pos.web.context import current_shop
from pos.web.errors import back_to_form
from pos.web.forms import AgainForm
from pos.web.i18n import language
from pos.web.links import till_url
from pos.web.sale import answered, lead_to_pay_page
from pos.web.sale_token import unseal

bp = Blueprint("tip_step", __name__, url_prefix="/tip/<token>")


@dataclass(frozen=True, slots=True)
class Choice:
    """A tile: so many percent, and what price and tip come to; in the other unit, too, where there is a rate."""

    percent: int
    total: Money
    other: Money | None


@bp.get("")
def offer(token: str) -> ResponseReturnValue:
    """Show what can be added, and what it comes to."""
    sale, _ = unseal(token)
    try:
        return _show(token, sale)
    except Refusal as error:
        return back_to_form(error, partial(_show_alone, token, sale))


@bp.post("")
def take(token: str) -> ResponseReturnValue:
    """Make the charge with what was chosen, and lead to its pay page."""
    sale, idempotency_key = unseal(token)
    return answered(
        lambda: lead_to_pay_page(Channel.TILL, _with_tip(sale), idempotency_key),
        partial(_show_alone, token, sale),
    )


def _with_tip(sale: Sale) -> Sale:
    """What was typed goes before what was tapped. Raises AmountError."""
    typed, tapped = request.form.get("other"), request.form.get("tip", "")
    if typed is not None:
        return tipped(sale, parse_money(typed, sale.price.currency, language()))
    if tapped not in map(str, (0, *current_shop().settings.tip_percent)):
        # The page may be from before the owner offered others: it comes back with those of now.
        raise AmountError(Sentence("That tip is not one of those offered. Nothing was charged."), 400)
    return tipped_percent(sale, int(tapped))


def _show_alone(token: str, sale: Sale, error: str) -> str:
    """Show the page with a sentence; without the tiles, where it cannot be said what they come to."""
    try:
        return _show(token, sale, error)
    except Refusal:
        return _page(token, sale, [], error)


def _show(token: str, sale: Sale, error: str | None = None) -> str:
    return _page(token, sale, list(_choices(sale)), error)


def _page(token: str, sale: Sale, choices: list[Choice], error: str | None) -> str:
    return render_template(
        "tip_step/offer.html",
        token=token,
        sale=sale,
        choices=choices,
        error=error,
        typed=request.form.get("other", ""),
        back_url=till_url(sale.till, token),
        form=AgainForm(),
        fine=sale.price.currency != SAT,
    )


def _choices(sale: Sale) -> Iterator[Choice]:
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


def _choice(share: int, asked: Quote) -> Choice:
    in_sat = Money(asked.amount_sat, SAT)
    if asked.fiat is None:
        return Choice(share, in_sat, None)
    worth = asked.fiat.total
    return Choice(share, worth, in_sat) if asked.fiat.typed else Choice(share, in_sat, worth)

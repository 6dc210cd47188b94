"""The tip step: before a sale of the till or the kiosk is charged, its customer may add something."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.charge import Channel
from pos.domain.money import SAT, AmountError, Money, parse_money
from pos.domain.refusal import Refusal
from pos.domain.sale import Quote, Sale
from pos.domain.sentence import Sentence
from pos.domain.tip import tipped, tipped_percent
from pos.services.quote import quote
from pos.web.amounts import leads_as_typed
from pos.web.context import current_shop
from pos.web.errors import back_to_form
from pos.web.forms import AgainForm
from pos.web.i18n import language
from pos.web.links import till_url
from pos.web.sale import answered, lead_to_pay_page
from pos.web.sale_token import unseal

bp = Blueprint("tip_step", __name__)
# The kiosk's lies among its own pages: a device may be given these alone.
ADDRESSES = {Channel.TILL: "/tip/<token>", Channel.KIOSK: "/kiosk/tip/<token>"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A tile: so many percent, and what price and tip come to; in the other unit, too, where there is a rate."""

    percent: int
    total: Money
    other: Money | None


@dataclass(frozen=True, slots=True)
class Step:
    """The sale of a token, and the channel by which it came."""

    token: str
    channel: Channel
    sale: Sale


@bp.get(ADDRESSES[Channel.TILL], defaults={"channel": Channel.TILL})
@bp.get(ADDRESSES[Channel.KIOSK], defaults={"channel": Channel.KIOSK})
def offer(channel: Channel, token: str) -> ResponseReturnValue:
    """Show what can be added, and what it comes to."""
    sale, _ = unseal(token, channel)
    step = Step(token, channel, sale)
    try:
        return _show(step)
    except Refusal as error:
        return back_to_form(error, partial(_show_alone, step))


@bp.post(ADDRESSES[Channel.TILL], defaults={"channel": Channel.TILL})
@bp.post(ADDRESSES[Channel.KIOSK], defaults={"channel": Channel.KIOSK})
def take(channel: Channel, token: str) -> ResponseReturnValue:
    """Make the charge with what was chosen, and lead to its pay page."""
    sale, idempotency_key = unseal(token, channel)
    return answered(
        lambda: lead_to_pay_page(channel, _with_tip(sale), idempotency_key),
        partial(_show_alone, Step(token, channel, sale)),
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


def _show_alone(step: Step, error: str) -> str:
    """Show the page with a sentence; without the tiles, where it cannot be said what they come to."""
    try:
        return _show(step, error)
    except Refusal:
        return _page(step, [], error)


def _show(step: Step, error: str | None = None) -> str:
    return _page(step, list(_choices(step.sale)), error)


def _page(step: Step, choices: list[Choice], error: str | None) -> str:
    sale, on_kiosk = step.sale, step.channel is Channel.KIOSK
    return render_template(
        "tip_step/offer.html",
        here=url_for("tip_step.take", channel=step.channel, token=step.token),
        on_kiosk=on_kiosk,
        sale=sale,
        choices=choices,
        error=error,
        typed=request.form.get("other", ""),
        back_url=url_for("kiosk.new") if on_kiosk else till_url(sale.till, step.token),
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
    return Choice(share, worth, in_sat) if asked.fiat.typed and leads_as_typed() else Choice(share, in_sat, worth)

"""The tip step: before a sale of the till or the kiosk is charged, its customer may add something."""

import logging
from dataclasses import dataclass, replace
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.charge import Channel
from pos.domain.money import SAT, parse_money
from pos.domain.refusal import Refusal
from pos.domain.sale import Sale
from pos.domain.tip import tipped
from pos.services.ask_tip import asked, is_there, sold, take_back
from pos.services.charge import IdempotencyKeyReused
from pos.services.quote import quote_at_hand
from pos.store import StoreError
from pos.web.access import seller_id
from pos.web.context import current_shop
from pos.web.errors import back_to_form
from pos.web.forms import AgainForm
from pos.web.i18n import language
from pos.web.links import kiosk_url, till_url
from pos.web.sale import answered, lead_to_pay_page
from pos.web.sale_token import unseal
from pos.web.tips import Choice, choices, with_tapped

bp = Blueprint("tip_step", __name__)
log = logging.getLogger(__name__)
# The kiosk's lies among its own pages: a device may be given these alone.
ADDRESSES = {Channel.TILL: "/tip/<token>", Channel.KIOSK: "/kiosk/tip/<token>"}


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
    sale, idempotency_key = unseal(token, channel)
    step = Step(token, channel, sale)
    if channel is Channel.TILL and (answer := _while_asked(step, idempotency_key)):
        return answer
    try:
        return _show(step)
    except Refusal as error:
        _ask_no_more(step)
        return back_to_form(error, partial(_show_alone, step))


@bp.post(ADDRESSES[Channel.TILL], defaults={"channel": Channel.TILL})
@bp.post(ADDRESSES[Channel.KIOSK], defaults={"channel": Channel.KIOSK})
def take(channel: Channel, token: str) -> ResponseReturnValue:
    """Make the charge with what was chosen, and lead to its pay page."""
    sale, idempotency_key = unseal(token, channel)
    if channel is Channel.TILL and not sale.staff:
        # What a till that was locked has kept is sealed in the same way: it is sold by who goes on with it.
        sale = replace(sale, staff=seller_id())

    def go_on() -> str:
        try:
            return lead_to_pay_page(channel, _with_tip(sale), idempotency_key)
        except IdempotencyKeyReused as error:
            if "skip" not in request.form:
                raise
            # The customer was faster.
            return url_for("pay.show", charge_id=error.first.id)

    return answered(
        go_on,
        partial(_show_alone, Step(token, channel, sale)),
    )


@bp.get("/tip/<token>/status")
def status(token: str) -> ResponseReturnValue:
    """Say where a till goes on whose customer is asked on the display; nowhere while he is."""
    shop = current_shop()
    sale, idempotency_key = unseal(token)
    made = sold(shop, idempotency_key)
    if made:
        return {"to": url_for("pay.show", charge_id=made.id)}
    return {"to": None if _is_asked(sale, token) else url_for("tip_step.offer", channel=Channel.TILL, token=token)}


def _while_asked(step: Step, idempotency_key: str) -> ResponseReturnValue | None:
    """Return the page that waits for the display, or leads on where its customer has chosen; None if none asks."""
    shop = current_shop()
    if not shop.settings.asks_for_tip("display"):
        return None
    try:
        if made := sold(shop, idempotency_key):
            return redirect(url_for("pay.show", charge_id=made.id), 303)
        is_asked = _is_asked(step.sale, step.token)
    except StoreError as error:
        log.error("the till asks for the tip itself: the store failed: %s", error)
        return None
    if not is_asked:
        return None
    return render_template(
        "tip_step/choosing.html",
        here=url_for("tip_step.offer", channel=step.channel, token=step.token),
        ask=url_for("tip_step.status", token=step.token),
        sale=step.sale,
        back_url=till_url(step.sale.till, step.token),
        form=AgainForm(),
    )


def _is_asked(sale: Sale, token: str) -> bool:
    """Tell whether the customer is asked on the display. Raises StoreError.

    Nobody waits for one that is gone, nor while the sale cannot be made: then the display has nothing to choose from.
    """
    shop = current_shop()
    question = asked(shop, sale.till)
    if question is None or question.token != token or not is_there(shop, sale.till):
        return False
    try:
        quote_at_hand(shop, sale)
    except Refusal:
        return False
    return True


def _ask_no_more(step: Step) -> None:
    """Leave the asking to the till: the display would not show that it may ask again."""
    shop = current_shop()
    if step.channel is not Channel.TILL or not shop.settings.asks_for_tip("display"):
        return
    try:
        take_back(shop, step.sale.till, step.token)
    except StoreError as error:
        log.error("the display may ask for a tip that the till asks for: the store failed: %s", error)


def _with_tip(sale: Sale) -> Sale:
    """What was typed goes before what was tapped. Raises AmountError."""
    typed = request.form.get("other")
    if typed is not None:
        return tipped(sale, parse_money(typed, sale.price.currency, language()))
    return with_tapped(sale)


def _show_alone(step: Step, error: str) -> str:
    """Show the page with a sentence; without the tiles, where it cannot be said what they come to."""
    try:
        return _show(step, error)
    except Refusal:
        return _page(step, [], error)


def _show(step: Step, error: str | None = None) -> str:
    return _page(step, list(choices(step.sale)), error)


def _page(step: Step, tiles: list[Choice], error: str | None) -> str:
    sale, on_kiosk = step.sale, step.channel is Channel.KIOSK
    return render_template(
        "tip_step/offer.html",
        here=url_for("tip_step.take", channel=step.channel, token=step.token),
        kiosk_rest=kiosk_url(sale.till, "rest") if on_kiosk else None,
        sale=sale,
        choices=tiles,
        error=error,
        typed=request.form.get("other", ""),
        back_url=kiosk_url(sale.till) if on_kiosk else till_url(sale.till, step.token),
        form=AgainForm(),
        fine=sale.price.currency != SAT,
    )

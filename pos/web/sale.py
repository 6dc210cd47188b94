"""From a posted form to a charge or a sentence: what the till, the kiosk and the tip jar have in common."""

import logging
from collections.abc import Callable

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from pos.domain.charge import Channel
from pos.domain.refusal import Refusal
from pos.domain.sale import Sale
from pos.domain.sentence import Sentence
from pos.services.ask_tip import ask_on_display
from pos.services.charge import IdempotencyKeyReused, charge
from pos.services.quote import quote
from pos.services.sale_limit import check_limit
from pos.store import DatabaseGone, StoreError
from pos.web.context import current_shop
from pos.web.errors import back_to_form
from pos.web.forms import SaleForm
from pos.web.sale_token import seal
from pos.web.visitor import TooOften, count_invoice, count_visit

log = logging.getLogger(__name__)

NOT_STORED = Sentence("The till could not write the sale down, so it is not shown. Nothing was charged. Try again.")

# Shows the form again, with what was typed and a sentence.
Show = Callable[[str | None], str]
# Raises a Refusal of what this face does not sell.
Check = Callable[[Sale], None]


def sell(form: SaleForm, channel: Channel, show: Show, check: Check | None = None) -> ResponseReturnValue:
    """Make the charge and lead to its pay page, or show the form again. Till and kiosk may ask for a tip before."""
    if not form.validate():
        return show(form.sentence), 422
    idempotency_key = str(form.key.data)
    if channel.is_public:
        try:
            # Who pays at a kiosk stands before it: nothing of theirs is left open for long.
            (count_visit if channel is Channel.KIOSK else count_invoice)()
        except TooOften as error:
            return back_to_form(error, show)
    if _asks_for_tip(channel):
        return answered(lambda: _ask_for_a_tip(channel, form.sale, idempotency_key), show)
    return answered(lambda: _checked(channel, form.sale, idempotency_key, check), show)


def lead_to_pay_page(channel: Channel, sale: Sale, idempotency_key: str) -> str:
    """Make the charge, and return the address of its pay page. Raises as `services.charge` does."""
    return url_for("pay.show", charge_id=charge(current_shop(), channel, sale, idempotency_key).id)


def _checked(channel: Channel, sale: Sale, idempotency_key: str, check: Check | None) -> str:
    if check:
        check(sale)
    return lead_to_pay_page(channel, sale, idempotency_key)


def answered(go_on: Callable[[], str], show: Show) -> ResponseReturnValue:
    """Lead to the address where it goes on; or say what is in the way, on the page where it can be put right."""
    try:
        return redirect(go_on(), 303)
    except IdempotencyKeyReused:
        # It has a page of its own: this form has done its work.
        raise
    except DatabaseGone as error:
        # No other try will do, and there was no invoice.
        return back_to_form(error, show)
    except StoreError as error:
        return back_to_form(error, show, NOT_STORED)
    except Refusal as error:
        return back_to_form(error, show)


def _ask_for_a_tip(channel: Channel, sale: Sale, idempotency_key: str) -> str:
    """Return where the customer is asked. What is wrong with the sale itself shows before that: Raises as `quote`."""
    shop = current_shop()
    quote(shop, sale)
    check_limit(shop, sale)
    token = seal(sale, idempotency_key, channel)
    if channel is Channel.TILL:
        try:
            ask_on_display(shop, sale.till, token, idempotency_key)
        except StoreError as error:
            log.error("a customer is asked at the till, and not on the display: the store failed: %s", error)
    return url_for("tip_step.offer", channel=channel, token=token)


def _asks_for_tip(channel: Channel) -> bool:
    """Tell whether a tip is asked for first. Where it is the display that asks, the till does so if there is none."""
    settings = current_shop().settings
    # Other channels are no place for it.
    return settings.asks_for_tip(channel) or (channel is Channel.TILL and settings.asks_for_tip("display"))

"""A card that is held to the shop's device, on the pay page of till and kiosk. Closed (404) unless POS_CARD is on."""

from functools import partial

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.charge import Charge
from pos.domain.lnurl_service import LnurlServices
from pos.domain.refusal import Refusal
from pos.services.pay_by_card import Waiting, enter_pin, pay_by_card
from pos.store import StoreError
from pos.web.context import charge_or_404, current_shop
from pos.web.errors import back_to_form
from pos.web.pay.page import AT_THE_SHOP, takes_cards
from pos.web.pay.pin_seal import seal, unseal
from pos.web.pay.views import write
from pos.web.visitor import count_visit

bp = Blueprint("card", __name__, url_prefix="/pay/<charge_id>/card")


@bp.post("")
def pay(charge_id: str) -> ResponseReturnValue:
    """Try a card, or go on with the PIN of one; lead back to the page, which waits for the wallet as ever."""
    shop, charge = current_shop(), charge_or_404(charge_id)
    if shop.issuers is None or charge.channel not in AT_THE_SHOP:
        abort(404)
    if not takes_cards(shop, charge, charge.status(shop.now())):
        return redirect(url_for("pay.show", charge_id=charge.id), 303)
    try:
        count_visit()
        waiting = _try(shop.issuers, charge)
    except StoreError:
        # Not a page that asks for another card.
        raise
    except Refusal as error:
        return back_to_form(error, partial(write, charge, card_is_open=True))
    if waiting:
        return write(charge, card_is_open=True, seal=seal(charge.id, waiting))
    return redirect(url_for("pay.show", charge_id=charge.id), 303)


def _try(issuers: LnurlServices, charge: Charge) -> Waiting | None:
    shop = current_shop()
    if "seal" not in request.form:
        return pay_by_card(shop, issuers, charge, request.form.get("card", ""))
    enter_pin(shop, issuers, charge, unseal(charge.id, request.form["seal"]), request.form.get("pin", ""))
    return None

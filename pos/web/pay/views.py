"""The pay page: what a customer sees, whichever way the charge was made."""

import json
from base64 import b64encode
from functools import partial

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos import qr
from pos.domain.charge import Channel, Charge, Status
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.services.cancel import cancel as cancel_charge
from pos.services.follow import follow
from pos.services.renew import renew
from pos.services.settle import refresh
from pos.shop import Shop
from pos.store import StoreError
from pos.web import cookies, i18n
from pos.web.amounts import amounts
from pos.web.charge_json import charge_json
from pos.web.context import charge_or_404, current_shop, no_such_sale
from pos.web.errors import back_to_form
from pos.web.forms import AgainForm
from pos.web.links import change_url
from pos.web.pay.breakdown import breakdown
from pos.web.pay.may import MayNotEnd, check_may_end, is_locked_at, may_end
from pos.web.pay.page import present
from pos.web.stream import HEARTBEAT, event, stream
from pos.web.visitor import count_invoice, count_visit

bp = Blueprint("pay", __name__, url_prefix="/pay/<charge_id>")


@bp.get("")
def show(charge_id: str) -> ResponseReturnValue:
    """Show what became of the charge, and while it is open its QR code; or lead to the charge that has paid its sale.

    Who has paid at a public face is done there: the next page is somebody else's, in the browser's own language.
    """
    charge = charge_or_404(charge_id)
    if request.method == "HEAD":
        # A page that is about to lead here asks whether the till is still there.
        return ""
    charge = refresh(current_shop(), charge)
    if charge.id != charge_id:
        return redirect(url_for("pay.show", charge_id=charge.id), 303)
    answer = make_response(write(charge, card_is_open="card" in request.args))
    if charge.payment and charge.channel.is_public:
        cookies.forget(answer, i18n.COOKIE)
    return answer


@bp.get("/status")
def status(charge_id: str) -> ResponseReturnValue:
    """Say what became of the charge, as JSON: of the one that has paid its sale, where that is another one."""
    shop = current_shop()
    return charge_json(refresh(shop, charge_or_404(charge_id)), shop.now())


@bp.get("/events")
def events(charge_id: str) -> ResponseReturnValue:
    """Tell what becomes of the charge as it happens."""
    shop = current_shop()
    news = follow(shop, charge_id)
    if news is None:
        no_such_sale()
    return stream(news, partial(_event, shop))


@bp.get("/qr.png")
def qr_png(charge_id: str) -> ResponseReturnValue:
    """Draw the invoice; there is nothing to scan once it is paid or expired."""
    charge = charge_or_404(charge_id)
    if charge.status(current_shop().now()) is not Status.OPEN:
        abort(404, Sentence("This invoice cannot be paid any more."))
    return Response(qr.png(charge.invoice.payment_request), mimetype="image/png")


@bp.post("/again")
def again(charge_id: str) -> ResponseReturnValue:
    """Make a new invoice over the same amount, once the old one cannot be paid any more.

    Of one that has expired whoever has its address; one that was cancelled is brought back by who may cancel it.
    """
    count_invoice()
    shop = current_shop()
    charge = charge_or_404(charge_id)
    try:
        if charge.cancelled_at is not None:
            check_may_end(charge)
        charge = renew(shop, charge)
    except StoreError:
        # Nobody knows whether the old one was paid: not a page that offers a new one.
        raise
    except Refusal as error:
        return back_to_form(error, partial(write, charge))
    return redirect(url_for("pay.show", charge_id=charge.id), 303)


@bp.post("/cancel")
def cancel(charge_id: str) -> ResponseReturnValue:
    """Close the charge and lead back to where it was made; if it is paid, or nobody knows whether, show that."""
    count_visit()
    shop = current_shop()
    charge = charge_or_404(charge_id)
    if charge.channel is Channel.API:
        abort(404, Sentence("A program made this sale, and has to end it."))
    if is_locked_at(charge):
        # Who comes back to a page that was open meanwhile types the PIN, and has it again.
        return redirect(url_for("pin.ask", back=url_for("pay.show", charge_id=charge.id)), 303)
    try:
        check_may_end(charge)
    except MayNotEnd as error:
        return back_to_form(error, partial(write, charge))
    began = shop.now()
    charge = cancel_charge(shop, charge)
    now = shop.now()
    # What came while the wallet answered is told within a second or two. While it is silent nobody knows how long that
    # takes: a till with the same amount typed would only have it paid twice.
    is_heard = charge.is_known(now) or (charge.asked_at is not None and charge.asked_at >= began)
    leads_back = is_heard and charge.status(now) is not Status.PAID
    return redirect(change_url(charge) if leads_back else url_for("pay.show", charge_id=charge.id), 303)


def _event(shop: Shop, charge: Charge | None) -> bytes:
    return event("charge", json.dumps(charge_json(charge, shop.now()))) if charge else HEARTBEAT


def write(charge: Charge, error: str | None = None, *, card_is_open: bool = False, seal: str | None = None) -> str:
    """Write the page of a charge: with what went wrong, with a field for a card, or with a pad for the PIN of one."""
    shop = current_shop()
    # Once for all of the page: in the second of the expiry it would else say two things.
    now = shop.now()
    since_made = charge.since_made(now)
    status = charge.status(since_made)
    image = qr.png(charge.invoice.payment_request) if status is Status.OPEN else None
    return render_template(
        "pay/show.html",
        page=present(shop, charge, now, card_is_open=card_is_open, seal=seal),
        charge=charge,
        amounts=amounts(charge),
        breakdown=breakdown(charge),
        may_end=status is not Status.PAID and may_end(charge),
        status=status.value,
        known=charge.is_known(since_made),
        silent=charge.is_silent(since_made),
        now=since_made,
        qr=f"data:image/png;base64,{b64encode(image).decode()}" if image else None,
        qr_size=qr.side(image) if image else None,
        channel=charge.channel.value,
        of_jar=charge.channel.is_remote,
        again=AgainForm(),
        error=error,
    )

"""The pay page: what a customer sees, whichever way the charge was made."""

import json
import secrets
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos import qr
from pos.domain.charge import Channel, Charge, Status
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.services.cancel import cancel as cancel_charge
from pos.services.charge import charge_again
from pos.services.follow import follow
from pos.services.settle import refresh, settle
from pos.shop import Shop
from pos.store import StoreError
from pos.web.charge_json import charge_json
from pos.web.context import charge_or_404, current_shop
from pos.web.errors import back_to_form
from pos.web.forms import AgainForm
from pos.web.links import back_url
from pos.web.pay.breakdown import breakdown

bp = Blueprint("pay", __name__, url_prefix="/pay/<charge_id>")

# For whoever leaves coming back to the browser, in milliseconds: after a restart not all screens do at once.
RETRY_MS = 1000
# Not a comment, which a script could not hear.
HEARTBEAT = b"event: heartbeat\ndata:\n\n"
# What gunicorn reads of a request that is answered: the first for itself, the others for its access log.
READ_LATER = (
    "wsgi.file_wrapper",
    "REMOTE_ADDR",
    "REQUEST_METHOD",
    "RAW_URI",
    "PATH_INFO",
    "QUERY_STRING",
    "SERVER_PROTOCOL",
    "HTTP_AUTHORIZATION",
    "HTTP_REFERER",
    "HTTP_USER_AGENT",
)
# Where somebody stands who has to hear it.
ATTENDED = (Channel.TILL, Channel.KIOSK, Channel.API)
# How long the kiosk shows what somebody may want to read, in seconds.
KIOSK_ODD = 30
KIOSK_ENDED = 20


class _Sent(map):  # type: ignore[type-arg]
    """What a screen is sent, and what is done when it leaves.

    A map, and not a generator or a `__next__` of our own: thousands may wait at once, each with all of its frames.
    """

    close: Callable[[], None]


@bp.get("")
def show(charge_id: str) -> ResponseReturnValue:
    """Show what became of the charge, and while it is open its QR code."""
    return _show(refresh(current_shop(), charge_or_404(charge_id)))


@bp.get("/status")
def status(charge_id: str) -> ResponseReturnValue:
    """Say what became of the charge, as JSON."""
    shop = current_shop()
    return charge_json(refresh(shop, charge_or_404(charge_id)), shop.now())


@bp.get("/events")
def events(charge_id: str) -> ResponseReturnValue:
    """Tell what becomes of the charge as it happens: server-sent events (WHATWG HTML, 9.2)."""
    charge_or_404(charge_id)
    shop = current_shop()
    news = follow(shop, charge_id)
    sent = _Sent(partial(_event, shop), news)
    sent.close = news.close
    _forget(request.environ)
    # A proxy that collects an answer before it passes it on would keep the news to itself.
    headers = {"X-Accel-Buffering": "no"}
    return Response(sent, mimetype="text/event-stream", headers=headers, direct_passthrough=True)


@bp.get("/qr.png")
def qr_png(charge_id: str) -> ResponseReturnValue:
    """Draw the invoice; there is nothing to scan once it is paid or expired."""
    charge = charge_or_404(charge_id)
    if charge.status(current_shop().now()) is not Status.OPEN:
        abort(404, Sentence("This invoice cannot be paid any more."))
    return Response(qr.png(charge.invoice.payment_request), mimetype="image/png")


@bp.post("/again")
def again(charge_id: str) -> ResponseReturnValue:
    """Make a new invoice over the same amount, once the old one cannot be paid any more."""
    shop = current_shop()
    charge = charge_or_404(charge_id)
    try:
        # Ask, whatever was asked a moment ago: while it is not known to be unpaid, nothing is sold a second time.
        charge = settle(shop, charge)
        if charge.status(shop.now()) is Status.EXPIRED:
            charge = charge_again(shop, charge)
    except StoreError:
        # Nobody knows whether the old one was paid: not a page that offers a new one.
        raise
    except Refusal as error:
        return back_to_form(error, partial(_show, charge))
    return redirect(url_for("pay.show", charge_id=charge.id), 303)


@bp.post("/cancel")
def cancel(charge_id: str) -> ResponseReturnValue:
    """Close the charge and lead back to where it was made; if it turns out to be paid, show that."""
    shop = current_shop()
    charge = charge_or_404(charge_id)
    if charge.channel is Channel.API:
        abort(404, Sentence("A program made this sale, and has to end it."))
    charge = cancel_charge(shop, charge)
    paid = charge.status(shop.now()) is Status.PAID
    return redirect(url_for("pay.show", charge_id=charge.id) if paid else back_url(charge), 303)


def _forget(environ: dict[str, Any]) -> None:
    """Forget of a request what nobody reads once it is answered: gunicorn keeps it for as long as the line is open."""
    kept = {name: environ[name] for name in READ_LATER if name in environ}
    environ.clear()
    environ |= kept


def _event(shop: Shop, charge: Charge | None) -> bytes:
    if charge is None:
        return HEARTBEAT
    retry = RETRY_MS + secrets.randbelow(RETRY_MS)
    return b"retry: %d\nevent: charge\ndata: %s\n\n" % (retry, json.dumps(charge_json(charge, shop.now())).encode())


def _show(charge: Charge, error: str | None = None) -> str:
    shop = current_shop()
    now = shop.now()
    status = charge.status(now)
    image = qr.png(charge.invoice.payment_request) if status is Status.OPEN else None
    can_ring = shop.settings.sound == "on" and charge.channel in ATTENDED
    return render_template(
        "pay/show.html",
        charge=charge,
        breakdown=breakdown(charge),
        status=status.value,
        now=now,
        qr=f"data:image/png;base64,{b64encode(image).decode()}" if image else None,
        qr_size=qr.side(image) if image else None,
        back_url=back_url(charge),
        channel=charge.channel.value,
        again=AgainForm(),
        error=error,
        can_ring=can_ring,
        ring=_ring(charge, status) if can_ring else None,
        leave_after=_leave_after(charge, status, shop.settings.paid_seconds),
    )


def _ring(charge: Charge, status: Status) -> str | None:
    """Name what is heard when a screen comes to this; nobody needs to be told what they cancelled themselves."""
    if status is Status.PAID:
        return "odd" if charge.needs_review else "paid"
    return "expired" if status is Status.EXPIRED and charge.cancelled_at is None else None


def _leave_after(charge: Charge, status: Status, paid_seconds: int) -> int | None:
    """Return after how many seconds the screen goes back by itself; None if it waits for somebody."""
    on_kiosk = charge.channel is Channel.KIOSK
    if status is Status.EXPIRED:
        return KIOSK_ENDED if on_kiosk else None
    if status is Status.OPEN or paid_seconds == 0 or not (on_kiosk or charge.channel is Channel.TILL):
        return None
    if charge.needs_review:
        return max(KIOSK_ODD, paid_seconds) if on_kiosk else None
    return paid_seconds

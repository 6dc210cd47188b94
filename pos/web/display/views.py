"""The customer's display: what a till is charging, on another device. Nothing is done there but to choose a tip."""

import json
from base64 import b64encode
from contextlib import suppress
from functools import partial
from hashlib import sha256

from flask import Blueprint, Flask, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos import qr
from pos.domain.charge import Channel, Status
from pos.domain.question import Question
from pos.domain.refusal import Refusal
from pos.domain.sale import Sale
from pos.services.ask_tip import asked, note_display
from pos.services.charge import IdempotencyKeyReused
from pos.services.follow_till import follow_till
from pos.services.showing import Scene, showing
from pos.web.access import stays_open
from pos.web.amounts import amounts
from pos.web.context import current_shop, shop_of_now
from pos.web.display.jar import shown_jar
from pos.web.display.pictures import picture_urls
from pos.web.links import receipt_qr_url
from pos.web.sale import answered, lead_to_pay_page
from pos.web.sale_token import try_unseal, unseal
from pos.web.stream import HEARTBEAT, event, stream
from pos.web.tips import Choice, choices, with_tapped

bp = Blueprint("display", __name__, url_prefix="/screen/<till>")


@bp.get("")
def show(till: str) -> ResponseReturnValue:
    """Show the charge that the customer has to pay or has just paid, or what is typed for him, or a welcome."""
    return _page(_till_or_404(till))


@bp.post("/tip")
def tip(till: str) -> ResponseReturnValue:
    """Make the charge with the tip that its customer has tapped, if that is what he is asked about now, and once."""
    shop = current_shop()
    question = asked(shop, _till_or_404(till))

    def go_on() -> str:
        if question and request.form.get("question") == _digest(question):
            sale, idempotency_key = unseal(question.token)
            # The cashier was faster.
            with suppress(IdempotencyKeyReused):
                lead_to_pay_page(Channel.TILL, with_tapped(sale), idempotency_key)
        return url_for("display.show", till=till)

    return answered(go_on, partial(_page, till))


def _page(till: str, error: str | None = None) -> str:
    shop = current_shop()
    note_display(shop, till)
    scene = showing(shop, till)
    sale, tiles = _asked(scene)
    charge = scene.charge
    is_idle = scene.is_idle
    pictures = picture_urls() if is_idle else []
    status = charge.status(scene.now) if charge else None
    image = qr.png(charge.invoice.payment_request) if charge and status is Status.OPEN else None
    return render_template(
        "display/show.html",
        till=till,
        # Where there is but one, its name tells nobody anything.
        till_name=till if len(shop.settings.tills) > 1 else "",
        charge=charge,
        amounts=amounts(charge) if charge else None,
        draft=scene.draft,
        # The styles of a question that may come are there before it does.
        asks_tip=shop.settings.asks_for_tip("display"),
        sale=sale,
        choices=tiles,
        question=_digest(scene.question) if scene.question else None,
        error=error,
        pictures=pictures,
        jar=shown_jar() if is_idle and not pictures else None,
        status=status.value if status else "tip" if tiles else "tape" if scene.draft else "idle",
        now=scene.now,
        known=charge.is_known(scene.now) if charge else True,
        silent=charge.is_silent(scene.now) if charge else False,
        version=scene.version,
        qr=f"data:image/png;base64,{b64encode(image).decode()}" if image else None,
        qr_size=qr.side(image) if image else None,
        receipt_qr=receipt_qr_url(charge) if charge else None,
    )


@bp.get("/status")
def status(till: str) -> ResponseReturnValue:
    """Say which picture is due, and how many seconds are left to pay. Not whose: who knows an id may cancel."""
    shop = current_shop()
    note_display(shop, _till_or_404(till))
    return _written(showing(shop, till))


@bp.get("/events")
def events(till: str) -> ResponseReturnValue:
    """Tell which picture is due, each time that it is another one."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    sent = follow_till(current_shop(), _till_or_404(till), of_now=partial(shop_of_now, app), stays_open=stays_open())
    return stream(sent, _event)


def _asked(scene: Scene) -> tuple[Sale | None, list[Choice]]:
    """Return the sale that the customer is asked about, and what he may choose: nothing where it cannot be sold now."""
    # What was sealed with another key of the shop's is none of its questions any more.
    sealed = try_unseal(scene.question.token) if scene.question else None
    if sealed is None:
        return None, []
    sale, _ = sealed
    try:
        return sale, list(choices(sale))
    except Refusal:
        return None, []


def _digest(question: Question) -> str:
    """Name a question to whoever may answer it, and tell him no more of it: its token is for the till alone."""
    return sha256(question.token.encode()).hexdigest()[:32]


def _event(scene: Scene | None) -> bytes:
    return event("screen", json.dumps(_written(scene))) if scene else HEARTBEAT


def _written(scene: Scene) -> dict[str, object]:
    return {"version": scene.version, "left": scene.left}


def _till_or_404(till: str) -> str:
    return till if till in current_shop().settings.tills else abort(404)

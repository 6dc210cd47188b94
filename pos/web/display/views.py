"""The customer's display: what a till is charging, on another device. Nothing can be done there."""

import json
from base64 import b64encode

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from pos import qr
from pos.domain.charge import Status
from pos.services.follow_till import follow_till
from pos.services.showing import Scene, showing
from pos.web.amounts import amounts
from pos.web.context import current_shop
from pos.web.links import receipt_qr_url
from pos.web.stream import HEARTBEAT, event, stream

bp = Blueprint("display", __name__, url_prefix="/screen/<till>")


@bp.get("")
def show(till: str) -> ResponseReturnValue:
    """Show the charge that the customer has to pay or has just paid, or what is typed for him, or a welcome."""
    shop = current_shop()
    scene = showing(shop, _till_or_404(till))
    charge = scene.charge
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
        status=status.value if status else "tape" if scene.draft else "idle",
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
    return _written(showing(current_shop(), _till_or_404(till)))


@bp.get("/events")
def events(till: str) -> ResponseReturnValue:
    """Tell which picture is due, each time that it is another one."""
    return stream(follow_till(current_shop(), _till_or_404(till)), _event)


def _event(scene: Scene | None) -> bytes:
    return event("screen", json.dumps(_written(scene))) if scene else HEARTBEAT


def _written(scene: Scene) -> dict[str, object]:
    return {"version": scene.version, "left": scene.left}


def _till_or_404(till: str) -> str:
    return till if till in current_shop().settings.tills else abort(404)

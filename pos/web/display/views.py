"""The customer's display: what a till is charging, on another device. Nothing can be done there."""

from base64 import b64encode
from hashlib import sha256

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from pos import qr
from pos.domain.charge import Charge, Status
from pos.services.settle import refresh
from pos.services.showing import showing
from pos.web.amounts import amounts
from pos.web.context import current_shop
from pos.web.links import receipt_qr_url

bp = Blueprint("display", __name__, url_prefix="/screen/<till>")


@bp.get("")
def show(till: str) -> ResponseReturnValue:
    """Show the charge that the customer has to pay or has just paid, or that nobody has to pay anything."""
    charge = _shown(till)
    now = _now(charge)
    status = charge.status(now) if charge else None
    image = qr.png(charge.invoice.payment_request) if charge and status is Status.OPEN else None
    return render_template(
        "display/show.html",
        till=till,
        charge=charge,
        amounts=amounts(charge) if charge else None,
        status=status.value if status else "idle",
        now=now,
        known=charge.is_known(now) if charge else True,
        silent=charge.is_silent(now) if charge else False,
        version=_version(charge, now),
        qr=f"data:image/png;base64,{b64encode(image).decode()}" if image else None,
        qr_size=qr.side(image) if image else None,
        receipt_qr=receipt_qr_url(charge) if charge else None,
    )


@bp.get("/status")
def status(till: str) -> ResponseReturnValue:
    """Say which picture is due, and how many seconds are left to pay. Not whose: who knows an id may cancel."""
    charge = _shown(till)
    now = _now(charge)
    status = charge.status(now) if charge else None
    left = charge.ends_at - now if charge and status is Status.OPEN else None
    return {"version": _version(charge, now), "left": left}


def _shown(till: str) -> Charge | None:
    shop = current_shop()
    if till not in shop.settings.tills:
        abort(404)
    charge = showing(shop, till)
    return refresh(shop, charge) if charge else None


def _now(charge: Charge | None) -> int:
    now = current_shop().now()
    return charge.since_made(now) if charge else now


def _version(charge: Charge | None, now: int) -> str:
    """Name a picture: another charge or another state of it has another name."""
    if charge is None:
        return "idle"
    picture = f"{charge.id} {charge.status(now)} {charge.is_known(now)} {charge.is_silent(now)}"
    return sha256(picture.encode()).hexdigest()[:16]

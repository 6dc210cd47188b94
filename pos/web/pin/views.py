"""Who sells? A till of a shop with staff asks for a PIN; and so does a kiosk or a display that is to be left."""

from dataclasses import dataclass
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.charge import ListedCharge
from pos.domain.device import Device, Face
from pos.domain.identity import Identity
from pos.domain.refusal import Refusal
from pos.domain.sale import Sale
from pos.services.recent import outcome, recent
from pos.services.unlock import TooSoon, note_active, unlock, wait_at
from pos.services.unlock import lock as lock_device
from pos.web.access import home_of, identity
from pos.web.context import current_shop
from pos.web.errors import back_to_form
from pos.web.forms import AgainForm
from pos.web.headers import keep_out_of_search
from pos.web.redirects import own_path
from pos.web.sale_token import try_unseal

bp = Blueprint("pin", __name__, url_prefix="/pin")
bp.after_request(keep_out_of_search)


@dataclass(frozen=True, slots=True)
class Kept:
    """A sale that waits for who types the PIN: how many things, for how much."""

    count: int
    sale: Sale


@bp.get("")
def ask() -> ResponseReturnValue:
    """Ask for a PIN, where there is one to be asked for."""
    who = identity()
    device = _device_that_asks(who)
    if device is None:
        return redirect(own_path(request.args.get("back")) or _home(who), 303)
    return _show(device, wait_at(current_shop(), device), _waiting(device))


@bp.post("")
def take() -> ResponseReturnValue:
    """Let somebody in, and lead to where they were."""
    who = identity()
    device = _device_that_asks(who)
    back = own_path(request.args.get("back"))
    if device:
        try:
            staff = unlock(current_shop(), device, request.form.get("pin", ""))
        except Refusal as error:
            # Of what is not even looked at as little is written as can be: it may come by the thousand.
            waiting = [] if isinstance(error, TooSoon) else _waiting(device)
            return back_to_form(error, partial(_show, device, error.retry_after or 0, waiting))
        if not staff.is_manager and back and back.startswith(url_for("refund.index")):
            # It was a manager who was there. A right PIN leads to no page that it does not open.
            back = None
    return redirect(back or _home(who, let_in=True), 303)


@bp.post("/lock")
def lock() -> ResponseReturnValue:
    """Lock this device: a till asks who sells, a kiosk or a display is that again."""
    who = identity()
    if who.device:
        lock_device(current_shop(), who.device, who.name)
    is_till = who.device is None or who.device.face is Face.TILL
    return redirect(url_for("pin.ask", back=own_path(request.args.get("back"))) if is_till else _home(who), 303)


@bp.get("/status")
def status() -> ResponseReturnValue:
    """Say whether this device waits for a PIN, and for so many seconds looks at none, for a page that is open there.

    And what waits for payment there: what was paid meanwhile is listed no more. And hear that somebody touches it.
    """
    who = identity()
    if who.device and who.staff and "touched" in request.args:
        note_active(current_shop(), who.device)
    device = _device_that_asks(who)
    if device is None:
        return {"locked": False, "wait": 0, "waiting": []}
    return {
        "locked": True,
        "wait": wait_at(current_shop(), device),
        "waiting": [it.id for it in _waiting(device)],
    }


def _device_that_asks(who: Identity) -> Device | None:
    """Return the device that waits for a PIN: a till whose seller nobody knows, or another face without a manager."""
    return who.device if who.needs_pin and who.staff is None and who.owner is None else None


def _home(who: Identity, *, let_in: bool = False) -> str:
    if who.device is None:
        return url_for("till.new")
    # Whoever leaves a kiosk or a display wants to see the shop's own.
    return url_for("sales.index") if let_in and who.device.face is not Face.TILL else home_of(who.device)


def _show(device: Device, wait: int, waiting: list[ListedCharge], error: str | None = None) -> str:
    back = own_path(request.args.get("back"))
    return render_template(
        "pin/ask.html",
        is_till=device.face is Face.TILL,
        place=device.name,
        home=home_of(device),
        here=url_for("pin.take", back=back),
        back=back,
        wait=wait,
        error=error,
        kept=_kept(back),
        waiting=waiting,
        form=AgainForm(),
    )


def _kept(back: str | None) -> Kept | None:
    """Return the sale that was typed when the till was locked: it stands sealed in where it leads back to."""
    _, _, token = (back or "").partition("?sale=")
    found = try_unseal(token) if token else None
    return Kept(sum(line.quantity for line in found[0].lines) or 1, found[0]) if found else None


def _waiting(device: Device) -> list[ListedCharge]:
    """Return what waits for payment at a till. Each has a page that turns green, locked or not."""
    if device.face is not Face.TILL:
        return []
    shop = current_shop()
    return [it for it in recent(shop, device.place) if outcome(it, shop.now()) == "open"]

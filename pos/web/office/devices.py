"""The devices of the shop: which there are, and how one is added, renamed and taken off."""

from base64 import b64encode
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos import qr
from pos.domain.device import Device, Face
from pos.domain.owner import BadName
from pos.domain.pairing import device_id_of, in_groups
from pos.domain.refusal import Refusal
from pos.services.devices import find_device, forget_pins, rename, take_off
from pos.services.identify import seller_at
from pos.services.pair import NoSuchPlace, offer, places
from pos.services.sign_in import NotSignedIn
from pos.services.tokens import digest_of
from pos.web.access import OWNER_COOKIE, identity
from pos.web.context import current_shop
from pos.web.cookies import named
from pos.web.errors import back_to_form
from pos.web.forms import AgainForm
from pos.web.headers import keep_address_to_oneself, keep_out_of_search
from pos.web.i18n import write_age
from pos.web.links import address_here, whole_address
from pos.web.office.who import owner_who_asks

bp = Blueprint("devices", __name__, url_prefix="/office/devices")
bp.after_request(keep_out_of_search)
bp.after_request(keep_address_to_oneself)


@dataclass(frozen=True, slots=True)
class Row:
    """A device as the office tells of it; `state` is on, locked, away or silent, and `seen` how long ago it was."""

    device: Device
    place: str
    seller: str
    state: str
    seen: str
    is_shared: bool


@bp.get("")
def index() -> ResponseReturnValue:
    """List the devices."""
    return render_template("office/devices.html", rows=list(map(_row, current_shop().store.devices.listed())))


@bp.get("/<device_id>")
def show(device_id: str) -> ResponseReturnValue:
    """Show one of them."""
    return _show(find_device(current_shop(), device_id))


@bp.get("/<device_id>/came")
def came(device_id: str) -> ResponseReturnValue:
    """Lead to a device that was just added; until it has come, wait for it."""
    if current_shop().store.devices.get(device_id):
        return redirect(url_for("devices.show", device_id=device_id, came="now"), 303)
    return render_template("office/awaited.html")


@bp.post("/<device_id>/name")
def change_name(device_id: str) -> ResponseReturnValue:
    """Give it another name."""
    shop = current_shop()
    device, name = find_device(shop, device_id), request.form.get("name", "")
    try:
        rename(shop, device_id, name, identity().name)
    except BadName as error:
        return back_to_form(error, lambda sentence: _show(device, sentence))
    return redirect(url_for("devices.index"), 303)


@bp.post("/<device_id>/off")
def remove(device_id: str) -> ResponseReturnValue:
    """Take it off the shop."""
    take_off(current_shop(), device_id, identity().name)
    return redirect(url_for("devices.index"), 303)


@bp.post("/<device_id>/pins")
def take_pins(device_id: str) -> ResponseReturnValue:
    """Forget the wrong PINs that were typed there, so that the next one is looked at at once."""
    forget_pins(current_shop(), device_id, identity().name)
    return redirect(url_for("devices.show", device_id=device_id), 303)


@bp.get("/add")
def ask() -> ResponseReturnValue:
    """Ask what a new device shall be."""
    return _ask()


@bp.post("/add")
def add() -> ResponseReturnValue:
    """Show the code that makes a browser a device. It is kept nowhere, so no other page could show it."""
    shop = current_shop()
    try:
        face, place = _what(request.form.get("what", ""))
        name, session = request.form.get("name", ""), request.cookies.get(named(OWNER_COOKIE), "")
        pairing, token, code = offer(shop, face, place, name, owner_who_asks(), session)
    except NotSignedIn:
        # The session ended meanwhile.
        return redirect(url_for("sign_in.ask", back=url_for("devices.ask")), 303)
    except Refusal as error:
        return back_to_form(error, _ask)
    path = url_for("pair.ask", token=token)
    link = address_here(path)
    image = qr.of_address(link)
    return render_template(
        "office/pairing.html",
        pairing=pairing,
        link=link,
        only_here=whole_address(path) is None,
        typed_at=link.removesuffix(f"/{token}").partition("://")[2],
        code=in_groups(code),
        came=url_for("devices.came", device_id=device_id_of(digest_of(token))),
        seconds=pairing.expires_at - shop.now(),
        qr=f"data:image/png;base64,{b64encode(image).decode()}",
        qr_size=qr.side(image),
    )


def _show(device: Device, error: str | None = None) -> str:
    shop = current_shop()
    tries, now = shop.store.pins.tries(device.id), shop.now()
    wait = tries.wait(now)
    return render_template(
        "office/device.html",
        row=_row(device),
        name=request.form.get("name", device.name),
        came="came" in request.args,
        tries=tries,
        again_at=now + wait if wait else None,
        form=AgainForm(),
        error=error,
    )


def _row(device: Device) -> Row:
    shop = current_shop()
    now = shop.now()
    seller = seller_at(shop, device)
    tells_apart = [place for face, place in places(shop) if face is device.face] != [device.place]
    return Row(
        device,
        device.place if tells_apart else "",
        seller.name if seller else "",
        _state(device, now, is_locked=seller is None and shop.store.staff.exist()),
        write_age(now - device.seen_at),
        device.is_shared(now),
    )


def _state(device: Device, now: int, *, is_locked: bool) -> str:
    if device.is_on(now):
        return "locked" if is_locked and device.face is Face.TILL else "on"
    return "silent" if device.is_silent(now) else "away"


def _ask(error: str | None = None) -> str:
    listed = [(face, place, f"{face} {place}") for face, place in places(current_shop())]
    return render_template(
        "office/add_device.html",
        form=AgainForm(),
        places=listed,
        # Where there is but one, its name tells nobody anything.
        tells_apart={face: sum(it == face for it, _, _ in listed) > 1 for face in Face},
        chosen=request.form.get("what") or listed[0][2],
        name=request.form.get("name", ""),
        error=error,
    )


def _what(key: str) -> tuple[Face, str]:
    face, _, place = key.partition(" ")
    try:
        return Face(face), place
    except ValueError:
        raise NoSuchPlace from None

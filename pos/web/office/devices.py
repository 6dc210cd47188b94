"""The devices of the shop: which there are, and how one is added, renamed and taken off."""

from base64 import b64encode

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos import qr
from pos.domain.device import Face
from pos.domain.pairing import GOOD_FOR, in_groups
from pos.domain.refusal import Refusal
from pos.services.pair import NoSuchPlace, offer, places
from pos.web.access import identity
from pos.web.context import current_shop
from pos.web.errors import back_to_form
from pos.web.forms import AgainForm
from pos.web.headers import keep_out_of_search
from pos.web.links import whole_address

bp = Blueprint("devices", __name__, url_prefix="/office/devices")
bp.after_request(keep_out_of_search)


@bp.after_request
def keep_to_oneself(answer: Response) -> Response:
    """Let no browser name the address elsewhere."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@bp.get("")
def index() -> ResponseReturnValue:
    """List the devices."""
    return render_template("office/devices.html")


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
        pairing, token, code = offer(shop, face, place, request.form.get("name", ""), identity().name)
    except Refusal as error:
        return back_to_form(error, _ask)
    path = url_for("pair.ask", token=token)
    found = whole_address(path)
    link = found or request.host_url[:-1] + path
    image = qr.of_address(link)
    return render_template(
        "office/pairing.html",
        pairing=pairing,
        link=link,
        only_here=found is None,
        typed_at=link.removesuffix(f"/{token}").partition("://")[2],
        code=in_groups(code),
        good_for=GOOD_FOR,
        qr=f"data:image/png;base64,{b64encode(image).decode()}",
        qr_size=qr.side(image),
    )


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

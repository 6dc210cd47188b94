"""Who may open what. Every address has a door; what has none is open to nobody, and the till does not start with it.

The table is by the first part of an address. Before each request the door is looked at: what is not public needs an
owner's session or a device's cookie, from the moment on that somebody has claimed the shop.
"""

from collections.abc import Callable
from enum import Enum, auto
from functools import partial
from typing import NoReturn

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule

from pos.domain.device import Device, Face
from pos.domain.identity import Identity
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.domain.visitor import network
from pos.services.identify import identify, is_device, is_signed_in
from pos.services.unlock import lock, note_active
from pos.web.context import current_shop
from pos.web.cookies import A_YEAR, keep, named
from pos.web.i18n import say
from pos.web.links import kiosk_url, till_url
from pos.web.problem import problem


class Door(Enum):
    """To whom an address is open, in a shop that somebody has claimed."""

    # Customers and strangers.
    PUBLIC = auto()
    # Programs, by a token that the view itself looks at.
    TOKEN = auto()
    # The till of that name, and the owner.
    TILL = auto()
    KIOSK = auto()
    DISPLAY = auto()
    # A till, as far as the sales are its own; a manager, and the owner.
    SALES = auto()
    # A manager who has typed the PIN, and the owner.
    REFUNDS = auto()
    # The owner alone; as long as there is none, nobody.
    OFFICE = auto()
    # Any device of the shop: to say who stands there.
    PIN = auto()


# By the first part of the address, as far as it is the same for all.
DOORS = {
    "": Door.TILL,
    "till": Door.TILL,
    "tip": Door.TILL,
    "quote": Door.TILL,
    "recent": Door.TILL,
    "kiosk": Door.KIOSK,
    "screen": Door.DISPLAY,
    "sales": Door.SALES,
    "shifts": Door.SALES,
    "refunds": Door.REFUNDS,
    "office": Door.OFFICE,
    "pin": Door.PIN,
    "api": Door.TOKEN,
    "metrics": Door.TOKEN,
    "hooks": Door.TOKEN,
    "pay": Door.PUBLIC,
    "tips": Door.PUBLIC,
    "poster": Door.PUBLIC,
    "lnurlp": Door.PUBLIC,
    ".well-known": Door.PUBLIC,
    "claim": Door.PUBLIC,
    "sign-in": Door.PUBLIC,
    "sign-out": Door.PUBLIC,
    "pair": Door.PUBLIC,
    "language": Door.PUBLIC,
    "static": Door.PUBLIC,
    "accent.css": Door.PUBLIC,
    "logo": Door.PUBLIC,
    "manifest": Door.PUBLIC,
    "icon": Door.PUBLIC,
    "offline": Door.PUBLIC,
    "install": Door.PUBLIC,
    "service-worker.js": Door.PUBLIC,
    "healthz": Door.PUBLIC,
    "readyz": Door.PUBLIC,
}

OWNER_COOKIE = "owner"
DEVICE_COOKIE = "device"
# A browser forgets a cookie after 400 days, whatever it is told (RFC 6265bis): it is told anew each time it comes up.
_DEVICE_KEEPS = 10 * A_YEAR


class NotAllowed(Refusal):
    """Something that is not open to who asks."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence, 403)


def init_app(app: Flask) -> None:
    """Look at the door before each request."""
    app.before_request(_look_at_door)
    app.after_request(_keep_device)
    app.register_error_handler(NotAllowed, refused)
    app.jinja_env.globals |= {
        "seller": seller,
        "on_device": lambda: identity().device is not None,
        "owner_asks": lambda: identity().owner is not None,
        "lock_after": lambda: current_shop().settings.lock_after,
        "home_when_left": home_when_left,
    }


def check_doors(app: Flask) -> None:
    """Raise ValueError where an address has no door."""
    for rule in app.url_map.iter_rules():
        if door_of(rule) is None:
            raise ValueError(f"nobody has said who may open {rule.rule}: see DOORS in {__name__}")


def door_of(rule: Rule) -> Door | None:
    """Return the door of an address."""
    first = rule.rule.split("/")[1].partition("<")[0]
    return DOORS.get(first.rstrip("."))


def identity() -> Identity:
    """Return who asks. Raises StoreError."""
    if "identity" not in g:
        cookies = request.cookies
        used_from = f"{network(request.remote_addr)} {request.headers.get('User-Agent', '')}"
        g.identity = identify(
            current_shop(), cookies.get(named(OWNER_COOKIE)), cookies.get(named(DEVICE_COOKIE)), used_from
        )
    who: Identity = g.identity
    return who


def seller() -> str:
    """Return the name of who has signed in at this device by a PIN; empty where nobody has to, or it is the owner."""
    who = identity()
    return who.staff.name if who.staff and who.owner is None else ""


def seller_id() -> str:
    """Return the id of who has signed in at this device by a PIN, for what they sell; empty where nobody has."""
    who = identity()
    return who.staff.id if who.staff and who.owner is None else ""


def stays_open() -> Callable[[], bool]:
    """Return what tells later whether a page that is open to who asks now still is.

    Somebody may claim the shop meanwhile, a session end, or a device be taken off.
    """
    shop, who, cookies = current_shop(), identity(), request.cookies
    if not who.is_claimed:
        return lambda: not shop.store.owners.exist()
    if who.owner:
        return partial(is_signed_in, shop, cookies[named(OWNER_COOKIE)])
    return partial(is_device, shop, cookies[named(DEVICE_COOKIE)])


def refused(error: NotAllowed) -> ResponseReturnValue:
    """Say who can help: nothing of the shop's stands on the page but its name."""
    if request.path.endswith(("/status", "/events")):
        return problem(error.status, "Not allowed", str(error.sentence))
    page = render_template("sign_in/ask_owner.html", who=identity(), sentence=say(error.sentence))
    return make_response(page, error.status)


def _look_at_door() -> ResponseReturnValue | None:
    door = door_of(request.url_rule) if request.url_rule else Door.PUBLIC
    if door in (Door.PUBLIC, Door.TOKEN):
        return None
    who = identity()
    if who.device and not who.has_left and request.path == "/" and request.method == "GET":
        home = home_of(who.device)
        if home != "/":
            return redirect(home)
    if door is Door.OFFICE:
        return None if who.owner else _turn_away(who)
    return None if who.may_everything else _look_at_device(who, door)


def _look_at_device(who: Identity, door: Door | None) -> ResponseReturnValue | None:
    device = who.device
    if device is None:
        _turn_away(who)
    if door is Door.PIN:
        return None
    leaves = device.face is not Face.TILL and door in _FOR_MANAGERS and who.needs_pin
    if who.is_locked or (leaves and who.staff is None):
        return _ask_for_pin(who, device)
    _note(who, device, leaves=leaves)
    if leaves:
        return None
    if door not in _DOORS_OF[device.face]:
        _turn_away(who)
    if door is Door.REFUNDS and not who.may_give_back:
        raise NotAllowed(Sentence("Money is given back by the owner, or by a manager with a PIN."))
    place = _place_asked_for(door)
    if place is None or place == device.place:
        return None
    home = home_of(device)
    # A kiosk that there is no more has the first one's address, which is not its own.
    if (device.face, request.method, request.path) == (Face.KIOSK, "GET", "/kiosk") and home != request.path:
        return redirect(home)
    raise NotAllowed(Sentence("This device belongs to another place in the shop."))


def _note(who: Identity, device: Device, *, leaves: bool) -> None:
    """Write down that whoever signed in at a device does something there; not what its page asks by itself."""
    if who.has_left and not leaves:
        # What customers do at a kiosk keeps no manager in; and with its own page it is a kiosk again.
        if request.method == "GET" and request.endpoint in _ITS_OWN_PAGES:
            lock(current_shop(), device, who.name)
    elif who.staff and not _is_asked_by_script():
        note_active(current_shop(), device)


def _ask_for_pin(who: Identity, device: Device) -> ResponseReturnValue | None:
    """Lead to where a PIN is asked for. What is typed at a till is kept by its own view, which sells nothing then."""
    if who.is_locked and request.endpoint == "till.create" and _place_asked_for(Door.TILL) == device.place:
        return None
    if request.endpoint == "tip_step.status":
        # Whoever has that address has made the sale: its page turns green, locked or not.
        return None
    if _is_asked_by_script():
        # Another number than a device is told that was taken off: its page stays as it is.
        return problem(423, "Locked", "Somebody has to say who sells.")
    return redirect(url_for("pin.ask", back=_page_asked_from()), 303)


def _page_asked_from() -> str | None:
    """Return where whoever types the PIN goes on: what was asked for, or for a form the page on which it stood."""
    if request.method == "GET":
        return request.full_path
    addresses = current_app.create_url_adapter(request)
    if addresses is None or request.endpoint == "till.create":
        # Another till's: its own page takes what is typed there itself.
        return None
    above = request.path.rpartition("/")[0]
    return next((it for it in (request.path, above) if addresses.test(it, "GET")), None)


def _is_asked_by_script() -> bool:
    """Tell whether no person asks for it, but a page that is open: by its address, or because the page says so."""
    return request.endpoint in _ASKED_BY_SCRIPTS or (request.method == "GET" and "looked" in request.args)


# What a kiosk or a display comes up with, also after it has rested.
_ITS_OWN_PAGES = ("kiosk.new", "kiosk.rest", "kiosk.other", "display.show")
# What nobody asks for but scripts.
_ASKED_BY_SCRIPTS = ("till.quote", "till.sales", "draft.tell", "tip_step.status")
# What opens on a kiosk or a display after a manager's PIN.
_FOR_MANAGERS = (Door.TILL, Door.SALES, Door.REFUNDS)
# Which doors a device opens.
_DOORS_OF = {
    Face.TILL: (Door.TILL, Door.SALES, Door.REFUNDS),
    Face.KIOSK: (Door.KIOSK,),
    Face.DISPLAY: (Door.DISPLAY,),
}


def let_device_in(answer: Response, token: str) -> None:
    """Have the browser prove from now on that it is a device of the shop."""
    keep(answer, named(DEVICE_COOKIE), token, _DEVICE_KEEPS)


def _keep_device(answer: Response) -> Response:
    """Let no device forget what it is, as long as it comes up now and then."""
    who: Identity | None = g.get("identity")
    if who and who.device and request.method == "GET" and request.path == home_of(who.device):
        let_device_in(answer, request.cookies[named(DEVICE_COOKIE)])
    return answer


def home_of(device: Device) -> str:
    """Return the address of what a device is."""
    match device.face:
        case Face.TILL:
            return till_url(device.place)
        case Face.KIOSK:
            return kiosk_url(device.place)
        case Face.DISPLAY:
            return url_for("display.show", till=device.place)


def home_when_left() -> str | None:
    """Return where a kiosk or a display goes that is left alone at a page that is not its own; None at all else."""
    who = identity()
    if who.owner or who.device is None or who.device.face is Face.TILL:
        return None
    return kiosk_url(who.device.place, "rest") if who.device.face is Face.KIOSK else home_of(who.device)


def _place_asked_for(door: Door | None) -> str | None:
    """Return the name of the till or the kiosk that an address is about; None if it is about none."""
    named_in = request.view_args or {}
    match door:
        case Door.TILL if "till" in named_in or request.endpoint in _OF_FIRST_TILL:
            # The start is the first till, whatever else stands in its address.
            asked = request.args.get("till") if request.endpoint == "till.sales" else None
            return str(named_in.get("till") or asked or current_shop().settings.tills[0])
        case Door.DISPLAY:
            return named_in.get("till")
        case Door.KIOSK if request.endpoint in _OF_ONE_KIOSK:
            return str(named_in.get("kiosk", ""))
    return None


_OF_FIRST_TILL = ("till.new", "till.create", "till.sales")
_OF_ONE_KIOSK = ("kiosk.new", "kiosk.create", "kiosk.rest", "kiosk.other", "kiosk.create_other")


def _turn_away(who: Identity) -> NoReturn:
    if not who.is_claimed:
        raise NotAllowed(
            Sentence("Nobody owns this shop yet. Type flask owner on the till's machine: it prints a link.")
        )
    if who.taken_off:
        raise NotAllowed(Sentence("This device was taken off the shop."))
    if who.device is None:
        raise NotAllowed(Sentence("This page is for the shop. Its owner can add this device, or sign in."))
    raise NotAllowed(Sentence("This device does not open that page."))

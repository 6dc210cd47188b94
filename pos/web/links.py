"""Where pages lead back to: the page that a sale was made on, or the start of the face that a page belongs to."""

from collections.abc import Callable, Iterator
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from flask import request, url_for

from pos.domain.charge import Channel, Charge
from pos.domain.jar import FIRST
from pos.services.jars import NoJar, find_open_jar
from pos.store import StoreError
from pos.web.context import current_shop
from pos.web.jar import jar_url


def back_url(charge: Charge) -> str | None:
    """Return the address of the page on which a charge was made.

    None for a program's: who pays there has no business at the till.
    """
    if charge.channel is Channel.API:
        return None
    return _visitors_page(charge) or till_url(charge.till)


def till_url(till: str, sale: str | None = None) -> str:
    """Return the address of a till. The first of them has the shortest; so has one that there is no more, or none.

    `sale` names one that is to be changed there (till/taken_up.py).
    """
    others = current_shop().settings.tills[1:]
    return url_for("till.new", till=till if till in others else None, sale=sale)


def kiosk_url(name: str, page: str = "new") -> str:
    """Return the address of a kiosk, or of another page of it. One that there is no more leads to the first."""
    return url_for(f"kiosk.{page}", kiosk=name if name in dict(current_shop().settings.kiosks) else None)


def change_url(charge: Charge) -> str:
    """Return where a charge that was cancelled leads to: at a till its sale still stands there, to be changed."""
    return _visitors_page(charge) or till_url(charge.till, charge.id)


def _visitors_page(charge: Charge) -> str | None:
    """Return where people find themselves who come and go: the kiosk, or the jar that they put something in."""
    if charge.channel is Channel.KIOSK:
        return kiosk_url(charge.till)
    return jar_url(charge.jar) if charge.channel.is_remote else None


def receipt_address(charge_id: str) -> str | None:
    """Return the whole address of a receipt, as the phone of a customer finds it; None if this machine alone would."""
    return whole_address(url_for("receipts.show", charge_id=charge_id))


def whole_address(path: str) -> str | None:
    """Return the whole address of a page, as another device finds it; None if this machine alone would."""
    if current_shop().settings.public_url or not _is_this_machine(urlsplit(request.host_url).hostname or ""):
        return address_here(path)
    return None


def address_here(path: str) -> str:
    """Return the whole address of a page: the till's outside one, or the one that it was asked at."""
    return (current_shop().settings.public_url or request.host_url[:-1]) + path


def receipt_qr_url(charge: Charge) -> str | None:
    """Return where the QR code of a receipt is drawn; None while it is not paid, or where no phone would find it."""
    if charge.payment is None or receipt_address(charge.id) is None:
        return None
    return url_for("receipts.qr_png", charge_id=charge.id)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "" or host == "localhost" or host.endswith(".localhost")


def start_url() -> str | None:
    """Return where whoever sees the page of an error goes on: the start of the face that it stands on.

    Nobody is led to the till who does not come from there. None where there is no saying which face it is.
    """
    for path in (request.path, *_came_from()):
        _, face, *rest = path.split("/")
        # Two slashes lead to another host.
        if face in _STARTS and (face or not rest):
            return _STARTS[face](rest)
    return None


def is_for_visitors(path: str | None) -> bool:
    """Tell whether a page of this till is for people who come and go: the kiosk's, the tip jar's, and what they pay."""
    _, face, *rest = (path or "/").split("/")
    start = _STARTS[face](rest) if face in _STARTS else None
    return start is not None and start.startswith((url_for("kiosk.new"), url_for("tip_jar.new")))


def kiosk_rest_url() -> str | None:
    """Return where a kiosk rests, if the page that is answered with stands on one: nobody is left to go on there."""
    start, first = start_url(), url_for("kiosk.new")
    if start is None or not f"{start}/".startswith(f"{first}/"):
        return None
    return kiosk_url(start.removeprefix(first).strip("/"), "rest")


def _came_from() -> Iterator[str]:
    """Yield the paths of this till that the browser names as the page before; the choice of a language has one more."""
    yield from (back for back in request.args.getlist("back") if back.startswith("/"))
    before = request.referrer or ""
    if before.startswith(request.host_url):
        path, _, query = before[len(request.host_url) - 1 :].partition("?")
        yield path
        yield from (back for back in parse_qs(query).get("back", []) if back.startswith("/"))


def _charge(charge_id: str) -> Charge | None:
    try:
        return current_shop().store.get(charge_id)
    except StoreError:
        # The page says already that the database failed.
        return None


def _of_charge(rest: list[str]) -> str | None:
    charge = _charge(rest[0]) if rest else None
    return back_url(charge) if charge else None


def _of_display(rest: list[str]) -> str | None:
    known = [till for till in rest[:1] if till in current_shop().settings.tills]
    return url_for("display.show", till=known[0]) if known else None


def _of_till(_rest: list[str]) -> str:
    return url_for("till.new")


def _of_jar(rest: list[str]) -> str | None:
    """Nobody is led from a jar that is closed, or none, to another."""
    name = rest[0] if rest else FIRST
    try:
        return jar_url(find_open_jar(current_shop(), name).name)
    except (NoJar, StoreError):
        return None


# Where the pages of a face start, by the first part of their address and all that comes after it.
_STARTS: dict[str, Callable[[list[str]], str | None]] = {
    "": _of_till,
    "till": _of_till,
    "tip": _of_till,
    "sales": _of_till,
    "kiosk": lambda rest: kiosk_url(rest[0] if rest else ""),
    "tips": _of_jar,
    "pay": _of_charge,
    "screen": _of_display,
}

"""Where pages lead back to: the page that a sale was made on, or the start of the face that a page belongs to."""

from collections.abc import Iterator
from urllib.parse import parse_qs

from flask import request, url_for

from pos.domain.charge import Channel, Charge
from pos.store import StoreError
from pos.web.context import current_shop

_STARTS = {"kiosk": "kiosk.new", "tips": "tip_jar.new"}
_PAGES = {Channel.KIOSK: "kiosk.new", Channel.TIPS: "tip_jar.new"}


def back_url(charge: Charge) -> str:
    """Return the address of the page on which a charge was made; a program's leads to the till."""
    return url_for(_PAGES[charge.channel]) if charge.channel in _PAGES else till_url(charge.till)


def till_url(till: str, sale: str | None = None) -> str:
    """Return the address of a till. The first of them has the shortest; so has one that there is no more, or none.

    `sale` names one that is to be changed there (till/taken_up.py).
    """
    others = current_shop().settings.tills[1:]
    return url_for("till.new", till=till if till in others else None, sale=sale)


def change_url(charge: Charge) -> str:
    """Return where a charge that was cancelled leads to: at a till its sale still stands there, to be changed."""
    return till_url(charge.till, charge.id) if charge.channel is Channel.TILL else back_url(charge)


def start_url() -> str | None:
    """Return where whoever sees the page of an error goes on: the start of the face that it stands on.

    Nobody is led to the till from a page that is for customers. None where there is no saying which face it is.
    """
    for path in (request.path, *_came_from()):
        _, face, *rest = path.split("/")
        if face == "pay":
            charge = _charge(rest[0]) if rest else None
            return back_url(charge) if charge else None
        if face in _STARTS:
            return url_for(_STARTS[face])
        if face == "screen":
            known = [till for till in rest[:1] if till in current_shop().settings.tills]
            return url_for("display.show", till=known[0]) if known else None
    return url_for("till.new")


def _came_from() -> Iterator[str]:
    """Yield the paths of this till that the browser names as the page before; the choice of a language has one more."""
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

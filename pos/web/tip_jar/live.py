"""The page of a jar for a second screen or a stream: each tip comes up big when it comes. By a secret address alone."""

import json
from base64 import b64encode
from dataclasses import asdict, dataclass
from functools import partial
from hmac import compare_digest

from flask import Blueprint, Flask, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos import qr
from pos.domain.jar import Jar, Tip
from pos.services.follow_jar import JarNow, follow_jar, last_told, look_at_jar
from pos.services.jars import NoJar, NoSuchJar, find_jar
from pos.shop import Shop
from pos.web.context import current_shop
from pos.web.headers import keep_address_to_oneself, keep_out_of_search
from pos.web.i18n import gettext, language, speaking
from pos.web.jar import given, jar_url, picture_url, shown
from pos.web.links import address_here
from pos.web.stream import HEARTBEAT, event, stream
from pos.web.tip_jar.views import no_jar

bp = Blueprint("jar_live", __name__, url_prefix="/tips/<name>/live/<token>")
bp.register_error_handler(NoJar, no_jar)
bp.after_request(keep_out_of_search)
bp.after_request(keep_address_to_oneself)

# Seconds for which a tip is up where no script tells old from new.
_NEW = 15


@dataclass(frozen=True, slots=True)
class Drop:
    """A tip as it comes up, in the reader's language. Of one that is hidden nothing is left but how much it was."""

    id: str
    name: str
    text: str
    amount: str


@dataclass(frozen=True, slots=True)
class Live:
    """What the page shows, in the reader's language: how far the goal is, and the latest tips, the newest first.

    `goal` is empty where there is none. `gone`: the address is another one now.
    """

    goal: str
    raised: str
    percent: int
    tips: list[Drop]
    open: bool = False
    gone: bool = False


_GONE = Live("", "", 0, [], gone=True)


@bp.get("")
def show(name: str, token: str) -> ResponseReturnValue:
    """Show what there is to see; with `?clear` on no ground, for a program that puts it over a picture."""
    shop = current_shop()
    _find(shop, name, token)
    now = look_at_jar(shop, name, live=True)
    is_clear = "clear" in request.args
    address = address_here(jar_url(name))
    written = _live(shop, now)
    newest = now.contents.latest[0] if now.contents.latest else None
    return render_template(
        "tip_jar/live.html",
        jar=now.jar,
        live=written,
        is_clear=is_clear,
        here=url_for("jar_live.show", name=name, token=token, clear="" if is_clear else None),
        news=url_for("jar_live.news", name=name, token=token),
        events=url_for("jar_live.events", name=name, token=token),
        picture=picture_url(now.jar),
        address=address.partition("://")[2],
        # A code of an address that nobody else can reach would help nobody.
        code=b64encode(qr.of_address(address)).decode() if shop.settings.public_url else None,
        up=written.tips[0] if newest and shop.now() < newest.paid_at + _NEW else None,
    )


@bp.get("/news")
def news(name: str, token: str) -> ResponseReturnValue:
    """Say what there is to see, as JSON."""
    shop = current_shop()
    _find(shop, name, token)
    return asdict(_live(shop, last_told(shop, name, live=True)))


@bp.get("/events")
def events(name: str, token: str) -> ResponseReturnValue:
    """Tell what there is to see, each time that there is something new."""
    shop = current_shop()
    _find(shop, name, token)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return stream(follow_jar(shop, name, live=True), partial(_event, app, language(), token))


def _event(app: Flask, code: str, token: str, now: JarNow | None) -> bytes:
    if now is None:
        return HEARTBEAT
    if not _opens(now.jar, token):
        return event("jar", json.dumps(asdict(_GONE)))
    if code not in now.written:
        with speaking(app, code):
            now.written[code] = event("jar", json.dumps(asdict(_live(current_shop(), now))))
    return now.written[code]


def _find(shop: Shop, name: str, token: str) -> None:
    """See that the address is right. Whoever guesses is not told what was wrong with it. Raises NoSuchJar."""
    if not _opens(find_jar(shop, name), token):
        raise NoSuchJar


def _opens(jar: Jar, token: str) -> bool:
    return bool(jar.live_token) and compare_digest(jar.live_token.encode(), token.encode())


def _live(shop: Shop, now: JarNow) -> Live:
    told = shown(shop, now)
    goal = now.jar.goal.text if now.jar.goal else ""
    return Live(goal, told.goal, told.percent, [_drop(it) for it in now.contents.latest], now.jar.is_open)


def _drop(tip: Tip) -> Drop:
    name, text = (tip.payer, tip.message) if tip.shown else ("", "")
    return Drop(str(tip.number), name or gettext("no name"), text, given(tip))

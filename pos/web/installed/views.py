"""What a browser asks for when a face is installed: its manifest, its icons, and the worker that knows no network."""

import json
from http import HTTPStatus

from flask import Blueprint, Flask, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.translations.languages import tag
from pos.web import i18n
from pos.web.context import current_shop
from pos.web.headers import FOR_EVER
from pos.web.installed import icons, worker
from pos.web.installed.faces import find, shops_accent
from pos.web.theme import logo_url

bp = Blueprint("installed", __name__)

# A manifest has one address, whatever is in it. Seconds.
FOR_AN_HOUR = "public, max-age=3600"


def init_app(app: Flask) -> None:
    """Let the pages of an app name what they are installed with. Has to come before the macros are read."""
    app.jinja_env.globals |= {"icons_digest": _digest, "worker_digest": worker.digest}


@bp.before_request
def _speak() -> None:
    """Answer in the language that the address names: what is kept by it is not to be in another one."""
    i18n.use(request.args.get("language"))


@bp.get("/manifest/<face>")
@bp.get("/manifest/<face>/<name>")
def manifest(face: str, name: str = "") -> ResponseReturnValue:
    """Say what a face is as an app. https://www.w3.org/TR/appmanifest/"""
    found = find(face, name) or abort(HTTPStatus.NOT_FOUND)
    said = {
        "id": found.start,
        "name": f"{current_shop().settings.shop_name} · {found.name}",
        "short_name": found.name,
        "lang": tag(i18n.language()),
        "dir": i18n.direction(),
        "start_url": found.start,
        "scope": found.scope,
        "display": "fullscreen" if found.is_whole_screen else "standalone",
        "background_color": str(found.ground),
        "theme_color": str(shops_accent().day),
        "icons": _icons(),
    }
    text = json.dumps(said, ensure_ascii=False)
    return Response(text, mimetype="application/manifest+json", headers={"Cache-Control": FOR_AN_HOUR})


@bp.get("/icon/<digest>/<name>.png")
def icon(digest: str, name: str) -> ResponseReturnValue:
    """Show an icon, as the shop looks now."""
    if digest != _digest() or name not in icons.ICONS:
        abort(HTTPStatus.NOT_FOUND)
    drawn = icons.draw(current_shop().settings.logo, shops_accent().day, icons.ICONS[name])
    return Response(drawn, mimetype="image/png", headers={"Cache-Control": FOR_EVER})


@bp.get("/service-worker.js")
def service_worker() -> ResponseReturnValue:
    """Send the worker. It lies at the top, as it may stand in for nothing above it.

    Where an address names another one, it is from before an update: nobody keeps the answer.
    """
    is_named = request.args.get("v") == worker.digest()
    headers = {"Cache-Control": FOR_EVER} if is_named else {}
    return Response(worker.source(), mimetype="text/javascript", headers=headers)


@bp.get("/offline")
def offline() -> ResponseReturnValue:
    """Show what the worker shows where there is no connection."""
    return worker.offline_page()


@bp.get("/install")
def hint() -> ResponseReturnValue:
    """Say how the till is installed, for its page to put over the shop's name."""
    return render_template("installed/_hint.html")


def _digest() -> str:
    return icons.digest(current_shop().settings.logo, shops_accent().day)


def _icons() -> list[dict[str, str]]:
    logo = current_shop().settings.logo
    drawn = [
        {
            "src": url_for("installed.icon", digest=_digest(), name=name),
            "sizes": f"{it.side}x{it.side}",
            "type": "image/png",
            "purpose": it.purpose,
        }
        for name, it in icons.ICONS.items()
        if it.purpose
    ]
    if logo is None or icons.is_drawn(logo):
        return drawn
    # Browsers can draw what we cannot. Ours is there for those that want dots; none is cut out of any.
    own = {"src": logo_url(), "sizes": "any", "type": logo.media_type, "purpose": "any"}
    return [own, *(it for it in drawn if it["purpose"] == "any")]

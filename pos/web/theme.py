"""What a shop brings along to look like itself: its colour and its logo."""

from functools import lru_cache
from hashlib import sha256

from flask import Blueprint, Flask, Response, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from pos.domain.colour import ENAMEL, Accent, Colour, accent
from pos.domain.picture import Picture
from pos.settings import Settings
from pos.web.context import current_shop

bp = Blueprint("theme", __name__)

# Their addresses name their content, so that a new one shows at once.
KEPT = "public, max-age=86400"
# A logo is a picture; where it is a document, nothing in it does anything.
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"


def init_app(app: Flask) -> None:
    """Let the pages of an app look like the shop, whenever it changes its look."""
    app.register_blueprint(bp)
    app.context_processor(lambda: _look(current_shop().settings))


def accent_of(settings: Settings) -> Accent:
    """Return the shop's own colour in all its places, or ours."""
    return accent(settings.accent) if settings.accent else ENAMEL


def looks() -> list[str]:
    """Return the addresses of what a shop brings along."""
    settings = current_shop().settings
    own = _look(settings)["own_accent"]
    return [
        *([url_for("theme.accent_css", v=own)] if own else []),
        *([logo_url()] if settings.logo else []),
    ]


def logo_url() -> str:
    """Return the address of the shop's logo."""
    return url_for("theme.logo", v=_look(current_shop().settings)["own_logo"])


def _look(settings: Settings) -> dict[str, object]:
    """Return what pages say of the shop's look."""
    return {"shop_name": settings.shop_name, **_drawn(settings.accent, settings.logo)}


# The one of now, and the one that a request still answers with.
@lru_cache(maxsize=2)
def _drawn(own: Colour | None, logo: Picture | None) -> dict[str, object]:
    return {
        "accent": accent(own) if own else ENAMEL,
        "own_accent": str(own)[1:] if own else None,
        "own_logo": sha256(logo.data).hexdigest()[:12] if logo else None,
    }


@bp.get("/accent.css")
def accent_css() -> ResponseReturnValue:
    """Write the shop's own colour over ours."""
    if current_shop().settings.accent is None:
        abort(404)
    return Response(render_template("theme/accent.css"), mimetype="text/css", headers={"Cache-Control": KEPT})


@bp.get("/logo")
def logo() -> ResponseReturnValue:
    """Show the logo of now."""
    picture = current_shop().settings.logo
    if picture is None:
        abort(404)
    headers = {"Cache-Control": KEPT, "Content-Security-Policy": NOTHING}
    return Response(picture.data, content_type=picture.media_type, headers=headers)

"""What a shop brings along to look like itself: its colour and its logo."""

from hashlib import sha256

from flask import Blueprint, Flask, Response, abort, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from pos.domain.colour import ENAMEL, Accent, accent
from pos.settings import Settings
from pos.web.context import current_shop

bp = Blueprint("theme", __name__)

# Their addresses name their content, so that a new one shows at once.
KEPT = "public, max-age=86400"
# A logo is a picture; where it is a document, nothing in it does anything.
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"


def init_app(app: Flask, settings: Settings) -> None:
    """Let the pages of an app look like the shop."""
    app.register_blueprint(bp)
    app.jinja_env.globals |= {
        "accent": accent_of(settings),
        "own_accent": str(settings.accent)[1:] if settings.accent else None,
        "own_logo": sha256(settings.logo.data).hexdigest()[:12] if settings.logo else None,
    }


def accent_of(settings: Settings) -> Accent:
    """Return the shop's own colour in all its places, or ours."""
    return accent(settings.accent) if settings.accent else ENAMEL


def looks() -> list[str]:
    """Return the addresses of what a shop brings along."""
    own = current_app.jinja_env.globals
    colour, picture = own["own_accent"], own["own_logo"]
    return [
        *([url_for("theme.accent_css", v=colour)] if colour else []),
        *([logo_url()] if picture else []),
    ]


def logo_url() -> str:
    """Return the address of the shop's logo."""
    return url_for("theme.logo", v=current_app.jinja_env.globals["own_logo"])


@bp.get("/accent.css")
def accent_css() -> ResponseReturnValue:
    """Write the shop's own colour over ours."""
    if current_shop().settings.accent is None:
        abort(404)
    return Response(render_template("theme/accent.css"), mimetype="text/css", headers={"Cache-Control": KEPT})


@bp.get("/logo")
def logo() -> ResponseReturnValue:
    """Show the logo, as it was when the till was started."""
    picture = current_shop().settings.logo
    if picture is None:
        abort(404)
    headers = {"Cache-Control": KEPT, "Content-Security-Policy": NOTHING}
    return Response(picture.data, content_type=picture.media_type, headers=headers)

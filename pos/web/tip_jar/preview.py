"""The picture of a jar that is shown wherever somebody shares its address. Without a public one nobody shares it."""

from functools import lru_cache

from flask import Blueprint, Response, abort

from pos.domain.preview import Preview
from pos.services.jars import NoJar, find_open_jar
from pos.services.previews import preview_of
from pos.web.context import current_shop
from pos.web.jar import jar_url
from pos.web.tip_jar.views import no_jar

bp = Blueprint("jar_preview", __name__)
bp.register_error_handler(NoJar, no_jar)

# Seconds. Its address differs for all that is said, and those who show it keep it anyway.
_GOOD_FOR = 300


@bp.get("/tips/<name>/preview.png")
def draw(name: str) -> Response:
    """Draw it once for what is said now, however many ask for it."""
    shop = current_shop()
    if shop.settings.public_url is None:
        abort(404)
    jar = find_open_jar(shop, name)
    preview = preview_of(shop, jar, (shop.settings.public_url + jar_url(name)).partition("://")[2])
    png = shop.single_flight.join(f"preview {name} {hash(preview)}", lambda: _png(preview))
    return Response(png, mimetype="image/png", headers={"Cache-Control": f"public, max-age={_GOOD_FOR}"})


@lru_cache(maxsize=8)
def _png(preview: Preview) -> bytes:
    # Here and not above: a till of which nobody shares a jar does not even load what draws.
    from pos.printing.preview import to_png

    # Anybody may ask for it, and a sale has no turn meanwhile.
    return current_shop().turns.take(lambda: to_png(preview))

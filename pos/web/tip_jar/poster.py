"""The poster of a jar, or of the shop itself: a page to print, and the same as a picture and as SVG."""

from functools import lru_cache

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.jar import SHOP, Jar
from pos.domain.lnurl import why_no_address
from pos.domain.poster import Poster, Size
from pos.services.jars import find_payable
from pos.services.lnurl_pay import NotByLNURL
from pos.services.posters import poster_of
from pos.shop import Shop
from pos.web.context import current_shop
from pos.web.headers import keep_out_of_search
from pos.web.i18n import gettext, say, write_money
from pos.web.visitor import count_visit

bp = Blueprint("poster", __name__)
bp.after_request(keep_out_of_search)


@bp.get("/poster", defaults={"name": SHOP})
@bp.get("/tips/<name>/poster")
def show(name: str) -> ResponseReturnValue:
    """Show it as it comes out of a printer, or what is missing before there can be one."""
    shop, size = current_shop(), _size()
    jar = find_payable(shop, name)
    try:
        poster = _poster(shop, jar)
    except NotByLNURL as error:
        return render_template("poster/show.html", jar=jar, missing=say(error.sentence)), error.status
    no_address = why_no_address(shop.settings.public_url or "")
    return render_template(
        "poster/show.html",
        jar=jar,
        poster=poster,
        missing=None,
        no_address=say(no_address) if no_address else None,
        size=size,
        sizes=_names(),
        svg=url_for("poster.draw", name=name, kind="svg", size=size),
        png=url_for("poster.draw", name=name, kind="png", size=size),
    )


@bp.get("/poster.<any(png, svg):kind>", defaults={"name": SHOP})
@bp.get("/tips/<name>/poster.<any(png, svg):kind>")
def draw(name: str, kind: str) -> Response:
    """Draw it at 300 dots an inch, or write it as SVG."""
    shop, size = current_shop(), _size()
    poster = _poster(shop, find_payable(shop, name))
    if kind == "svg":
        return Response(shop.turns.take(lambda: _svg(poster, size)), mimetype="image/svg+xml")
    return Response(_png(poster, size), mimetype="image/png")


def _poster(shop: Shop, jar: Jar) -> Poster:
    price = write_money(jar.price) if jar.price else ""
    return poster_of(shop, jar, gettext("Scan with any Lightning wallet"), price)


def _size() -> Size:
    asked = request.args.get("size", "")
    return next((it for it in Size if it == asked), Size.A4)


def _names() -> dict[Size, str]:
    return {
        Size.A4: "A4",
        Size.A6: "A6",
        Size.STICKERS: gettext("12 stickers"),
        Size.TENT: gettext("Table tent"),
    }


@lru_cache(maxsize=4)
def _svg(poster: Poster, size: Size) -> str:
    # Here and not above: a till of which nobody prints a poster does not even load what draws.
    from pos.printing.poster import to_svg

    return to_svg(poster, size)


@lru_cache(maxsize=4)
def _png(poster: Poster, size: Size) -> bytes:
    """Draw it piece by piece, as anybody may ask for it, and a sale has no turn meanwhile. Raises TooOften."""
    from pos.printing.poster import to_png

    count_visit()
    turns = current_shop().turns
    return turns.take(turns.take(lambda: to_png(poster, size)))

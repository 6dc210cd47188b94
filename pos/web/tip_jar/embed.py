"""A jar as a small frame in pages of others: what it is for, and the way to it.

Nothing is sent from in there. To a frame in a foreign page browsers send no cookie that is SameSite, so a form in it
would be refused; and where it was not, the page around it could lay something over it. So it has links alone, which
lead out of the frame: to the jar's own page, in a window of its own, with an amount chosen.
"""

from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.jar import Jar
from pos.domain.money import Money
from pos.services.follow_jar import glance_at_jar
from pos.services.jars import NoJar, find_open_jar
from pos.web.context import current_shop
from pos.web.headers import keep_out_of_search, let_others_frame
from pos.web.i18n import say
from pos.web.jar import jar_url, picture_url, shown
from pos.web.tip_jar.page import usual

bp = Blueprint("jar_embed", __name__)
bp.after_request(let_others_frame)
bp.after_request(keep_out_of_search)

# Seconds. Many may read the page around it, and how far the goal is may be a little old there.
_GOOD_FOR = 60


@bp.get("/tips/<name>/embed")
def show(name: str) -> ResponseReturnValue:
    """Show the jar, or that there is none, where somebody else's page has left room for it."""
    shop = current_shop()
    jar = find_open_jar(shop, name)
    amount = jar.price or usual(jar)
    page = render_template(
        "tip_jar/embed.html",
        jar=jar,
        shown=shown(shop, glance_at_jar(shop, jar)),
        picture=picture_url(jar),
        amount=amount,
        tip_url=_tip_url(jar, amount),
        jar_url=jar_url(name),
        host=urlsplit(shop.settings.public_url or request.host_url).netloc,
    )
    return Response(page, headers={"Cache-Control": f"public, max-age={_GOOD_FOR}"})


def _tip_url(jar: Jar, amount: Money | None) -> str:
    if amount is None or jar.price:
        return jar_url(jar.name)
    return url_for("tip_jar.new", name=jar.name, amount=amount.minor, unit=amount.currency)


@bp.errorhandler(NoJar)
def no_jar(error: NoJar) -> ResponseReturnValue:
    """Say so in the frame."""
    return render_template("tip_jar/embed.html", sentence=say(error.sentence)), error.status

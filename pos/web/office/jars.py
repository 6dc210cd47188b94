"""The tip jars in the office: what each holds, whether it is open, and where its page, poster and live page are."""

from dataclasses import dataclass

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from pos.domain.jar import Jar
from pos.services.follow_jar import look_at_jar
from pos.services.jars import jars, takes
from pos.shop import Shop
from pos.web.context import current_shop
from pos.web.headers import keep_address_to_oneself, keep_out_of_search
from pos.web.i18n import write_money
from pos.web.jar import jar_url, raised, raised_text

bp = Blueprint("office_jars", __name__, url_prefix="/office/jars")
bp.after_request(keep_out_of_search)
# They name live pages, which whoever has their address sees.
bp.after_request(keep_address_to_oneself)


@dataclass(frozen=True, slots=True)
class Row:
    """A jar: so many `tips`, what came, and how far its goal is, which is empty without one. Then its addresses.

    `takes`: whether anything can be put in. Without a page for a stream `live` is empty.
    """

    jar: Jar
    takes: bool
    tips: int
    came: str
    goal: str
    percent: int
    page: str
    poster: str
    live: str


@bp.get("")
def index() -> ResponseReturnValue:
    """List the jars."""
    shop = current_shop()
    return render_template("office/jars.html", rows=[_row(shop, it) for it in jars(shop)])


def _row(shop: Shop, jar: Jar) -> Row:
    now = look_at_jar(shop, jar.name)
    came = raised(shop, now)
    return Row(
        jar,
        takes(shop, jar),
        now.contents.tips,
        write_money(came),
        raised_text(shop, now),
        jar.goal.percent(came) if jar.goal else 0,
        jar_url(jar.name),
        url_for("poster.show", name=jar.name),
        url_for("jar_live.show", name=jar.name, token=jar.live_token) if jar.live_token else "",
    )

"""What was changed in the shop, when and by whom."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.told import Since
from pos.web.context import current_shop
from pos.web.headers import keep_out_of_search
from pos.web.i18n import say
from pos.web.office.history_words import words

bp = Blueprint("history", __name__, url_prefix="/office/history")
bp.after_request(keep_out_of_search)

_ROWS = 50
# As much as a database takes for a number.
_NEWEST = 2**63 - 1


@bp.get("")
def index() -> ResponseReturnValue:
    """List what was done, the newest first."""
    since = Since(_number("event"), _number("setting"))
    page = current_shop().store.history.page(since, _ROWS)
    older = page.older and url_for("history.index", event=page.older.event, setting=page.older.setting)
    rows = [(it, say(words(it))) for it in page.told]
    is_first = "event" not in request.args
    return render_template("office/history.html", rows=rows, older=older, is_first=is_first)


def _number(name: str) -> int:
    asked = request.args.get(name, type=int)
    return _NEWEST if asked is None else max(0, min(asked, _NEWEST))

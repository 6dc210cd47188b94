"""What was changed in the shop, when and by whom."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.services.office_settings import office_settings
from pos.web.context import current_shop
from pos.web.headers import keep_out_of_search
from pos.web.i18n import say
from pos.web.office import settings_words
from pos.web.office.history_words import words
from pos.web.office.older import asked_before

bp = Blueprint("history", __name__, url_prefix="/office/history")
bp.after_request(keep_out_of_search)

_ROWS = 50


@bp.get("")
def index() -> ResponseReturnValue:
    """List what was done, the newest first."""
    shop = current_shop()
    written = shop.store.history.before(asked_before(), _ROWS + 1)
    return render_template(
        "office/history.html",
        rows=[(it, say(words(it))) for it in written[:_ROWS]],
        older=url_for("history.index", before=written[_ROWS - 1].number) if len(written) > _ROWS else None,
        is_first="before" not in request.args,
        settings={it.name: it for it in office_settings(shop).values()},
        settings_words=settings_words,
    )

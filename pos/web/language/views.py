"""The choice of a language, where the browser's own is not what the reader wants."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.sentence import Sentence
from pos.web.forms import AgainForm
from pos.web.i18n import COOKIE, LANGUAGES

bp = Blueprint("language", __name__, url_prefix="/language")

A_YEAR = 365 * 24 * 60 * 60


@bp.get("")
def choose() -> ResponseReturnValue:
    """Show all languages, each in its own words."""
    back = _here(request.args.get("back", ""))
    return render_template("language/choose.html", form=AgainForm(), languages=LANGUAGES, back=back)


@bp.post("")
def keep() -> ResponseReturnValue:
    """Keep the choice in a cookie, and go back to where the reader was."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        abort(404, Sentence("The till does not speak that language."))
    answer = redirect(_here(request.form.get("back", "")), 303)
    answer.set_cookie(COOKIE, chosen, max_age=A_YEAR, httponly=True, samesite="Lax")
    return answer


def _here(path: str) -> str:
    """Return a path of this till; anything else, such as another host's, gives way to the first page."""
    is_path = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if is_path else url_for("till.new")

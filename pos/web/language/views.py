"""The choice of a language, where the browser's own is not what the reader wants."""

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.sentence import Sentence
from pos.web import cookies
from pos.web.forms import AgainForm
from pos.web.i18n import COOKIE, LANGUAGES

bp = Blueprint("language", __name__, url_prefix="/language")


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
    answer = make_response(redirect(_here(request.form.get("back", "")), 303))
    cookies.keep(answer, COOKIE, chosen)
    return answer


def _here(path: str) -> str:
    """Return a path of this till; anything else, such as another host's, gives way to the first page."""
    is_path = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if is_path else url_for("till.new")

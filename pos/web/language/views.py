"""The choice of a language, where the browser's own is not what the reader wants."""

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.sentence import Sentence
from pos.translations.languages import LANGUAGES
from pos.web import cookies
from pos.web.forms import AgainForm
from pos.web.i18n import COOKIE
from pos.web.links import is_for_visitors, kiosk_rest_url, start_url
from pos.web.redirects import own_path

# Seconds for which a visitor's choice counts, on a screen that may be the next one's by then.
A_VISIT = 10 * 60

bp = Blueprint("language", __name__, url_prefix="/language")


@bp.get("")
def choose() -> ResponseReturnValue:
    """Show all languages, each in its own words."""
    back = own_path(request.args.get("back")) or start_url()
    return render_template(
        "language/choose.html", form=AgainForm(), languages=LANGUAGES, back=back, kiosk_rest=kiosk_rest_url()
    )


@bp.post("")
def keep() -> ResponseReturnValue:
    """Keep the choice in a cookie, and go back to where the reader was. A visitor's does not stay for the next one."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        abort(404, Sentence("The till does not speak that language."))
    back = own_path(request.form.get("back"))
    answer = make_response(redirect(back or url_for("language.choose"), 303))
    cookies.keep(answer, COOKIE, chosen, A_VISIT if is_for_visitors(back) else cookies.A_YEAR)
    return answer

"""Signing in and out."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.refusal import Refusal
from pos.services.sign_in import sign_in as check
from pos.services.sign_in import sign_out as end
from pos.web.access import OWNER_COOKIE
from pos.web.context import current_shop
from pos.web.cookies import forget, named
from pos.web.errors import back_to_form
from pos.web.headers import keep_out_of_search
from pos.web.redirects import own_path
from pos.web.sign_in.forms import SignInForm
from pos.web.sign_in.session import asked_from, let_in

bp = Blueprint("sign_in", __name__)
bp.after_request(keep_out_of_search)


@bp.get("/sign-in")
def ask() -> ResponseReturnValue:
    """Ask for a name and a password."""
    return _show(SignInForm())


@bp.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Begin a session, and lead to where somebody wanted to go."""
    form = SignInForm()
    try:
        owner = check(current_shop(), form.name.data or "", form.password.data or "", asked_from())
        return let_in(owner, own_path(request.args.get("back")) or url_for("office.home"))
    except Refusal as error:
        return back_to_form(error, lambda sentence: _show(form, sentence))


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session of this browser."""
    token = request.cookies.get(named(OWNER_COOKIE))
    if token:
        end(current_shop(), token)
    answer = make_response(redirect(url_for("sign_in.ask"), 303))
    forget(answer, named(OWNER_COOKIE))
    return answer


def _show(form: SignInForm, error: str | None = None) -> str:
    return render_template("sign_in/sign_in.html", form=form, error=error)

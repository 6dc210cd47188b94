"""Signing in and out."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.owner import Owner
from pos.domain.refusal import Refusal
from pos.services.second_factor import StartOver, check_code, owner_of, ticket_for
from pos.services.sign_in import NotSignedIn
from pos.services.sign_in import sign_in as check
from pos.services.sign_in import sign_out as end
from pos.web.access import OWNER_COOKIE
from pos.web.asked_from import asked_from
from pos.web.context import current_shop
from pos.web.cookies import check_kept, forget, named
from pos.web.errors import back_to_form
from pos.web.headers import keep_out_of_search
from pos.web.redirects import own_path
from pos.web.sign_in.forms import CodeForm, SignInForm
from pos.web.sign_in.session import let_in

bp = Blueprint("sign_in", __name__)
bp.after_request(keep_out_of_search)


@bp.get("/sign-in")
def ask() -> ResponseReturnValue:
    """Ask for a name and a password."""
    return _show(SignInForm())


@bp.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Begin a session, and lead to where somebody wanted to go; or ask for the code, of who has set that up."""
    form = SignInForm()
    try:
        check_kept()
        owner, checked = check(current_shop(), form.name.data or "", form.password.data or "", asked_from())
        return _ask_code(ticket_for(current_shop(), owner, checked)) if owner.asks_code else _let_in(owner, checked)
    except Refusal as error:
        return back_to_form(error, lambda sentence: _show(form, sentence))


@bp.get("/sign-in/code")
def start_over() -> ResponseReturnValue:
    """Lead who loads the second step anew to the first."""
    return redirect(url_for("sign_in.ask", back=request.args.get("back")))


@bp.post("/sign-in/code")
def sign_in_with_code() -> ResponseReturnValue:
    """Begin the session of who has given the password a moment ago, and now the code."""
    form = CodeForm()
    ticket = form.ticket.data or ""
    try:
        check_kept()
        owner, checked = owner_of(current_shop(), ticket)
        check_code(current_shop(), owner, form.code.data or "", asked_from())
        return _let_in(owner, checked)
    except (StartOver, NotSignedIn) as error:
        return back_to_form(error, lambda sentence: _show(SignInForm(), sentence))
    except Refusal as error:
        return back_to_form(error, lambda sentence: _ask_code(ticket, sentence))


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session of this browser."""
    token = request.cookies.get(named(OWNER_COOKIE))
    if token:
        end(current_shop(), token)
    answer = make_response(redirect(url_for("sign_in.ask"), 303))
    forget(answer, named(OWNER_COOKIE))
    return answer


def _let_in(owner: Owner, checked: str) -> ResponseReturnValue:
    return let_in(owner, checked, own_path(request.args.get("back")) or url_for("office.home"))


def _show(form: SignInForm, error: str | None = None) -> str:
    action = url_for("sign_in.sign_in", back=request.args.get("back"))
    return render_template("sign_in/sign_in.html", form=form, error=error, action=action, here=action)


def _ask_code(ticket: str, error: str | None = None) -> str:
    action = url_for("sign_in.sign_in_with_code", back=request.args.get("back"))
    # Whoever changes the language there begins at the first step again.
    return render_template("sign_in/code.html", form=CodeForm(), ticket=ticket, error=error, action=action, here=action)

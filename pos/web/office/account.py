"""An owner's own account: name, password, the second factor, and the browsers in which they are signed in."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos import qr
from pos.domain.refusal import Refusal
from pos.services import account
from pos.services.second_factor import StartOver, address_of, new_secret, set_up, unsealed
from pos.services.tokens import digest_of
from pos.web.access import OWNER_COOKIE
from pos.web.asked_from import asked_from
from pos.web.context import current_shop
from pos.web.cookies import named
from pos.web.errors import back_to_form
from pos.web.headers import keep_out_of_search
from pos.web.office.browser import called
from pos.web.office.code_picture import as_data
from pos.web.office.who import owner_who_asks

bp = Blueprint("account", __name__, url_prefix="/office/account")
bp.after_request(keep_out_of_search)


@bp.get("")
def show() -> ResponseReturnValue:
    """Show who is signed in, where, and what they can change."""
    return _show()


@bp.post("/name")
def rename() -> ResponseReturnValue:
    """Give who asks another name."""
    return _done("name", lambda: account.rename(current_shop(), owner_who_asks(), request.form.get("name", "")))


@bp.post("/password")
def change_password() -> ResponseReturnValue:
    """Give who asks a new password; all other browsers are signed out."""
    old, new = request.form.get("password", ""), request.form.get("new_password", "")
    return _done(
        "password", lambda: account.change_password(current_shop(), owner_who_asks(), old, new, _token(), asked_from())
    )


@bp.post("/end")
def end() -> ResponseReturnValue:
    """Sign out in one other browser."""
    account.end_session(current_shop(), owner_who_asks(), request.form.get("session", ""))
    return _back()


@bp.post("/end-others")
def end_others() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    account.end_others(current_shop(), owner_who_asks(), _token())
    return _back()


@bp.get("/code")
def ask_code() -> ResponseReturnValue:
    """Show a new secret for an app of the phone, and ask for its first code."""
    return _ask_code()


@bp.post("/code")
def set_up_code() -> ResponseReturnValue:
    """Ask for a code from now on, if this one shows that the app has the secret."""
    sealed, code, password = (request.form.get(field, "") for field in ("ticket", "code", "password"))
    try:
        set_up(current_shop(), owner_who_asks(), sealed, code, password, asked_from())
    except StartOver as error:
        return back_to_form(error, lambda sentence: _ask_code(error=sentence))
    except Refusal as error:
        return back_to_form(error, lambda sentence: _ask_code(sealed, sentence))
    return _back("code")


@bp.post("/code/off")
def turn_off_code() -> ResponseReturnValue:
    """Ask for no code any more."""
    password = request.form.get("password", "")
    return _done("code", lambda: account.forget_code(current_shop(), owner_who_asks(), password, asked_from()))


def _token() -> str:
    return request.cookies.get(named(OWNER_COOKIE), "")


def _done(part: str, action: Callable[[], None]) -> ResponseReturnValue:
    """Do something, and lead back; where it is refused, say so at that part of the page."""
    try:
        action()
    except Refusal as error:
        return back_to_form(error, lambda sentence: _show({part: sentence}))
    return _back(part)


def _back(done: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("account.show", done=done), 303)


def _show(errors: dict[str, str] | None = None) -> str:
    shop, owner = current_shop(), owner_who_asks()
    here = digest_of(_token())
    sessions = [(it, called(it.browser), it.id == here) for it in shop.store.accounts.sessions(owner, shop.now())]
    return render_template(
        "office/account.html", owner=owner, sessions=sessions, errors=errors or {}, done=request.args.get("done")
    )


def _ask_code(sealed: str | None = None, error: str | None = None) -> str:
    shop, owner = current_shop(), owner_who_asks()
    secret, ticket = (unsealed(shop, owner, sealed), sealed) if sealed else new_secret(shop, owner)
    picture = as_data(qr.of_address(address_of(shop, owner, secret)))
    return render_template("office/code.html", secret=secret, ticket=ticket, picture=picture, error=error)

"""Becoming a device of the shop, by a link that is good once or by its code.

The page asks before: who only looks at a link, as a messenger does for a preview, does not use it up.
"""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.pairing import Pairing
from pos.domain.refusal import Refusal
from pos.services.pair import find_by_code, find_by_link, take_by_code, take_by_link
from pos.web.access import let_device_in
from pos.web.asked_from import asked_from
from pos.web.context import current_shop
from pos.web.cookies import check_kept
from pos.web.errors import back_to_form
from pos.web.forms import AgainForm, new_key
from pos.web.headers import keep_address_to_oneself, keep_out_of_search

bp = Blueprint("pair", __name__, url_prefix="/pair")
bp.after_request(keep_out_of_search)
# Who has the address of one becomes a device of the shop.
bp.after_request(keep_address_to_oneself)


@bp.get("")
def ask_code() -> ResponseReturnValue:
    """Ask for the code that stands on the owner's screen."""
    return _ask_code()


@bp.post("")
def take_code() -> ResponseReturnValue:
    """Say what a code makes of this browser; become that, once somebody has said yes."""
    code, key = request.form.get("code", ""), request.form.get("key", "")
    try:
        check_kept()
        if key:
            return _become(take_by_code(current_shop(), code, key, asked_from().name))
        return _ask(find_by_code(current_shop(), code, asked_from().name), url_for("pair.take_code"), code)
    except Refusal as error:
        return back_to_form(error, _ask_code)


@bp.get("/<token>")
def ask(token: str) -> ResponseReturnValue:
    """Say what a link makes of this browser."""
    return _ask(find_by_link(current_shop(), token), url_for("pair.take", token=token))


@bp.post("/<token>")
def take(token: str) -> ResponseReturnValue:
    """Become what a link offers."""
    check_kept()
    return _become(take_by_link(current_shop(), token, request.form.get("key", "")))


def _become(token: str) -> ResponseReturnValue:
    answer = make_response(redirect(url_for("till.new"), 303))
    let_device_in(answer, token)
    return answer


def _ask_code(error: str | None = None) -> str:
    return render_template("sign_in/pair.html", form=AgainForm(), typed=request.form.get("code", ""), error=error)


def _ask(pairing: Pairing, to: str, code: str = "") -> str:
    return render_template(
        "sign_in/pair_device.html", pairing=pairing, to=to, code=code, key=new_key(), form=AgainForm()
    )

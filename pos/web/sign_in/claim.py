"""Claiming the shop, by a link that is good once."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from pos.domain.refusal import Refusal
from pos.services.claim import LinkIsNotGood, check_link
from pos.services.claim import claim as use
from pos.web.context import current_shop
from pos.web.cookies import check_kept
from pos.web.errors import back_to_form
from pos.web.headers import keep_address_to_oneself, keep_out_of_search
from pos.web.sign_in.forms import ClaimForm
from pos.web.sign_in.session import let_in

bp = Blueprint("claim", __name__, url_prefix="/claim")
bp.after_request(keep_out_of_search)
# Who has the address of one becomes an owner.
bp.after_request(keep_address_to_oneself)


@bp.get("/<token>")
def ask(token: str) -> ResponseReturnValue:
    """Ask for a name and a password."""
    check_link(current_shop(), token)
    return _show(ClaimForm())


@bp.post("/<token>")
def claim(token: str) -> ResponseReturnValue:
    """Make an owner, and lead to the office."""
    form = ClaimForm()
    try:
        check_kept()
        owner, checked = use(current_shop(), token, form.name.data or "", form.password.data or "")
    except LinkIsNotGood:
        raise
    except Refusal as error:
        return back_to_form(error, lambda sentence: _show(form, sentence))
    return let_in(owner, checked, url_for("office.home"))


def _show(form: ClaimForm, error: str | None = None) -> str:
    return render_template("sign_in/claim.html", form=form, error=error)

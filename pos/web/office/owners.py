"""The owners of the shop: who they are, a link that makes another one, and how one is removed."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.refusal import Refusal
from pos.services import account
from pos.web.asked_from import asked_from
from pos.web.context import current_shop
from pos.web.errors import back_to_form
from pos.web.headers import keep_address_to_oneself, keep_out_of_search
from pos.web.links import address_here
from pos.web.office.who import owner_who_asks

bp = Blueprint("owners", __name__, url_prefix="/office/owners")
bp.after_request(keep_out_of_search)


@bp.get("")
def show() -> ResponseReturnValue:
    """List the owners."""
    return _show()


@bp.post("")
def invite() -> ResponseReturnValue:
    """Show a link that makes another owner, this once: nobody can look it up later."""
    try:
        token = account.invite_another(current_shop(), owner_who_asks(), request.form.get("password", ""), asked_from())
    except Refusal as error:
        return back_to_form(error, lambda sentence: _show({"invite": sentence}))
    return keep_address_to_oneself(Response(_show(link=address_here(url_for("claim.ask", token=token)))))


@bp.post("/remove")
def remove() -> ResponseReturnValue:
    """Remove an owner; who removes themselves is signed out by that."""
    whom = request.form.get("owner", "")
    try:
        account.remove(current_shop(), owner_who_asks(), whom, request.form.get("password", ""), asked_from())
    except Refusal as error:
        return back_to_form(error, lambda sentence: _show({"remove": sentence}))
    return redirect(url_for("sign_in.ask" if whom == owner_who_asks().id else "owners.show"), 303)


def _show(errors: dict[str, str] | None = None, link: str | None = None) -> str:
    owners = current_shop().store.owners.listed()
    return render_template("office/owners.html", owners=owners, me=owner_who_asks(), errors=errors or {}, link=link)

"""Finding a sale by its number, as somebody reads it out on a phone. Its page is the pay page."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.number import read_number
from pos.domain.sentence import Sentence
from pos.web.context import current_shop
from pos.web.i18n import say

bp = Blueprint("sales", __name__, url_prefix="/sales")

UNKNOWN = Sentence("There is no sale with that number.")


@bp.get("")
def find() -> ResponseReturnValue:
    """Ask for a number, or lead from what was typed to the charge of that number."""
    typed = request.args.get("number", "").strip()
    return _lead_to(typed) if typed else render_template("sales/find.html", typed="")


@bp.get("/<number>")
def show(number: str) -> ResponseReturnValue:
    """Lead to the charge of a number."""
    return _lead_to(number)


def _lead_to(typed: str) -> ResponseReturnValue:
    shop = current_shop()
    number = read_number(typed, shop.day(shop.now()).year)
    charge = shop.store.find_by_number(number) if number else None
    if charge is None:
        return render_template("sales/find.html", typed=typed[:20], error=say(UNKNOWN)), 404
    return redirect(url_for("pay.show", charge_id=charge.id), 303)

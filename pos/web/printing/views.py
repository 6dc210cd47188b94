"""Having the receipt of a sale, or of a refund, printed by a tap, the first time or once more."""

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from pos.domain.sentence import Sentence
from pos.services.by_number import NO_SALE, find_refund, find_sale
from pos.services.printing import ask_print, ask_refund_print
from pos.web.access import identity
from pos.web.context import current_shop
from pos.web.visitor import count_visit

bp = Blueprint("printing", __name__)


@bp.post("/sales/<number>/print")
def again(number: str) -> ResponseReturnValue:
    """Have it printed, and lead back to the sale. Where there is no printer there is no such page."""
    shop = current_shop()
    if shop.printer is None:
        abort(404)
    # Paper costs something, and who reaches the till may be anybody.
    count_visit()
    entry = find_sale(shop, number)
    if entry is None or not identity().may_see(entry.charge.channel, entry.charge.till):
        abort(404, NO_SALE)
    if not ask_print(shop, entry.charge):
        abort(409, Sentence("Nothing was paid, so there is no receipt."))
    return redirect(url_for("sales.show", number=entry.charge.number), 303)


@bp.post("/refunds/<number>/<int:position>/print")
def refund(number: str, position: int) -> ResponseReturnValue:
    """Have that of a refund printed, and lead back to it."""
    shop = current_shop()
    if shop.printer is None:
        abort(404)
    count_visit()
    entry, found = find_refund(shop, number, position)
    if not ask_refund_print(shop, entry, found):
        abort(409, Sentence("Nothing went back yet, so there is no receipt."))
    return redirect(url_for("refund.show", number=entry.charge.number, position=position), 303)

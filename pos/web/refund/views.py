"""Refunds: asked for on the page of a sale, paid by hand from a wallet that the till does not know, and proven."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos import qr
from pos.domain.refund import Refund
from pos.domain.refusal import Refusal
from pos.domain.report import Entry
from pos.domain.sentence import Sentence
from pos.services.by_number import NO_SALE, find_refund, find_sale
from pos.services.cancel_refund import cancel_refund
from pos.services.invoice_for_refund import give_invoice
from pos.services.refund import RefundKeyReused, check_within
from pos.services.refund import refund as give_back
from pos.services.settle_refund import prove_refund, settle_refund_by_hand
from pos.store import StoreError
from pos.wallets.base import plays_customer
from pos.web.access import identity
from pos.web.context import current_shop
from pos.web.errors import back_to_form
from pos.web.forms import new_key
from pos.web.headers import keep_out_of_search
from pos.web.i18n import say
from pos.web.refund.page import form_page, refund_page
from pos.web.refund.typed import Typed
from pos.web.refund_word import word_of

bp = Blueprint("refund", __name__, url_prefix="/refunds")
bp.after_request(keep_out_of_search)

# So many are listed that are due, of which nobody has as many, and so many of those that ended.
MOST_DUE, MOST_ENDED = 200, 50

NOT_PLAYED = Sentence("The play customer did not make this invoice, or it has expired.")


@bp.get("")
def index() -> ResponseReturnValue:
    """Show the refunds that are neither paid nor cancelled, the oldest first, and the latest of the others."""
    shop = current_shop()
    now, refunds = shop.now(), shop.store.refunds
    due, ended = (
        [(it, word_of(it, now)) for it in found] for found in (refunds.due(MOST_DUE), refunds.ended(MOST_ENDED))
    )
    return render_template("refund/list.html", due=due, ended=ended)


@bp.get("/<number>")
def new(number: str) -> ResponseReturnValue:
    """Ask how much is to go back, and why."""
    return _form(_entry(number), None, None)


@bp.post("/<number>")
def create(number: str) -> ResponseReturnValue:
    """Write the refund down, and lead to its page."""
    entry, typed = _entry(number), Typed.sent()
    try:
        given = give_back(current_shop(), entry, typed.read(entry.sale.price.currency), typed.key)
    except StoreError:
        raise
    except RefundKeyReused as error:
        return back_to_form(error, partial(_form, entry, replace(typed, key=new_key())))
    except Refusal as error:
        return back_to_form(error, partial(_form, entry, typed))
    return _lead_to(entry, given)


@bp.get("/<number>/<int:position>")
def show(number: str, position: int) -> ResponseReturnValue:
    """Show a refund: what is to be paid, or what became of it."""
    return _page(*find_refund(current_shop(), number, position), None)


@bp.get("/<number>/<int:position>/qr.png")
def qr_png(number: str, position: int) -> ResponseReturnValue:
    """Draw the invoice that is to be paid."""
    _, refund = find_refund(current_shop(), number, position)
    if refund.invoice is None:
        abort(404)
    return Response(qr.png(refund.invoice.payment_request), mimetype="image/png")


@bp.post("/<number>/<int:position>/invoice")
def invoice(number: str, position: int) -> ResponseReturnValue:
    """Take the customer's invoice, the first one or another."""
    typed = request.form.get("to", "")
    return _do(number, position, lambda refund, by: give_invoice(current_shop(), refund, typed, by), to=typed)


@bp.post("/<number>/<int:position>/proof")
def proof(number: str, position: int) -> ResponseReturnValue:
    """Take the preimage, which proves that it was paid."""
    typed = request.form.get("preimage", "")
    # Whoever has it has paid: that is a fact, and within no limit.
    return _do(number, position, lambda refund, by: prove_refund(current_shop(), refund, typed, by), limited=False)


@bp.post("/<number>/<int:position>/by-hand")
def by_hand(number: str, position: int) -> ResponseReturnValue:
    """Take somebody's word for it that it was paid."""
    return _do(number, position, lambda refund, by: settle_refund_by_hand(current_shop(), refund, by))


@bp.post("/<number>/<int:position>/cancel")
def cancel(number: str, position: int) -> ResponseReturnValue:
    """Cancel it: nobody is to pay it any more."""
    return _do(number, position, lambda refund, by: cancel_refund(current_shop(), refund, by))


@bp.post("/<number>/<int:position>/play")
def play(number: str, position: int) -> ResponseReturnValue:
    """Play the customer of play money: fill in an invoice of theirs, or pay it and fill in its proof.

    Nothing is written down by it: whoever tries it out sends each of the two themselves.
    """
    entry, refund = find_refund(current_shop(), number, position)
    wallet = current_shop().wallet
    if not plays_customer(wallet):
        abort(404)
    if refund.invoice is None:
        return _page(entry, refund, None, wallet.invoice_of_customer(refund.amount_sat))
    preimage = wallet.pay_customer(refund.invoice.payment_request)
    return _page(entry, refund, None if preimage else say(NOT_PLAYED), preimage=preimage or "")


def _do(
    number: str, position: int, verb: Callable[[Refund, str], None], to: str = "", limited: bool = True
) -> ResponseReturnValue:
    """Do something with a refund and lead back to its page, or say there what is in the way."""
    entry, refund = find_refund(current_shop(), number, position)
    who = identity()
    try:
        if limited:
            check_within(entry, refund, who.refund_limit)
        verb(refund, who.name)
    except StoreError:
        raise
    except Refusal as error:
        return back_to_form(error, lambda sentence: _page(entry, refund, sentence, to))
    return _lead_to(entry, refund)


def _entry(number: str) -> Entry:
    return find_sale(current_shop(), number) or abort(404, NO_SALE)


def _lead_to(entry: Entry, refund: Refund) -> ResponseReturnValue:
    return redirect(url_for("refund.show", number=entry.charge.number, position=refund.position), 303)


def _form(entry: Entry, typed: Typed | None, sentence: str | None) -> str:
    shop = current_shop()
    page = form_page(shop, entry, identity().refund_limit)
    typed = typed or Typed(new_key(), page.usual)
    return render_template("refund/new.html", page=page, typed=typed, error=sentence)


def _page(entry: Entry, refund: Refund, sentence: str | None, to: str = "", preimage: str = "") -> str:
    shop = current_shop()
    return render_template(
        "refund/show.html",
        page=refund_page(shop, entry, refund, identity().refund_limit),
        refund=refund,
        entry=entry,
        error=sentence,
        to=to,
        preimage=preimage,
        plays=plays_customer(shop.wallet),
    )

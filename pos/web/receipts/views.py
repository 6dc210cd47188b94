"""The receipt of a sale, by the unguessable id of the charge that paid it; and its address as a QR code."""

from flask import Blueprint, Response, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from pos import qr
from pos.domain.charge import Charge
from pos.domain.rate import SAT_PER_BITCOIN
from pos.services.receipt import receipt_of
from pos.services.settle import refresh
from pos.web.context import charge_or_404, current_shop
from pos.web.headers import keep_out_of_search
from pos.web.links import receipt_address, receipt_qr_url
from pos.web.papers import PAPERS, asked_paper
from pos.web.receipts.page import present

bp = Blueprint("receipts", __name__, url_prefix="/pay/<charge_id>")
bp.after_request(keep_out_of_search)


@bp.get("/receipt")
def show(charge_id: str) -> ResponseReturnValue:
    """Show the receipt, or that there is none as nothing was paid."""
    shop = current_shop()
    charge = refresh(shop, charge_or_404(charge_id))
    receipt = receipt_of(shop, charge)
    if receipt is None:
        return _none(charge)
    rate = charge.fiat.rate if charge.fiat else None
    return render_template(
        "receipts/show.html",
        receipt=receipt,
        page=present(receipt),
        charge=charge,
        settings=shop.settings,
        rate=rate,
        bitcoin=rate.from_sat(SAT_PER_BITCOIN) if rate else None,
        qr=receipt_qr_url(charge),
        papers=PAPERS,
        paper=asked_paper(),
    )


@bp.get("/refund/<int:position>")
def refund(charge_id: str, position: int) -> ResponseReturnValue:
    """Show the receipt of money that was given back; of none that is not, as nobody knows yet whether it will be."""
    shop, charge = current_shop(), charge_or_404(charge_id)
    receipt = receipt_of(shop, charge)
    given = next((it for it in receipt.refunds if it.position == position), None) if receipt else None
    if given is None or given.payment is None:
        abort(404)
    return render_template(
        "receipts/refund.html",
        refund=given,
        payment=given.payment,
        invoice=given.proven_by(given.payment.preimage) if given.payment.preimage else given.invoice,
        charge=charge,
        settings=shop.settings,
        bitcoin=given.rate.from_sat(SAT_PER_BITCOIN) if given.rate else None,
        papers=PAPERS,
        paper=asked_paper(),
    )


@bp.get("/receipt.png")
def qr_png(charge_id: str) -> ResponseReturnValue:
    """Draw the address of the receipt; none that a phone would not find, or that leads to no receipt."""
    address = receipt_address(charge_id) if charge_or_404(charge_id).payment else None
    if address is None:
        abort(404)
    return Response(qr.of_address(address), mimetype="image/png")


def _none(charge: Charge) -> str:
    now = charge.since_made(current_shop().now())
    return render_template(
        "receipts/none.html",
        status=charge.status(now).value if charge.is_known(now) else "not_known",
        cancelled=charge.cancelled_at is not None,
        number=charge.number,
        pay_url=url_for("pay.show", charge_id=charge.id),
    )

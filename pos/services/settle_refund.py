"""Settling a refund: whoever has paid it by hand proves it by the preimage, or says so without a proof."""

import logging
import re
import secrets
from dataclasses import replace
from hashlib import sha256

from pos.domain.refund import Refund, RefundInvoice, RefundPayment, RefundStatus
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.shop import Shop

log = logging.getLogger(__name__)

_PREIMAGE = re.compile(r"[0-9a-f]{64}")


class RefundNotSettled(Refusal):
    """Nothing was written down of a payment."""


def prove_refund(shop: Shop, refund: Refund, text: str, staff: str = "") -> None:
    """Write down that a refund was paid, as the preimage of any of its invoices proves.

    That of an older invoice too, or of a refund that was cancelled: what was paid was paid. One that was marked by hand
    is proven from now on. Where another payment of it is proven already, this one is written down as a refund of its
    own, once. Raises RefundNotSettled, also then, or StoreError.
    """
    preimage = "".join(text.split()).lower()
    if not _PREIMAGE.fullmatch(preimage):
        words = "A preimage is 64 signs long, 0 to 9 and a to f. Copy it once more."
        raise RefundNotSettled(Sentence(words), reason="it is no preimage")
    key = _key_of_second(refund, preimage)
    if shop.store.refunds.find(refund.sale_id, key):
        raise _paid_twice()
    invoice = refund.proven_by(preimage)
    if invoice is None:
        words = "This preimage is of another payment. Look for the one of this refund."
        raise RefundNotSettled(Sentence(words), reason="it is another's preimage")
    payment = RefundPayment(shop.now(), staff, preimage)
    if _mark(shop, refund, payment) or shop.store.refunds.keep_proof(refund.id, payment):
        return
    if shop.store.refunds.add_second(refund.id, _second(refund, invoice, payment), key):
        log.warning("refund %s: paid twice, by two of its invoices", refund.id)
    raise _paid_twice()


def settle_refund_by_hand(shop: Shop, refund: Refund, staff: str = "") -> None:
    """Write down that a refund was paid without a proof, as somebody says.

    Raises RefundNotSettled for one that nobody was to pay, or StoreError.
    """
    if refund.status(shop.now()) in (RefundStatus.ASKED, RefundStatus.CANCELLED):
        raise RefundNotSettled(Sentence("There is no invoice of this refund that could have been paid."), 409)
    _mark(shop, refund, RefundPayment(shop.now(), staff))


def _key_of_second(refund: Refund, preimage: str) -> str:
    """Return the idempotency key of a second payment: the same for the same, and with spaces, as none of a form has."""
    return f"{refund.id} again {sha256(bytes.fromhex(preimage)).hexdigest()}"


def _second(refund: Refund, invoice: RefundInvoice, payment: RefundPayment) -> Refund:
    """Return a second payment of a refund as what it is: as much again that went back."""
    return replace(
        refund,
        id=secrets.token_urlsafe(16),
        created_at=payment.paid_at,
        staff=payment.staff,
        invoices=(invoice,),
        payment=payment,
        cancelled_at=None,
    )


def _paid_twice() -> RefundNotSettled:
    words = "Paid twice: the second payment stands beside the first one now, as another refund of this sale."
    return RefundNotSettled(Sentence(words), 409, reason="it is a second payment")


def _mark(shop: Shop, refund: Refund, payment: RefundPayment) -> bool:
    is_first = shop.store.refunds.mark_paid(refund.id, payment)
    if is_first:
        log.info("refund %s: paid, %s", refund.id, "proven" if payment.proven else "not proven")
    return is_first

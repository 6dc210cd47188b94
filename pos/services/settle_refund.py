"""Settling a refund: whoever has paid it by hand proves it by the preimage, or says so without a proof."""

import logging
import re

from pos.domain.refund import Refund, RefundPayment, RefundStatus
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
    is proven from now on. Raises RefundNotSettled, also where another payment of it is proven already, or StoreError.
    """
    preimage = "".join(text.split()).lower()
    if not _PREIMAGE.fullmatch(preimage):
        words = "A preimage is 64 signs long, 0 to 9 and a to f. Copy it once more."
        raise RefundNotSettled(Sentence(words), reason="it is no preimage")
    if refund.proven_by(preimage) is None:
        words = "This preimage is of another payment. Look for the one of this refund."
        raise RefundNotSettled(Sentence(words), reason="it is another's preimage")
    payment = RefundPayment(shop.now(), staff, preimage)
    if _mark(shop, refund, payment) or shop.store.refunds.keep_proof(refund.id, payment):
        return
    log.warning("refund %s: paid twice, by two of its invoices", refund.id)
    raise RefundNotSettled(Sentence("Paid twice"), 409)


def settle_refund_by_hand(shop: Shop, refund: Refund, staff: str = "") -> None:
    """Write down that a refund was paid without a proof, as somebody says.

    Raises RefundNotSettled for one that nobody was to pay, or StoreError.
    """
    if refund.status(shop.now()) in (RefundStatus.ASKED, RefundStatus.CANCELLED):
        raise RefundNotSettled(Sentence("There is no invoice of this refund that could have been paid."), 409)
    _mark(shop, refund, RefundPayment(shop.now(), staff))


def _mark(shop: Shop, refund: Refund, payment: RefundPayment) -> bool:
    is_first = shop.store.refunds.mark_paid(refund.id, payment)
    if is_first:
        log.info("refund %s: paid, %s", refund.id, "proven" if payment.proven else "not proven")
    return is_first

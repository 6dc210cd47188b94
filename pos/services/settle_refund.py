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

    That of an older invoice too, or of a refund that was cancelled: what was paid was paid. One that is written down as
    paid already stays as it is. Raises RefundNotSettled, or StoreError.
    """
    preimage = "".join(text.split()).lower()
    if not _PREIMAGE.fullmatch(preimage):
        words = "A preimage is 64 signs long, 0 to 9 and a to f. Copy it once more."
        raise RefundNotSettled(Sentence(words), reason="it is no preimage")
    if refund.proven_by(preimage) is None:
        words = "This preimage is of another payment. Look for the one of this refund."
        raise RefundNotSettled(Sentence(words), reason="it is another's preimage")
    _mark(shop, refund, RefundPayment(shop.now(), staff, preimage))


def settle_refund_by_hand(shop: Shop, refund: Refund, staff: str = "") -> None:
    """Write down that a refund was paid without a proof, as somebody says. It stays without one.

    Raises RefundNotSettled for one that nobody was to pay, or StoreError.
    """
    if refund.status(shop.now()) in (RefundStatus.ASKED, RefundStatus.CANCELLED):
        raise RefundNotSettled(Sentence("There is no invoice of this refund that could have been paid."), 409)
    _mark(shop, refund, RefundPayment(shop.now(), staff))


def _mark(shop: Shop, refund: Refund, payment: RefundPayment) -> None:
    if shop.store.refunds.mark_paid(refund.id, payment):
        log.info("refund %s: paid, %s", refund.id, "proven" if payment.proven else "not proven")

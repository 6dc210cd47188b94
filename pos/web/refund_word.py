"""What became of a refund, in a word, for whoever reads a page of it or of its sale."""

from pos.domain.refund import Refund, RefundStatus
from pos.web.i18n import gettext


def word_of(refund: Refund, now: int) -> str:
    """Say in a word what became of a refund."""
    match refund.status(now):
        case RefundStatus.PAID if refund.payment and refund.payment.proven:
            return gettext("given back")
        case RefundStatus.PAID:
            return gettext("given back, not proven")
        case RefundStatus.CANCELLED:
            return gettext("cancelled")
        case RefundStatus.ASKED:
            return gettext("no invoice yet")
        case RefundStatus.EXPIRED:
            return gettext("invoice expired")
    return gettext("to be paid")

"""The receipt of money that was given back, on paper: the same facts in the same order as on its page."""

from dataclasses import dataclass

from PIL import Image

from pos.domain.money import SAT, Money
from pos.domain.receipt import Receipt
from pos.domain.refund import Refund
from pos.printing.paper import Paper
from pos.printing.slip import LARGE, SMALL, TEXT, Slip
from pos.printing.words import left_to_right


@dataclass(frozen=True, slots=True)
class RefundSlip:
    """Draws receipts of refunds, between the head and the foot of a shop's other receipts."""

    slip: Slip

    def draw(self, receipt: Receipt, refund: Refund, *, again: bool) -> Image.Image:
        """Return the receipt of a refund as a picture of 1 bit a dot; `again` marks it as one that is not the first."""
        paper = Paper(self.slip.dots, self.slip.fonts, self.slip.words.turned)
        self.slip.letterhead(paper)
        self._when(paper, receipt, refund, again=again)
        self._given(paper, refund)
        self._proof(paper, refund)
        self.slip.foot(paper, receipt)
        return paper.picture()

    def _when(self, paper: Paper, receipt: Receipt, refund: Refund, *, again: bool) -> None:
        words, gettext = self.slip.words, self.slip.words.gettext
        paper.rule()
        if again:
            paper.sign(gettext("Printed again"), LARGE)
        number = left_to_right(str(receipt.charge.number or ""))
        paper.text(gettext("Refund of sale %(number)s", number=number), LARGE, bold=True)
        if refund.payment:
            paper.text(words.moment(refund.payment.paid_at), TEXT)

    def _given(self, paper: Paper, refund: Refund) -> None:
        words, gettext = self.slip.words, self.slip.words.gettext
        paper.rule(4)
        paper.text(gettext("Given back"), LARGE, bold=True)
        paper.figure(words.money(refund.amount), self.slip.dots // 5)
        if refund.amount.currency != SAT:
            paper.figure(words.money(Money(refund.amount_sat, SAT)), self.slip.dots // 9, part=0.8)
        if refund.rate:
            paper.gap(8)
            paper.text(self.slip.rate(refund.rate), SMALL)

    def _proof(self, paper: Paper, refund: Refund) -> None:
        gettext, payment = self.slip.words.gettext, refund.payment
        paper.rule()
        paid = refund.proven_by(payment.preimage) if payment and payment.preimage else None
        if payment is None or payment.preimage is None or paid is None:
            paper.text(gettext("Marked as paid by hand: there is no proof of it."), TEXT, bold=True)
            return
        paper.text(gettext("Paid by Lightning"), TEXT, bold=True)
        paper.text(gettext("Payment hash"), SMALL)
        paper.digits(paid.payment_hash, SMALL)
        paper.text(gettext("Preimage"), SMALL)
        paper.digits(payment.preimage, SMALL)
        paper.text(gettext("The proof: SHA-256 of the preimage, read as 32 bytes, is the payment hash."), SMALL)

"""The receipt of a refund on a roll: all that is on its page, in whichever language and width, and no reason."""

from dataclasses import replace
from decimal import Decimal
from hashlib import sha256

import pytest

from pos.domain.money import SAT, Money
from pos.domain.rate import Rate
from pos.domain.refund import Refund, RefundInvoice, RefundPayment
from pos.printing.refund_slip import RefundSlip
from tests.printing.receipts import PREIMAGE, receipt, slip, written_by
from tests.printing.test_slip import black, on_paper

HASH = sha256(bytes.fromhex(PREIMAGE)).hexdigest()
PROVEN = RefundPayment(1_795_600_900, "Ben", PREIMAGE)
REFUND = Refund(
    *("r1", "s1", receipt().charge.channel, "till", Money(500, "EUR"), 10_000, "Cold", 1_795_600_800),
    rate=Rate("EUR", Decimal(95_000), 1_795_600_000, ("kraken",)),
    invoices=(RefundInvoice("lnbc1", HASH, 1_795_700_000, 1_795_600_800),),
    payment=PROVEN,
)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("dots", [576, 384])
def test_it_goes_through_the_printer_as_it_was_drawn(language: str, dots: int) -> None:
    picture = RefundSlip(slip(language, dots)).draw(receipt(language), REFUND, again=False)
    assert picture.width == dots
    assert black(on_paper(picture)) == black(picture)


def test_it_says_what_went_back_of_which_sale_and_proves_it_and_not_why() -> None:
    written = written_by(lambda it: RefundSlip(it).draw(receipt(), REFUND, again=False))
    at = written.index("Given back")
    assert written[at : at + 3] == ["Given back", "€5.00", "10,000 sat"]
    assert f"Refund of sale {receipt().charge.number}" in written
    assert "".join(written).replace(" ", "").count(HASH[-8:]) == 1
    assert "Preimage" in written
    assert "Cold" not in written
    assert "Printed again" not in written
    assert "Printed again" in written_by(lambda it: RefundSlip(it).draw(receipt(), REFUND, again=True))


def test_what_was_marked_by_hand_says_so() -> None:
    by_hand = replace(REFUND, payment=replace(PROVEN, preimage=None), amount=Money(10_000, SAT), rate=None)
    written = written_by(lambda it: RefundSlip(it).draw(receipt(), by_hand, again=False))
    assert "Marked as paid by hand: there is no proof of it." in " ".join(written)
    assert written.count("10,000 sat") == 1
    assert "Preimage" not in written

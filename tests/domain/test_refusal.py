"""What is told of something that is not done."""

import pytest

from pos.domain.memo import MemoError
from pos.domain.money import AmountError
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.rates import NoRate
from pos.store import StoreError
from pos.wallets.base import BadAnswer, InvoiceRefused, WalletBusy, WalletTimeout

TOO_MUCH = Sentence("That is too much.")


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (AmountError(TOO_MUCH), 422),
        (MemoError(TOO_MUCH), 422),
        (NoRate("all sources are down"), 503),
        (StoreError("disk full"), 503),
        (BadAnswer("no id"), 502),
        (InvoiceRefused("limit reached."), 502),
        (WalletTimeout("10 s"), 504),
        (WalletBusy("slow down", 7), 502),
    ],
    ids=lambda it: type(it).__name__,
)
def test_every_refusal_has_a_sentence_and_a_status(refusal: Refusal, status: int) -> None:
    assert str(refusal.sentence).endswith(".")
    assert refusal.status == status


def test_the_log_has_its_own_reason_where_there_is_one() -> None:
    assert str(NoRate("all sources are down")) == "all sources are down"
    assert str(AmountError(TOO_MUCH)) == "That is too much."

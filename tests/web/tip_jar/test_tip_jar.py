"""The tip jar: a public page with a message."""

from pos.shop import Shop
from tests.conftest import Cashier, stored


def test_a_message_becomes_the_memo_of_a_tip(cashier: Cashier, shop: Shop) -> None:
    answer = cashier.send("/tips", amount="2100", memo="Best tomatoes\nin town")
    assert stored(shop, answer.headers["Location"].removeprefix("/pay/")).memo == "Best tomatoes in town"


def test_a_message_that_is_too_long_is_kept_and_refused(cashier: Cashier) -> None:
    answer = cashier.send("/tips", amount="5000", memo="x" * 201)
    assert answer.status_code == 422
    assert "x" * 201 in answer.text
    assert 'value="5000" checked' in answer.text

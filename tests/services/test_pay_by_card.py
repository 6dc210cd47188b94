"""A card is held to the till: its issuer is asked once, and what it says is no payment."""

import json
import logging
from urllib.parse import parse_qs, urlsplit

import pytest

from pos.domain.card import MOST_TRIES, OPEN_FOR, CardTry
from pos.domain.charge import Channel, Charge, Status
from pos.domain.lnurl_service import NoAnswer
from pos.services.charge import charge
from pos.services.pay_by_card import CardRefused, Waiting, enter_pin, pay_by_card
from pos.shop import Shop
from tests.conftest import in_sat, stored
from tests.fakes import FakeClock, FakeLnurlServices

CARD = "lnurlw://card.example.com/x?p=5ec237&c=4567"
OFFER = {
    "tag": "withdrawRequest",
    "callback": "https://issuer.example.com/cb",
    "k1": "5ec237k1",
    "minWithdrawable": 1000,
    "maxWithdrawable": 50_000_000,
}
OK = b'{"status":"OK"}'
LATE = NoAnswer("no whole answer within 10 s")
UNREADABLE = "This card cannot be read. Tap again, or scan the code."
SILENT = "The card's issuer does not answer. Ask there, or tap again."


def offer(**changes: object) -> bytes:
    return json.dumps({**OFFER, **changes}).encode()


def error(reason: str) -> bytes:
    return json.dumps({"status": "ERROR", "reason": reason}).encode()


@pytest.fixture
def coffee(shop: Shop) -> Charge:
    return charge(shop, Channel.TILL, in_sat(2100), "k")


def refusal(shop: Shop, issuers: FakeLnurlServices, coffee: Charge, text: str = CARD) -> str:
    with pytest.raises(CardRefused) as caught:
        pay_by_card(shop, issuers, coffee, text)
    return str(caught.value.sentence)


def test_the_issuer_gets_the_invoice_and_ok_is_no_payment(shop: Shop, coffee: Charge) -> None:
    issuers = FakeLnurlServices([offer(), OK])
    assert pay_by_card(shop, issuers, coffee, CARD) is None
    first, second = issuers.asked
    assert first == "https://card.example.com/x?p=5ec237&c=4567"
    assert second.startswith("https://issuer.example.com/cb?")
    assert parse_qs(urlsplit(second).query) == {"k1": ["5ec237k1"], "pr": [coffee.invoice.payment_request]}
    assert stored(shop, coffee.id).status(shop.now()) is Status.OPEN
    assert shop.store.cards.last_try(coffee.id) == CardTry(1, shop.now())


def test_all_of_it_takes_thirty_seconds_at_most(shop: Shop, coffee: Charge, clock: FakeClock) -> None:
    issuers = FakeLnurlServices([offer(), OK], before_answer=lambda: clock.move(8))
    pay_by_card(shop, issuers, coffee, CARD)
    assert issuers.timeouts == [10, 22]


def test_a_clock_that_was_put_forward_leaves_the_issuer_a_moment(shop: Shop, coffee: Charge, clock: FakeClock) -> None:
    issuers = FakeLnurlServices([offer(), OK], before_answer=lambda: clock.move(3600))
    pay_by_card(shop, issuers, coffee, CARD)
    assert issuers.timeouts == [10, 1]


@pytest.mark.parametrize("text", ["", "04:a2:33", "lnurlw://127.0.0.1/x", "http://card.example.com/x"])
def test_what_is_no_cards_is_asked_nowhere_and_counts_for_nothing(shop: Shop, coffee: Charge, text: str) -> None:
    issuers = FakeLnurlServices([])
    assert refusal(shop, issuers, coffee, text) == UNREADABLE
    assert issuers.asked == []
    assert shop.store.cards.last_try(coffee.id) is None


@pytest.mark.parametrize(
    "answer",
    [b"<html>", offer(tag="payRequest"), offer(minWithdrawable=-1), offer(callback="https://10.0.0.1/"), LATE],
)
def test_whatever_is_wrong_with_the_first_answer_is_told_in_the_same_words(
    shop: Shop, coffee: Charge, answer: bytes | Exception
) -> None:
    issuers = FakeLnurlServices([answer])
    assert refusal(shop, issuers, coffee) == UNREADABLE
    assert len(issuers.asked) == 1
    # Another tap is tried at once.
    assert pay_by_card(shop, FakeLnurlServices([offer(), OK]), coffee, CARD) is None
    assert shop.store.cards.last_try(coffee.id) == CardTry(2, shop.now())


@pytest.mark.parametrize("limits", [{"minWithdrawable": 2_100_001}, {"maxWithdrawable": 2_099_999}])
def test_a_card_that_does_not_pay_the_amount_gets_no_invoice(
    shop: Shop, coffee: Charge, limits: dict[str, int]
) -> None:
    issuers = FakeLnurlServices([offer(**limits)])
    assert refusal(shop, issuers, coffee) == "This card does not pay this amount."
    assert len(issuers.asked) == 1
    assert shop.store.cards.last_try(coffee.id) == CardTry(1)


@pytest.mark.parametrize("answers", [[error("Tap again")], [offer(), error("Tap again")]])
def test_the_issuers_reason_is_told_and_another_card_may_be_tried(
    shop: Shop, coffee: Charge, answers: list[bytes | Exception]
) -> None:
    assert refusal(shop, FakeLnurlServices([*answers]), coffee) == "The card's issuer refuses: Tap again"
    assert shop.store.cards.last_try(coffee.id) == CardTry(1)


def test_an_issuer_may_give_no_reason(shop: Shop, coffee: Charge) -> None:
    assert refusal(shop, FakeLnurlServices([error("")]), coffee) == "The card's issuer refuses."


@pytest.mark.parametrize("answer", [LATE, b"<html>", b"{}"])
def test_an_issuer_that_has_the_invoice_and_says_nothing_may_be_paying(
    shop: Shop, coffee: Charge, clock: FakeClock, answer: bytes | Exception
) -> None:
    """So nobody else is asked to, until it has had its time."""
    assert refusal(shop, FakeLnurlServices([offer(), answer]), coffee) == SILENT
    issuers = FakeLnurlServices([offer(), OK])
    assert refusal(shop, issuers, coffee) == "A card is being tried. Wait a moment."
    assert issuers.asked == []
    clock.move(OPEN_FOR)
    assert pay_by_card(shop, issuers, coffee, CARD) is None


def test_a_second_card_does_not_get_the_invoice_while_the_first_is_tried(shop: Shop, coffee: Charge) -> None:
    second = FakeLnurlServices([offer(), OK])

    def meanwhile() -> None:
        assert refusal(shop, second, coffee) == "A card is being tried. Wait a moment."

    pay_by_card(shop, FakeLnurlServices([offer(), OK], before_answer=meanwhile), coffee, CARD)
    assert second.asked == []


def test_ten_cards_are_enough_for_one_sale(shop: Shop, coffee: Charge) -> None:
    for _ in range(MOST_TRIES):
        refusal(shop, FakeLnurlServices([error("no")]), coffee)
    issuers = FakeLnurlServices([])
    assert refusal(shop, issuers, coffee) == "Too many cards were tried for this sale. Scan the code."


def test_above_its_limit_a_card_waits_for_its_pin_and_its_issuer_is_not_asked_yet(shop: Shop, coffee: Charge) -> None:
    issuers = FakeLnurlServices([offer(pinLimit=2_100_000), OK])
    waiting = pay_by_card(shop, issuers, coffee, CARD)
    assert waiting and len(issuers.asked) == 1
    enter_pin(shop, issuers, coffee, waiting, "0123")
    assert parse_qs(urlsplit(issuers.asked[1]).query)["pin"] == ["0123"]
    assert shop.store.cards.last_try(coffee.id) == CardTry(2, shop.now())


def wait_for_pin(shop: Shop, coffee: Charge) -> Waiting:
    waiting = pay_by_card(shop, FakeLnurlServices([offer(pinLimit=0)]), coffee, CARD)
    assert waiting
    return waiting


def pin_refusal(shop: Shop, issuers: FakeLnurlServices, coffee: Charge, waiting: Waiting, pin: str = "0123") -> str:
    with pytest.raises(CardRefused) as caught:
        enter_pin(shop, issuers, coffee, waiting, pin)
    return str(caught.value.sentence)


@pytest.mark.parametrize("pin", ["", "123456789", "12a4", "1&k1=2"])
def test_what_is_no_pin_goes_nowhere(shop: Shop, coffee: Charge, pin: str) -> None:
    waiting, issuers = wait_for_pin(shop, coffee), FakeLnurlServices([])
    assert pin_refusal(shop, issuers, coffee, waiting, pin) == ("A PIN has one to eight figures. Tap the card again.")


def test_a_wrong_pin_is_used_up_as_the_card_is(shop: Shop, coffee: Charge) -> None:
    waiting, issuers = wait_for_pin(shop, coffee), FakeLnurlServices([error("wrong PIN"), OK])
    assert pin_refusal(shop, issuers, coffee, waiting) == "The card's issuer refuses: wrong PIN"
    assert pin_refusal(shop, issuers, coffee, waiting) == "This PIN came too late. Tap the card again."
    assert len(issuers.asked) == 1


def test_a_pin_is_too_late_once_another_card_was_tried(shop: Shop, coffee: Charge) -> None:
    waiting = wait_for_pin(shop, coffee)
    pay_by_card(shop, FakeLnurlServices([offer(), OK]), coffee, CARD)
    assert pin_refusal(shop, FakeLnurlServices([]), coffee, waiting) == "This PIN came too late. Tap the card again."


@pytest.mark.parametrize(
    "answers",
    [
        [offer(), OK],
        [offer(), error("no")],
        [offer(), LATE],
        [b"<html>"],
        [offer(callback="https://10.0.0.1/5ec237")],
        [error("no")],
    ],
)
def test_the_log_says_what_came_of_a_card_and_nothing_of_the_card(
    shop: Shop, coffee: Charge, answers: list[bytes | Exception], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        try:
            pay_by_card(shop, FakeLnurlServices([*answers]), coffee, CARD)
        except CardRefused as refused:
            assert "5ec237" not in str(refused)
    assert f"charge {coffee.id}: " in caplog.text
    assert "5ec237" not in caplog.text
    assert "example.com" not in caplog.text


def test_the_log_says_why_a_card_was_not_read(shop: Shop, coffee: Charge, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        refusal(shop, FakeLnurlServices([]), coffee, "lnurlw://5ec237.onion/x")
        refusal(shop, FakeLnurlServices([NoAnswer("its host is not at a public address")]), coffee)
    assert "its address is an .onion one" in caplog.text
    assert "its host is not at a public address" in caplog.text
    assert "5ec237" not in caplog.text

"""A card that is held to the till or the kiosk, from the tap to the words on the page."""

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pos.domain.card import OPEN_FOR, CardTry
from pos.domain.charge import Channel, Charge
from pos.domain.lnurl_service import LnurlServices, NoAnswer
from pos.services.cancel import cancel
from pos.services.charge import charge
from pos.settings import Settings
from pos.shop import Shop
from pos.store import StoreError
from pos.web.pay.pin_seal import MAX_AGE
from tests.certificates import Certificate, self_signed
from tests.conftest import Cashier, hidden_fields, in_sat, stored, without_chance
from tests.fakes import FakeClock, FakeLnurlServices, FakeWallet
from tests.issuer import Issuer, issuing

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")

CARD = "lnurlw://card.example/x?p=5ec237"
OK = b'{"status":"OK"}'
NO = b'{"status":"ERROR","reason":"<b>Empty</b>"}'
AT_THE_SHOP = (Channel.TILL, Channel.KIOSK)
ELSEWHERE = (Channel.TIPS, Channel.API, Channel.LNURL)
TRIED = "A card is being tried. Not paid yet."


def offer(**changes: object) -> bytes:
    said = {"tag": "withdrawRequest", "callback": "https://card.example/cb", "k1": "5ec237k1"}
    return json.dumps({**said, "minWithdrawable": 1, "maxWithdrawable": 50_000_000, **changes}).encode()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, card="on")


@pytest.fixture
def issuers() -> FakeLnurlServices:
    return FakeLnurlServices([offer(), OK])


@pytest.fixture
def shop(app: Flask, issuers: FakeLnurlServices) -> Shop:
    shop: Shop = replace(app.extensions["shop"], issuers=issuers)
    app.extensions["shop"] = shop
    return shop


@pytest.fixture
def coffee(shop: Shop) -> Charge:
    return charge(shop, Channel.TILL, in_sat(2100), "k")


def tap(cashier: Cashier, made: Charge, **typed: str) -> TestResponse:
    return cashier.send(f"/pay/{made.id}/card", cashier.open(f"/pay/{made.id}?card"), **(typed or {"card": CARD}))


def says(page: TestResponse | str) -> str:
    """Return what stands in the place where the page says how it is."""
    text = page if isinstance(page, str) else page.text
    found = re.search(r'<div class="status".*?</div>', text, re.DOTALL)
    assert found
    return unescape(
        re.sub(r"<svg.*?</svg>|<p class=\"band (?:silent|conn|still).*|<[^>]*>", "", found[0], flags=re.DOTALL)
    )


@pytest.mark.parametrize("channel", AT_THE_SHOP)
def test_a_card_leads_back_to_the_page_that_waits_for_the_wallet(
    cashier: Cashier, shop: Shop, issuers: FakeLnurlServices, wallet: FakeWallet, clock: FakeClock, channel: Channel
) -> None:
    made = charge(shop, channel, in_sat(2100), "k")
    answer = tap(cashier, made)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/pay/{made.id}")
    assert len(issuers.asked) == 2
    assert cashier.status(made.id)["status"] == "open"
    assert TRIED in says(cashier.client.get(f"/pay/{made.id}"))
    wallet.settle(made.invoice, 2100)
    clock.move(1)
    assert cashier.status(made.id)["status"] == "paid"


def test_an_issuer_that_has_not_paid_in_time_is_told_of(cashier: Cashier, coffee: Charge, clock: FakeClock) -> None:
    tap(cashier, coffee)
    clock.move(OPEN_FOR - 1)
    page = cashier.client.get(f"/pay/{coffee.id}").text
    assert TRIED in says(page)
    assert 'data-card-again="1"' in page
    clock.move(1)
    page = cashier.client.get(f"/pay/{coffee.id}").text
    assert "The card has not paid. Ask its issuer, or tap again." in says(page)
    assert "data-card-again" not in page


def test_of_a_card_that_failed_nothing_is_said_later(
    cashier: Cashier, coffee: Charge, issuers: FakeLnurlServices
) -> None:
    issuers.answers = [NO]
    answer = tap(cashier, coffee)
    assert answer.status_code == 422
    assert "The card's issuer refuses: <b>Empty</b>" in says(answer)
    assert "<b>Empty" not in answer.text
    # It may be tapped again at once, and the code goes on.
    assert 'name="card"' in answer.text
    assert "QR code of the Lightning invoice" in answer.text
    assert "The screen turns green when it is paid." in says(cashier.client.get(f"/pay/{coffee.id}"))


def test_an_issuer_that_does_not_answer_is_a_wait_that_ran_out(
    cashier: Cashier, coffee: Charge, issuers: FakeLnurlServices
) -> None:
    issuers.answers = [offer(), NoAnswer("late")]
    answer = tap(cashier, coffee)
    assert answer.status_code == 504
    assert "does not answer" in says(answer)
    assert CARD not in answer.text


@pytest.mark.parametrize("channel", ELSEWHERE)
def test_elsewhere_there_is_no_card(cashier: Cashier, shop: Shop, issuers: FakeLnurlServices, channel: Channel) -> None:
    made = charge(shop, channel, in_sat(2100), "k")
    page = cashier.client.get(f"/pay/{made.id}?card").text
    assert "card" not in without_chance(page)
    assert cashier.send(f"/pay/{made.id}/card", cashier.open("/"), card=CARD).status_code == 404
    assert issuers.asked == []


@pytest.mark.parametrize("channel", AT_THE_SHOP)
def test_a_shop_that_takes_no_cards_has_no_door_for_them(
    cashier: Cashier, app: Flask, shop: Shop, channel: Channel
) -> None:
    app.extensions["shop"] = replace(shop, issuers=None)
    made = charge(shop, channel, in_sat(2100), "k")
    assert "card" not in without_chance(cashier.client.get(f"/pay/{made.id}?card").text)
    assert tap(cashier, made).status_code == 404


def test_cards_are_taken_where_the_setting_says_so_and_nowhere_else(app: Flask) -> None:
    assert Settings.card == "off"
    with socket.create_server(("127.0.0.1", 0)) as router, pytest.raises(NoAnswer) as caught:
        app.extensions["shop"].issuers.ask(f"https://localhost:{router.getsockname()[1]}/", 5)
    assert str(caught.value) == "its host is not at a public address"


def test_a_sale_that_is_over_shows_what_became_of_it(
    cashier: Cashier, shop: Shop, coffee: Charge, issuers: FakeLnurlServices
) -> None:
    fields = cashier.open(f"/pay/{coffee.id}?card")
    cancel(shop, coffee)
    answer = cashier.send(f"/pay/{coffee.id}/card", fields, card=CARD)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/pay/{coffee.id}")
    assert issuers.asked == []
    assert "card" not in without_chance(cashier.client.get(f"/pay/{coffee.id}?card").text)


def test_no_such_sale_has_no_card(cashier: Cashier) -> None:
    assert cashier.send("/pay/nothing/card", cashier.open("/"), card=CARD).status_code == 404


def test_another_sites_form_tries_no_card_and_the_page_does_not_repeat_it(
    client: FlaskClient, coffee: Charge, issuers: FakeLnurlServices
) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {}):
        fields = {"card": CARD, "pin": "739182", "seal": "5ea1ed"}
        answer = client.post(f"/pay/{coffee.id}/card", data=fields, headers=headers)
        assert answer.status_code == 400
        assert not any(secret in answer.text for secret in ("5ec237", "739182", "5ea1ed"))
    assert issuers.asked == []


def test_one_address_has_so_many_cards_a_minute(cashier: Cashier, coffee: Charge) -> None:
    for _ in range(30):
        assert tap(cashier, coffee, card="nothing").status_code == 422
    answer = tap(cashier, coffee)
    assert answer.status_code == 429
    assert "too often" in says(answer)
    assert answer.headers["Retry-After"]
    assert "QR code of the Lightning invoice" in answer.text


def test_where_the_book_fails_the_page_asks_for_no_other_card(
    cashier: Cashier, shop: Shop, coffee: Charge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("away")

    monkeypatch.setattr(shop.store.cards, "begin", fail)
    answer = tap(cashier, coffee)
    assert answer.status_code == 503
    assert "Paid already? Do not pay again." in answer.text
    assert 'name="card"' not in answer.text


# What the page has for it


@pytest.mark.parametrize("channel", AT_THE_SHOP)
def test_the_page_leads_to_a_field_for_a_card_without_a_script(cashier: Cashier, shop: Shop, channel: Channel) -> None:
    made = charge(shop, channel, in_sat(2100), "k")
    page = cashier.client.get(f"/pay/{made.id}").text
    assert 'href="?card"' in page
    assert 'name="card"' not in page
    assert f'content="3;url=/pay/{made.id}"' in page
    opened = cashier.client.get(f"/pay/{made.id}?card").text
    assert f'action="/pay/{made.id}/card"' in opened
    # Whoever types is not disturbed, and still gets to know of a payment.
    assert f'content="60;url=/pay/{made.id}"' in opened


# The PIN


@pytest.fixture
def asked_for_pin(cashier: Cashier, coffee: Charge, issuers: FakeLnurlServices) -> str:
    issuers.answers = [offer(pinLimit=2_100_000), OK]
    answer = tap(cashier, coffee)
    assert answer.status_code == 200
    return answer.text


def enter(cashier: Cashier, coffee: Charge, page: str, pin: str = "0123") -> TestResponse:
    return cashier.send(f"/pay/{coffee.id}/card", hidden_fields(page), pin=pin)


def test_above_its_limit_the_page_asks_for_the_pin_and_shows_the_amount(
    cashier: Cashier, coffee: Charge, issuers: FakeLnurlServices, asked_for_pin: str
) -> None:
    assert 'type="password"' in asked_for_pin
    assert "Pay 2,100\u00a0sat" in asked_for_pin
    assert len(issuers.asked) == 1
    answer = enter(cashier, coffee, asked_for_pin)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/pay/{coffee.id}")
    assert issuers.asked[1].endswith("&pin=0123")


def test_the_page_holds_nothing_that_could_be_spent(asked_for_pin: str) -> None:
    assert "5ec237" not in asked_for_pin
    assert "card.example" not in asked_for_pin


def test_a_pin_may_come_to_another_process(
    cashier: Cashier, app: Flask, shop: Shop, coffee: Charge, asked_for_pin: str
) -> None:
    other = FakeLnurlServices([OK])
    app.extensions["shop"] = replace(shop, issuers=other)
    assert enter(cashier, coffee, asked_for_pin).status_code == 303
    assert len(other.asked) == 1


@pytest.mark.parametrize(("seconds", "status"), [(-1, 303), (MAX_AGE, 303), (MAX_AGE + 1, 409)])
def test_a_pin_comes_within_a_minute(
    cashier: Cashier, coffee: Charge, asked_for_pin: str, clock: FakeClock, seconds: int, status: int
) -> None:
    clock.move(seconds)
    answer = enter(cashier, coffee, asked_for_pin)
    assert answer.status_code == status
    if status == 409:
        assert "This PIN came too late. Tap the card again." in says(answer)


def test_what_waits_for_a_pin_is_one_charges_and_the_tills(
    cashier: Cashier, shop: Shop, coffee: Charge, issuers: FakeLnurlServices, asked_for_pin: str
) -> None:
    other = charge(shop, Channel.TILL, in_sat(2100), "other")
    # It stands as this one does: one card was tried, and is not any more.
    shop.store.cards.begin(other.id, shop.now())
    shop.store.cards.fail(other.id, 1)
    assert enter(cashier, other, asked_for_pin).status_code == 409
    forged = cashier.send(f"/pay/{coffee.id}/card", {**hidden_fields(asked_for_pin), "seal": "forged"}, pin="1")
    assert forged.status_code == 409
    assert len(issuers.asked) == 1


def test_a_pin_is_sent_once_and_stands_nowhere(
    cashier: Cashier, coffee: Charge, issuers: FakeLnurlServices, caplog: pytest.LogCaptureFixture
) -> None:
    issuers.answers = [offer(pinLimit=0), NO]
    with caplog.at_level("DEBUG"):
        page = tap(cashier, coffee).text
        answer = enter(cashier, coffee, page, "739182")
    assert answer.status_code == 422
    assert "739182" not in answer.text + caplog.text
    assert enter(cashier, coffee, page, "739182").status_code == 409
    assert len(issuers.asked) == 2


# An issuer at the other end of a wire


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("issuer"))


@pytest.fixture
def issuer(app: Flask, shop: Shop, certificate: Certificate) -> Iterator[Issuer]:
    issuer = Issuer()
    with issuing(issuer, certificate) as found:
        app.extensions["shop"] = replace(shop, issuers=found)
        yield issuer


def test_a_tap_pays_once_at_an_issuer_that_is_really_there(cashier: Cashier, coffee: Charge, issuer: Issuer) -> None:
    card = issuer.tap()
    assert tap(cashier, coffee, card=card).status_code == 303
    assert issuer.invoices == [coffee.invoice.payment_request]


def test_a_tap_that_was_used_is_refused_by_its_issuer(
    cashier: Cashier, shop: Shop, coffee: Charge, issuer: Issuer
) -> None:
    card, tea = issuer.tap(), charge(shop, Channel.TILL, in_sat(300), "tea")
    tap(cashier, tea, card=card)
    assert "This tap was used already." in says(tap(cashier, coffee, card=card))
    assert issuer.invoices == [tea.invoice.payment_request]


@pytest.mark.parametrize("callback", ["https://192.168.1.1/reboot", "http://card.example/pay", "https://router.lan/"])
def test_an_issuer_does_not_send_the_till_into_the_shops_network(
    cashier: Cashier, coffee: Charge, issuer: Issuer, callback: str
) -> None:
    issuer.callback = callback
    answer = tap(cashier, coffee, card=issuer.tap())
    assert answer.status_code in (422, 504)
    assert issuer.invoices == []


def test_nor_anywhere_by_a_redirect(cashier: Cashier, coffee: Charge, issuer: Issuer) -> None:
    issuer.redirects = True
    assert "This card cannot be read." in says(tap(cashier, coffee, card=issuer.tap()))


@dataclass
class InAHurry:
    """Gives issuers a twentieth of their time."""

    issuers: LnurlServices

    def ask(self, url: str, timeout: float) -> bytes:
        return self.issuers.ask(url, timeout / 20)


def test_an_issuer_that_hangs_is_given_up_and_may_still_pay(
    cashier: Cashier, app: Flask, shop: Shop, coffee: Charge, issuer: Issuer
) -> None:
    issuer.silent = True
    app.extensions["shop"] = replace(shop, issuers=InAHurry(app.extensions["shop"].issuers))
    answer = tap(cashier, coffee, card=issuer.tap())
    assert answer.status_code == 504
    assert "The card's issuer does not answer. Ask there, or tap again." in says(answer)
    assert "A card is being tried. Wait a moment." in says(tap(cashier, coffee, card=issuer.tap()))
    assert cashier.status(coffee.id)["status"] == "open"


def test_with_the_right_pin_it_pays_and_with_a_wrong_one_it_does_not(
    cashier: Cashier, shop: Shop, coffee: Charge, issuer: Issuer
) -> None:
    issuer.pin = "4821"
    assert "The PIN is wrong." in says(enter(cashier, coffee, tap(cashier, coffee, card=issuer.tap()).text, "1111"))
    assert issuer.invoices == []
    assert enter(cashier, coffee, tap(cashier, coffee, card=issuer.tap()).text, "4821").status_code == 303
    assert issuer.invoices == [coffee.invoice.payment_request]
    assert stored(shop, coffee.id).payment is None
    assert shop.store.cards.last_try(coffee.id) == CardTry(4, shop.now())

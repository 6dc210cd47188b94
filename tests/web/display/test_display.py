"""The customer's screen: what a till charges, on another device, where nothing can be done."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pos import close, create_app
from pos.domain.charge import Channel, Charge
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.services.cancel import cancel
from pos.services.charge import charge, charge_again
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from pos.wallets.base import WalletUnreachable
from tests.conftest import stored
from tests.fakes import FakeClock, FakeRates, FakeWallet

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")

ACTS = re.compile(r"<(?:a|button|form|input|select|textarea|summary|details)\b")


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


@pytest.fixture
def app(settings: Settings, wallet: FakeWallet, clock: FakeClock, rates: FakeRates) -> Iterator[Flask]:
    """A shop with two tills."""
    app = create_app(replace(settings, tills=("till", "bar")), wallet=wallet, clock=clock, running=clock, rates=rates)
    yield app
    close(app)


def sell(shop: Shop, till: str = "till", memo: str = "2 flat whites", key: str = "k") -> Charge:
    return charge(shop, Channel.TILL, Sale(Money(1250, "EUR"), memo, till=till), key)


def pay(wallet: FakeWallet, clock: FakeClock, made: Charge, received: int = 25_000) -> None:
    wallet.settle(made.invoice, received)
    # Looked at, the wallet is asked at most once a second.
    clock.move(1)


def test_without_a_sale_it_bids_welcome(client: FlaskClient) -> None:
    page = client.get("/screen/till").text
    assert "Welcome" in page
    assert "data-state" not in page.split(">", 2)[1]
    assert client.get("/screen/till/status").get_json() == {"version": "idle", "left": None}


def test_an_open_sale_is_shown_with_all_that_a_customer_needs(client: FlaskClient, shop: Shop) -> None:
    sell(shop)
    page = client.get("/screen/till").text
    assert 'data-state="open"' in page
    for text in ("25,000", "€12.50", "2 flat whites", "10:00", "data:image/png;base64,"):
        assert text in page


@pytest.mark.parametrize("outcome", ["open", "paid", "less", "expired", "idle"])
def test_nobody_can_act_or_learn_how_to(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock, outcome: str
) -> None:
    made = sell(shop, "bar" if outcome == "idle" else "till")
    if outcome in ("paid", "less"):
        pay(wallet, clock, made, 25_000 if outcome == "paid" else 24_000)
    if outcome == "expired":
        clock.move(600)
    page = client.get("/screen/till").text
    status = client.get("/screen/till/status").text
    assert f'data-status="{"paid" if outcome == "less" else outcome}"' in page
    assert not ACTS.search(page)
    for secret in (made.id, made.invoice.payment_request, made.invoice.payment_hash, made.invoice.id, "lightning:"):
        assert secret not in page
        assert secret not in status


def test_a_payment_turns_it_green_and_it_says_so_under_another_name(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    made = sell(shop)
    first = client.get("/screen/till/status").get_json()
    assert first["left"] == 600
    pay(wallet, clock, made)
    second = client.get("/screen/till/status").get_json()
    assert second["version"] != first["version"]
    assert second["left"] is None
    page = client.get("/screen/till").text
    assert 'data-state="paid"' in page
    assert "Thank you!" in page
    assert f'data-version="{second["version"]}"' in page


def test_money_that_is_less_than_asked_is_not_thanked_for(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    pay(wallet, clock, sell(shop), 24_000)
    page = client.get("/screen/till").text
    assert "Less than asked" in page
    assert "24,000" in page
    assert "Thank you!" not in page


def test_after_the_time_nothing_is_left_to_pay(client: FlaskClient, shop: Shop, clock: FakeClock) -> None:
    sell(shop)
    clock.move(600)
    page = client.get("/screen/till").text
    assert 'data-state="expired"' in page
    assert "Please do not pay it any more." in page
    assert "data:image/png" not in page


def test_a_minute_after_the_end_it_bids_welcome_again(client: FlaskClient, shop: Shop, clock: FakeClock) -> None:
    sell(shop)
    clock.move(600)
    assert "This invoice has expired" in client.get("/screen/till").text
    clock.move(60)
    assert "Welcome" in client.get("/screen/till").text


def test_a_cancelled_sale_is_gone_at_once(client: FlaskClient, shop: Shop) -> None:
    cancel(shop, sell(shop))
    assert "Welcome" in client.get("/screen/till").text


@pytest.mark.parametrize(
    ("is_cancelled", "said"), [(True, "After the sale was cancelled"), (False, "After the time was up")]
)
def test_late_money_is_told_after_what_it_came(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock, is_cancelled: bool, said: str
) -> None:
    made = sell(shop)
    if is_cancelled:
        cancel(shop, made)
    clock.move(60 if is_cancelled else 610)
    pay(wallet, clock, made, 25_000)
    settle(shop, made)
    page = client.get("/screen/till").text
    assert said in page
    assert page.count("After the") == 1


def test_each_till_has_a_screen_of_its_own(client: FlaskClient, shop: Shop) -> None:
    sell(shop, "bar")
    assert 'data-status="idle"' in client.get("/screen/till").text
    assert 'data-status="open"' in client.get("/screen/bar").text


@pytest.mark.parametrize("path", ["/screen/kitchen", "/screen/kitchen/status", "/screen/", "/screen"])
def test_a_till_that_is_not_there_has_none(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_watch_asks_for_what_a_customer_looks_at(client: FlaskClient, shop: Shop) -> None:
    made = sell(shop)
    client.get("/screen/till/status")
    assert made.id in shop.presence.take([], shop.clock())


def test_a_sale_in_sat_without_a_rate_has_no_other_amount(client: FlaskClient, shop: Shop, rates: FakeRates) -> None:
    rates.price = None
    charge(shop, Channel.TILL, Sale(Money(2100, SAT), till="till"), "k")
    page = client.get("/screen/till").text
    assert "2,100" in page
    assert "€" not in page


def test_without_a_script_it_looks_again_by_itself(client: FlaskClient) -> None:
    assert (
        '<noscript><meta http-equiv="refresh" content="2;url=/screen/till"></noscript>'
        in client.get("/screen/till").text
    )


def test_a_wallet_that_does_not_answer_changes_nothing(client: FlaskClient, shop: Shop, wallet: FakeWallet) -> None:
    sell(shop)
    wallet.fail_with = WalletUnreachable("down")
    assert 'data-state="open"' in client.get("/screen/till").text
    assert client.get("/screen/till/status").get_json()["left"] == 600


def renew(shop: Shop, ended: Charge) -> Charge:
    """Ask for a new invoice of a sale, as anybody can who knows its address."""
    return charge_again(shop, stored(shop, ended.id))


def test_a_new_invoice_of_an_older_sale_does_not_come_over_the_present_one(
    client: FlaskClient, shop: Shop, clock: FakeClock, wallet: FakeWallet
) -> None:
    old = sell(shop, memo="of the morning", key="k1")
    clock.move(3600)
    present = sell(shop, memo="of now", key="k2")
    clock.move(5)
    renewed = renew(shop, old)
    assert "of now" in client.get("/screen/till").text
    pay(wallet, clock, present)
    page = client.get("/screen/till").text
    assert 'data-state="paid"' in page
    assert "of the morning" not in page
    # Once the customer of now is gone, the till's own new invoice is shown; and its payment at any time.
    clock.move(60)
    assert "of the morning" in client.get("/screen/till").text
    pay(wallet, clock, renewed)
    assert 'data-state="paid"' in client.get("/screen/till").text


def test_a_sale_of_yesterday_is_older_than_any_of_today(client: FlaskClient, shop: Shop, clock: FakeClock) -> None:
    old = sell(shop, memo="of yesterday", key="k1")
    clock.move(25 * 3600)
    sell(shop, memo="of today", key="k2")
    clock.move(5)
    renew(shop, old)
    assert "of today" in client.get("/screen/till").text


def test_a_new_invoice_of_the_present_sale_is_shown(client: FlaskClient, shop: Shop, clock: FakeClock) -> None:
    sell(shop, memo="of before", key="k1")
    clock.move(10)
    present = sell(shop, memo="of now", key="k2")
    clock.move(610)
    renewed = renew(shop, present)
    page = client.get("/screen/till").text
    assert 'data-state="open"' in page
    assert "of now" in page
    assert renewed.attempt == 2

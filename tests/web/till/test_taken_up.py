"""A sale that somebody steps back to stands at the till as it was typed, ready to be changed."""

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from pos.domain.charge import Channel
from pos.domain.money import SAT, Money
from pos.domain.sale import Line, Sale
from pos.services.charge import charge, charge_again
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from pos.web.sale_token import seal
from tests.conftest import Cashier, hidden_fields
from tests.fakes import FakeClock, FakeRates, FakeWallet

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")

LUNCH = Sale(Money(1625, "EUR"), "Tea & cake", till="till", lines=(Line(250), Line(1250), Line(125)))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, currency="EUR", tills=("till", "bar"))


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


def typed(page: str) -> tuple[str, list[str], str, str]:
    """Read the unit, the tape, the amount and the memo of a till's page."""
    unit = re.search(r'name="unit" value="(\w+)"[^>]* checked', page)
    amount = re.search(r'name="amount"[^>]* value="([^"]*)"', page)
    memo = re.search(r'name="memo"[^>]*?(?: value="([^"]*)")?>', page)
    assert unit
    assert amount
    assert memo
    return unit[1], re.findall(r'name="line" value="([^"]*)"', page), amount[1], memo[1] or ""


EMPTY: tuple[str, list[str], str, str] = ("EUR", [], "", "")


def test_a_sale_stands_there_as_it_was_typed_with_a_new_key(client: FlaskClient, shop: Shop) -> None:
    made = charge(shop, Channel.TILL, LUNCH, "key")
    page = client.get(f"/?sale={made.id}").text
    assert typed(page) == ("EUR", ["2.50", "12.50"], "1.25", "Tea &amp; cake")
    assert hidden_fields(page)["key"] != "key"
    assert "€16.25" in page


def test_amounts_are_written_as_the_reader_types_them(client: FlaskClient, shop: Shop) -> None:
    client.set_cookie("language", "de")
    made = charge(shop, Channel.TILL, replace(LUNCH, price=Money(123456, "EUR"), lines=()), "key")
    assert typed(client.get(f"/?sale={made.id}").text)[:3] == ("EUR", [], "1234,56")


def test_what_was_typed_in_sat_is_in_sat_and_has_no_tip(client: FlaskClient, shop: Shop) -> None:
    made = charge(shop, Channel.TILL, Sale(Money(4200, SAT), "", 420, "till"), "key")
    assert typed(client.get(f"/?sale={made.id}").text) == ("SAT", [], "4200", "")


def test_from_the_tip_step_it_comes_back_before_anything_was_charged(client: FlaskClient) -> None:
    with client.application.test_request_context():
        token = seal(LUNCH, "key")
    offer = client.get(f"/tip/{token}").text
    assert f'href="/?sale={token}"' in offer
    assert typed(client.get(f"/?sale={token}").text)[1] == ["2.50", "12.50"]


def test_a_sale_that_was_paid_is_over(client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock) -> None:
    first = charge(shop, Channel.TILL, LUNCH, "key")
    with client.application.test_request_context():
        token = seal(LUNCH, "key")
    clock.move(shop.settings.invoice_expiry)
    second = charge_again(shop, first)
    wallet.settle(second.invoice, second.amount_sat)
    settle(shop, second)
    for name in (first.id, second.id, token):
        assert typed(client.get(f"/?sale={name}").text) == EMPTY


def test_what_is_none_of_this_tills_sales_is_an_empty_till(client: FlaskClient, shop: Shop) -> None:
    kiosk = charge(shop, Channel.KIOSK, Sale(Money(2100, SAT)), "key")
    bar = charge(shop, Channel.TILL, replace(LUNCH, till="bar"), "key")
    with client.application.test_request_context():
        token = seal(LUNCH, "key 2")
    for name in (kiosk.id, bar.id, "nothing", "%00", token[:-1], ""):
        assert typed(client.get(f"/?sale={name}").text) == EMPTY
    assert typed(client.get(f"/till/bar?sale={bar.id}").text)[2] == "1.25"


def test_a_token_of_yesterday_is_an_empty_till(client: FlaskClient, clock: FakeClock) -> None:
    with client.application.test_request_context():
        token = seal(LUNCH, "key")
    clock.move(24 * 60 * 60 + 1)
    assert typed(client.get(f"/?sale={token}").text) == EMPTY


def test_without_a_script_cancel_and_back_change_the_sale(cashier: Cashier) -> None:
    charge_id = cashier.send(amount="12", memo="Tea", unit="EUR").headers["Location"].removeprefix("/pay/")
    answer = cashier.send(f"/pay/{charge_id}/cancel", cashier.open(f"/pay/{charge_id}"))
    page = cashier.client.get(answer.headers["Location"]).text
    assert typed(page) == ("EUR", [], "12.00", "Tea")
    again = cashier.send("/", hidden_fields(page), amount="13", memo="Tea", unit="EUR")
    assert again.status_code == 303
    assert again.headers["Location"] != f"/pay/{charge_id}"


def test_a_till_whose_database_is_away_is_there_all_the_same(client: FlaskClient, shop: Shop) -> None:
    made = charge(shop, Channel.TILL, LUNCH, "key")
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    assert typed(client.get(f"/?sale={made.id}").text) == EMPTY

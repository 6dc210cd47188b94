"""The last sales, as the till shows them."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pos.domain.charge import Channel
from pos.domain.money import Money
from pos.domain.sale import Sale
from pos.services.cancel import cancel
from pos.services.charge import charge
from pos.services.recent import SALES
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from tests.conftest import Cashier, stored
from tests.fakes import FakeClock, FakeRates, FakeWallet

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, tills=("counter", "bar"))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 11, 24, 12).timestamp())


def sell(cashier: Cashier, amount: str = "2100", path: str = "/", unit: str = "SAT", memo: str = "") -> str:
    answer = cashier.send(path, amount=amount, unit=unit, memo=memo)
    assert answer.status_code == 303
    return answer.headers["Location"]


def listed(client: FlaskClient, path: str = "/") -> list[tuple[str, str, str]]:
    """Read the list: where each sale leads, its amount, and what became of it."""
    page = client.get(path).text
    stub = (
        r'<li>\s*<a href="([^"]+)"[^>]*><time[^>]*>[^<]+</time><i>[^<]+</i><span><b>([^<]+)</b>'
        r".*?</span><em[^>]*>([^<]+)</em>"
    )
    stubs = re.findall(stub, page, re.DOTALL)
    return [(href, unescape(amount), words) for href, amount, words in stubs]


def test_each_sale_leads_to_its_pay_page_the_newest_first(cashier: Cashier, clock: FakeClock) -> None:
    first = sell(cashier)
    clock.move(60)
    second = sell(cashier, "12.50", unit="EUR")
    assert listed(cashier.client) == [(second, "€12.50", "open"), (first, "2,100\u00a0sat", "open")]


def test_each_sale_has_its_number_as_one_reads_it_out(cashier: Cashier, shop: Shop) -> None:
    number = stored(shop, sell(cashier).rsplit("/", 1)[1]).number
    assert number
    assert f"<i>{number.count}</i>" in cashier.client.get("/").text


def test_the_time_of_day_is_told(cashier: Cashier) -> None:
    sell(cashier)
    assert "<time>12:00\u202fPM</time>" in cashier.client.get("/").text


def test_once_the_shop_has_another_time_zone_so_have_the_times_of_the_list(
    cashier: Cashier, app: Flask, shop: Shop
) -> None:
    sell(cashier)
    for zone, told in (("Europe/Berlin", "1:00"), ("Asia/Tokyo", "9:00")):
        app.extensions["shop"] = replace(shop, settings=replace(shop.settings, timezone=ZoneInfo(zone)))
        assert f"<time>{told}\u202fPM</time>" in cashier.client.get("/recent").text


def test_the_list_leads_to_where_its_reader_has_the_till(cashier: Cashier) -> None:
    sale = sell(cashier)
    for root in ("", "/shop", ""):
        page = cashier.client.get("/recent", environ_overrides={"SCRIPT_NAME": root}).text
        assert f'href="{root}{sale}"' in page


def test_each_reader_has_the_list_in_his_own_language(cashier: Cashier) -> None:
    sell(cashier)
    for code, words in (("en", "open"), ("de", "offen"), ("en", "open")):
        cashier.client.set_cookie("language", code)
        assert [it[2] for it in listed(cashier.client)] == [words]


@pytest.mark.parametrize(
    ("received", "late", "words"),
    [
        (2100, False, "paid"),
        (2100, True, "late"),
        (2000, False, "less than asked"),
        (2000, True, "less than asked"),
        (2200, False, "more than asked"),
    ],
)
def test_what_was_paid_is_told_in_words(
    cashier: Cashier, shop: Shop, wallet: FakeWallet, clock: FakeClock, received: int, late: bool, words: str
) -> None:
    charge = stored(shop, sell(cashier).removeprefix("/pay/"))
    clock.move(shop.settings.invoice_expiry + 1 if late else 1)
    wallet.settle(charge.invoice, received)
    settle(shop, charge)
    assert [it[2] for it in listed(cashier.client)] == [words]


def test_what_was_not_paid_is_told_too(cashier: Cashier, shop: Shop, clock: FakeClock) -> None:
    expired, cancelled = sell(cashier), sell(cashier)
    cancel(shop, stored(shop, cancelled.removeprefix("/pay/")))
    clock.move(shop.settings.invoice_expiry)
    outcomes = {expired: "not known yet", cancelled: "cancelled"}
    assert {it[0]: it[2] for it in listed(cashier.client)} == outcomes
    settle(shop, stored(shop, expired.removeprefix("/pay/")))
    assert {it[0]: it[2] for it in listed(cashier.client)} == {expired: "expired", cancelled: "cancelled"}


def test_a_till_lists_its_own_sales(cashier: Cashier) -> None:
    here, there = sell(cashier), sell(cashier, path="/till/bar")
    assert [it[0] for it in listed(cashier.client)] == [here]
    assert [it[0] for it in listed(cashier.client, "/till/bar")] == [there]


def test_the_list_alone_can_be_asked_for(cashier: Cashier) -> None:
    href = sell(cashier, path="/till/bar")
    assert [it[0] for it in listed(cashier.client, "/recent?till=bar")] == [href]
    assert "<html" not in cashier.client.get("/recent?till=bar").text
    assert listed(cashier.client, "/recent") == []
    assert cashier.client.get("/recent?till=cellar").status_code == 404


def test_the_list_has_an_end(cashier: Cashier) -> None:
    for _ in range(SALES + 2):
        sell(cashier)
    assert len(listed(cashier.client)) == SALES


def test_before_the_first_sale_there_is_a_sentence(client: FlaskClient) -> None:
    assert "No sale in the last hours." in client.get("/").text


def test_what_was_sold_lately_is_one_tap_away(cashier: Cashier) -> None:
    for memo in ("Tea", "Cake & <b>cream</b>", "Tea"):
        sell(cashier, memo=memo)
    page = cashier.client.get("/").text
    chips = [unescape(it) for it in re.findall(r'<button class="chip" type="button">([^<]*)</button>', page)]
    assert sorted(chips) == ["Cake & <b>cream</b>", "Tea"]


def test_a_till_whose_book_cannot_be_read_goes_on_without_its_list(cashier: Cashier, shop: Shop) -> None:
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    answer = cashier.client.get("/")
    assert answer.status_code == 200
    assert "No sale in the last hours." in answer.text
    assert cashier.client.get("/recent").status_code == 503


def small_print(client: FlaskClient) -> list[str]:
    """Read what stands below each amount of the list."""
    rows = re.findall(r"<li>\s*(<a.*?)</li>", client.get("/recent").text, re.DOTALL)
    found = [re.search(r"<small>(.*?)</small>", row, re.DOTALL) for row in rows]
    return [unescape(re.sub("<[^>]+>", "", each[1])).strip() if each else "" for each in found]


def test_a_row_says_what_it_was_for_and_what_of_it_is_the_tip(cashier: Cashier, shop: Shop, clock: FakeClock) -> None:
    sell(cashier)
    clock.move(1)
    sell(cashier, memo="Tea & <b>cake</b>")
    for number, memo in enumerate(("", "Flat white")):
        clock.move(1)
        charge(shop, Channel.TILL, Sale(Money(1250, "EUR"), memo, tip=125, till="counter"), f"tip {number}")
    assert small_print(cashier.client) == [
        "€12.50 + €1.25 tip · Flat white",
        "€12.50 + €1.25 tip",
        "Tea & <b>cake</b>",
        "",
    ]


class TestInAnotherTimeZone:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, timezone=ZoneInfo("Asia/Tokyo"))

    def test_times_of_day_are_the_shops(self, cashier: Cashier, clock: FakeClock) -> None:
        clock.time = datetime(2026, 11, 24, 3, 5, tzinfo=UTC).timestamp()
        sell(cashier)
        assert "<time>12:05\u202fPM</time>" in cashier.client.get("/").text

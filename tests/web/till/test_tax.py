"""The tax of what is sold at the till: a rate for each amount, chosen where there are several; no cent is lost."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text

from pos.domain.charge import Channel
from pos.domain.money import SAT, Money, as_typed, format_money, unbroken
from pos.domain.sale import Line, Sale, price_of
from pos.domain.tax import TaxRate, parse_tax_rate
from pos.services.charge import charge
from pos.settings import Settings
from pos.shop import Shop
from pos.web.sale_token import seal
from tests.conftest import without_chance
from tests.fakes import FakeRates, FakeWallet
from tests.web.till.test_preview import quote
from tests.web.till.test_tape import DAMAGED, FROM_BEFORE, hidden, post, said, sold, taped

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")


def rates_of(given: str) -> tuple[TaxRate, ...]:
    found = tuple(it for it in map(parse_tax_rate, given.split(",")) if it)
    assert len(found) == len(given.split(","))
    return found


@pytest.fixture
def tax() -> str:
    return "19,7"


@pytest.fixture
def settings(settings: Settings, tax: str) -> Settings:
    return replace(settings, currency="EUR", tax_rates=rates_of(tax))


@pytest.fixture
def rates() -> FakeRates:
    """A bitcoin costs €50,000: a cent is 20 sat."""
    return FakeRates()


USUAL, FOOD = rates_of("19,7")
(ON_TOP,) = rates_of("+8.25")


def lines_of(shop: Shop, answer: Any) -> tuple[Line, ...]:
    sale = shop.store.get_sale(sold(shop, answer).sale_id)
    assert sale
    return sale.lines


def asked(client: FlaskClient, **typed: str | list[str]) -> Any:
    answer = client.get("/quote", query_string={"unit": "EUR", **typed})
    assert answer.status_code == 200
    return answer.get_json()


def chosen(page: str) -> str:
    found = re.search(r'name="tax" value="([^"]*)" checked', page)
    assert found
    return found[1]


def taxed(page: str) -> list[str]:
    """Read the rates that a page's form would send of its lines."""
    return re.findall(r'name="line_tax" value="([^"]*)"', page)


def test_each_amount_keeps_the_rate_that_was_chosen_for_it(client: FlaskClient, shop: Shop) -> None:
    answer = post(client, unit="EUR", line=["2.50", "1.20"], line_tax=["7", "19"], amount="4.50", tax="7")
    assert lines_of(shop, answer) == (Line(250, tax=FOOD), Line(120, tax=USUAL), Line(450, tax=FOOD))


def test_one_amount_alone_keeps_its_rate_too(client: FlaskClient, shop: Shop) -> None:
    assert lines_of(shop, post(client, unit="SAT", amount="2100", tax="7")) == (Line(2100, tax=FOOD),)


def test_the_usual_rate_is_chosen_and_the_others_are_one_tap_away(client: FlaskClient) -> None:
    page = client.get("/").text
    assert re.findall(r'name="tax" value="([^"]*)"( checked)?>\s*<span>([^<]*)', page) == [
        ("19", " checked", "19%"),
        ("7", "", "7%"),
    ]
    client.set_cookie("language", "de")
    assert "<span>19\u00a0%</span>" in client.get("/").text


def test_what_is_added_keeps_its_rate_and_the_next_is_at_the_usual_one(client: FlaskClient) -> None:
    page = post(client, unit="EUR", line=["2.50"], line_tax=["19"], amount="1.20", tax="7", do="add").text
    assert (taxed(page), chosen(page)) == (["19", "7"], "19")
    assert re.findall(r'data-tax="([^"]*)"', page) == ["19%", "7%"]


def test_a_line_that_is_taken_off_takes_its_rate_along(client: FlaskClient) -> None:
    lines, taxes = ["1", "2", "3"], ["19", "7", "19"]
    answer = post(client, unit="EUR", line=lines, line_tax=taxes, amount="4", tax="7", do="remove:0")
    assert (taped(answer), taxed(answer.text), chosen(answer.text)) == (["2", "3"], ["7", "19"], "7")
    assert 'aria-label="Remove €2.00 with 7% tax"' in answer.text


def test_without_a_script_a_line_comes_back_with_its_rate(client: FlaskClient) -> None:
    lines, taxes = ["1", "2"], ["19", "7"]
    gone = post(client, unit="EUR", line=lines, line_tax=taxes, amount="4", tax="19", do="remove:1")
    sent = {"gone": "2", "gone_tax": hidden(gone, "gone_tax"), "do": "undo:1"}
    back = post(client, unit="EUR", line=taped(gone), line_tax=taxed(gone.text), amount="4", tax="19", **sent)
    assert (taped(back), taxed(back.text)) == (lines, taxes)
    answer = post(client, unit="EUR", line=["1"], line_tax=["19"], amount="4", tax="19", **sent | {"gone_tax": "1"})
    assert (answer.status_code, taped(answer)) == (422, ["1"])


def test_what_is_wrong_with_an_amount_leaves_all_rates_as_they_were(client: FlaskClient) -> None:
    answer = post(client, unit="EUR", line=["1", "x"], line_tax=["7", "19"], amount="4", tax="7")
    assert answer.status_code == 422
    assert (taped(answer), taxed(answer.text), chosen(answer.text)) == (["1", "x"], ["7", "19"], "7")


@pytest.mark.parametrize(
    "typed",
    [
        {"line": ["1"], "line_tax": ["8"], "tax": "19"},
        {"line": ["1"], "line_tax": [""], "tax": "19"},
        {"line": ["1"], "line_tax": [], "tax": "19"},
        {"line": ["1", "2"], "line_tax": ["19"], "tax": "19"},
        {"line": ["1"], "line_tax": ["19", "7"], "tax": "19"},
        {"line_tax": ["19"], "tax": "19"},
        {"tax": "8"},
        {"tax": "+19"},
        {"tax": "19.0"},
        {"tax": ""},
        {},
    ],
)
def test_a_rate_that_no_page_of_ours_sends_is_refused_and_nothing_of_it_stays(
    client: FlaskClient, wallet: FakeWallet, typed: dict[str, Any]
) -> None:
    told = asked(client, amount="5", **typed)["error"]
    assert told in (DAMAGED, FROM_BEFORE)
    for do in ({}, {"do": "add"}):
        answer = post(client, unit="EUR", amount="5", memo="Basil", **typed, **do)
        assert (answer.status_code, said(answer)) == (422, told)
        assert (taped(answer), chosen(answer.text)) == ([], "19")
        assert 'value="Basil"' in answer.text
    assert wallet.made == []


def test_tax_that_is_in_the_price_changes_no_figure_of_the_till(client: FlaskClient) -> None:
    shown = asked(client, line=["10"], line_tax=["7"], amount="2.50", tax="19")
    assert (shown["total"], shown["worth"]) == ("€12.50", "€12.50 ≈ 25,000\u00a0sat")
    assert shown["rate"].startswith("1 BTC = €50,000.00")


def test_a_page_that_was_open_too_long_keeps_the_rates(client: FlaskClient) -> None:
    sent = {"unit": "EUR", "line": ["1", "2"], "line_tax": ["7", "19"], "amount": "3", "tax": "7", "key": "k"}
    page = client.post("/", data=sent).text
    assert taxed(page) == ["7", "19"]
    assert re.findall(r'name="tax" value="([^"]*)"', page) == ["7"]


class TestWithOneRate:
    @pytest.fixture
    def tax(self) -> str:
        return "19"

    def test_there_is_nothing_to_choose_and_what_is_sold_has_it(self, client: FlaskClient, shop: Shop) -> None:
        page = client.get("/").text
        assert "tax" not in without_chance(page)
        answer = post(client, unit="EUR", line=["2.50"], amount="1")
        assert lines_of(shop, answer) == (Line(250, tax=USUAL), Line(100, tax=USUAL))

    def test_nothing_is_shown_on_the_tape(self, client: FlaskClient) -> None:
        page = post(client, unit="EUR", line=["2.50"], amount="1", do="add").text
        assert "tax" not in without_chance(page)


class TestWithoutTax:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, tax_rates=())

    def test_nothing_has_any(self, client: FlaskClient, shop: Shop) -> None:
        assert "tax" not in without_chance(client.get("/").text)
        answer = post(client, unit="EUR", line=["2.50"], amount="1")
        assert lines_of(shop, answer) == (Line(250), Line(100))

    def test_a_rate_is_refused(self, client: FlaskClient) -> None:
        assert said(post(client, unit="EUR", amount="1", tax="19")) == FROM_BEFORE


class TestOnTop:
    @pytest.fixture
    def tax(self) -> str:
        return "+8.25"

    def test_the_customer_pays_the_price_and_the_tax(self, client: FlaskClient, shop: Shop) -> None:
        made = sold(shop, post(client, unit="EUR", line=["4"], amount="6"))
        assert made.fiat
        assert (made.fiat.price, made.amount_sat) == (Money(1083, "EUR"), 21_660)
        sale = shop.store.get_sale(made.sale_id)
        assert sale
        assert sale.lines == (Line(400, tax=ON_TOP), Line(600, tax=ON_TOP))

    def test_the_till_says_how_much_tax_comes_to_it(self, client: FlaskClient) -> None:
        shown = quote(client, "EUR", "6", "4")
        assert (shown["total"], shown["worth"]) == ("€10.83", "€10.83 ≈ 21,660\u00a0sat")
        assert shown["rate"] == "+ 8.25% tax €0.83"
        assert shown["sum"] == "€4.33"
        assert shown["added"] == "Added €4.00. Total €4.33."
        assert shown["other"] == {"unit": "SAT", "amount": "12000", "lines": ["8000"]}

    def test_before_anything_is_typed_the_rate_of_bitcoin_is_told(self, client: FlaskClient) -> None:
        assert quote(client, "EUR")["rate"].startswith("1 BTC")
        assert quote(client, "EUR", "0.00")["rate"].startswith("1 BTC")

    def test_it_is_said_in_the_language_of_the_reader(self, client: FlaskClient) -> None:
        client.set_cookie("language", "ar")
        assert "\u20688.25%\u2069" in quote(client, "EUR", "6", "4")["rate"]

    def test_the_limit_is_for_what_the_customer_pays(self, client: FlaskClient, shop: Shop) -> None:
        assert said(post(client, unit="SAT", amount="9237876")).startswith("That is too much.")
        assert sold(shop, post(client, unit="SAT", amount="9237875")).amount_sat == 10_000_000

    def test_tax_without_a_rate_of_bitcoin_is_reckoned_all_the_same(
        self, client: FlaskClient, shop: Shop, rates: FakeRates
    ) -> None:
        rates.price = None
        assert quote(client, "SAT", "1000")["total"] == "1,083\u00a0sat"
        assert sold(shop, post(client, unit="SAT", amount="1000")).amount_sat == 1083


class TestInAndOnTop:
    @pytest.fixture
    def tax(self) -> str:
        return "19,+8.25,+4"

    def test_what_comes_on_top_has_a_plus(self, client: FlaskClient) -> None:
        assert re.findall(r"<span>(\+?[0-9.]+%)</span>", client.get("/").text) == ["19%", "+8.25%", "+4%"]
        page = post(client, unit="EUR", amount="10", tax="+8.25", do="add").text
        assert 'data-tax="+8.25%"' in page
        assert taxed(page) == ["+8.25"]

    def test_what_comes_of_several_rates_is_told_in_one_sum(self, client: FlaskClient) -> None:
        shown = asked(client, line=["10", "5"], line_tax=["+8.25", "19"], amount="1", tax="+4")
        assert (shown["total"], shown["rate"]) == ("€16.87", "+ 8.25%, 4% tax €0.87")


def test_a_sale_that_is_taken_up_has_its_rates(client: FlaskClient, shop: Shop) -> None:
    lines = (Line(250, tax=FOOD), Line(100, tax=USUAL), Line(300, tax=FOOD))
    sale = Sale(Money(650, "EUR"), till="till", lines=lines)
    page = client.get(f"/?sale={charge(shop, Channel.TILL, sale, 'key').id}").text
    assert (taxed(page), chosen(page)) == (["7", "19"], "7")
    with client.application.test_request_context():
        token = seal(sale, "key 2")
    assert taxed(client.get(f"/?sale={token}").text) == ["7", "19"]


def test_a_rate_that_the_shop_has_no_more_is_the_usual_one(client: FlaskClient, shop: Shop) -> None:
    (gone,) = rates_of("16")
    lines = (Line(250, tax=gone), Line(100), Line(300, tax=gone))
    sale = Sale(Money(650, "EUR"), till="till", lines=lines)
    page = client.get(f"/?sale={charge(shop, Channel.TILL, sale, 'key').id}").text
    assert (taxed(page), chosen(page)) == (["19", "19"], "19")


class TestTip:
    @pytest.fixture
    def tax(self) -> str:
        return "+8.25"

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, tip_percent=(10,))

    def test_a_tip_is_of_the_price_with_its_tax_and_is_not_taxed(self, client: FlaskClient, shop: Shop) -> None:
        address = post(client, unit="EUR", amount="10").headers["Location"]
        offer = client.get(address).text
        token = re.search(r'name="csrf_token"[^>]* value="([^"]*)"', offer)
        assert token
        made = sold(shop, client.post(address, data={"csrf_token": unescape(token[1]), "tip": "10"}))
        sale = shop.store.get_sale(made.sale_id)
        assert sale
        assert (sale.price.minor, sale.tip, made.amount_sat) == (1083, 108, (1083 + 108) * 20)
        assert [(it.net, it.tax) for it in sale.taxes] == [(1000, 83)]


typed_lines = st.lists(st.tuples(st.integers(1, 20_000), st.integers(0, 9)), min_size=1, max_size=8)


@pytest.mark.parametrize("tax", ["19,7", "+8.25,+4", "19,+8.25,0,+0.0001", "7", "+8.875"])
@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(typed=typed_lines, unit=st.sampled_from([SAT, "EUR"]))
def test_what_the_till_showed_is_what_is_charged_and_written_down_to_the_last_cent(
    client: FlaskClient, shop: Shop, typed: list[tuple[int, int]], unit: str
) -> None:
    offered = shop.settings.tax_rates
    sold_lines = tuple(Line(minor, tax=offered[at % len(offered)]) for minor, at in typed)
    *lines, last = (as_typed(Money(it.price, unit), "en") for it in sold_lines)
    *line_tax, tax = (str(it.tax) for it in sold_lines)
    sent: dict[str, Any] = {"unit": unit, "line": lines, "line_tax": line_tax, "amount": last, "tax": tax}
    shown = client.get("/quote", query_string=sent).get_json()

    made = sold(shop, post(client, **sent))

    sale = shop.store.get_sale(made.sale_id)
    assert sale
    assert made.fiat
    assert sale.lines == sold_lines
    assert sale.price.minor == price_of(sold_lines) == sum(it.net + it.tax for it in sale.taxes)
    assert shown["total"] == unbroken(format_money(sale.price))
    assert made.amount_sat == (sale.price.minor if unit == SAT else made.fiat.rate.to_sat(sale.price))
    other = made.fiat.price if unit == SAT else Money(made.amount_sat, SAT)
    assert shown["worth"].endswith(f"≈ {unbroken(format_money(other))}")
    with shop.store.engine.connect() as connection:
        books = "SELECT sum(net + tax), min(currency), max(currency) FROM charge_tax WHERE charge_id = :id"
        booked = connection.execute(text(books), {"id": made.id}).one()
    assert tuple(booked) == (made.fiat.price.minor, "EUR", "EUR")

"""What a till shows while somebody types: every figure of it comes from the server, ready to be read."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from pos import close, create_app
from pos.domain.money import SAT, Money
from pos.settings import Settings
from pos.store.tables import staff
from pos.web.till.tape import MOST_LINES
from tests.fakes import FakeClock, FakeRates, FakeWallet
from tests.people import People
from tests.web.till.test_tape import FROM_BEFORE

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")


@pytest.fixture
def rates() -> FakeRates:
    """A bitcoin costs €50,000: a cent is 20 sat."""
    return FakeRates()


def quote(client: FlaskClient, unit: str = "SAT", amount: str = "", *lines: str) -> Any:
    answer = client.get("/quote", query_string={"unit": unit, "amount": amount, "line": lines})
    assert answer.status_code == 200
    return answer.get_json()


def test_nothing_typed_comes_to_nothing_and_the_most_is_told(client: FlaskClient) -> None:
    shown = quote(client)
    assert (shown["total"], shown["worth"], shown["error"]) == ("", "up to 10,000,000\u00a0sat", "")
    assert quote(client, "EUR")["worth"] == "up to €5,000.00"


@pytest.mark.parametrize(
    ("price", "most", "too_much"), [("95123.4567", "9,512.34", "9,512.35"), ("61803.57", "6,180.35", "6,180.36")]
)
def test_what_is_told_to_be_the_most_is_not_too_much(
    client: FlaskClient, rates: FakeRates, price: str, most: str, too_much: str
) -> None:
    rates.price = Decimal(price)
    assert quote(client, "EUR")["worth"] == f"up to €{most}"
    assert quote(client, "EUR", most)["error"] == ""
    refused = quote(client, "EUR", too_much)["error"]
    assert refused.startswith(f"Too much: €{too_much} is 10,000,0")
    assert refused.endswith(f"At most 10,000,000\u00a0sat, about €{most}.")


@pytest.mark.parametrize(
    ("limit", "unit", "told"),
    [
        (Money(2000, "EUR"), "EUR", "up to €20.00"),
        (Money(2000, "EUR"), "SAT", "up to 40,000\u00a0sat"),
        (Money(40_000, SAT), "EUR", "up to €20.00"),
        # It is more than the shop sells at once, or in what the shop has left.
        (Money(900_000, "EUR"), "EUR", "up to €5,000.00"),
        (Money(2000, "USD"), "EUR", "up to €5,000.00"),
    ],
)
def test_the_most_is_no_more_than_whoever_sells_may_sell(people: People, limit: Money, unit: str, told: str) -> None:
    people.claim()
    till = people.device(sells=people.somebody("Lena"))
    with people.shop.store.engine.begin() as connection:
        connection.execute(update(staff).values(sale_limit=limit.minor, currency=limit.currency))
    assert quote(till, unit)["worth"] == told


def test_an_amount_in_sat_says_what_it_is_worth(client: FlaskClient) -> None:
    shown = quote(client, "SAT", "25000")
    assert (shown["total"], shown["worth"], shown["error"]) == ("25,000\u00a0sat", "≈ €12.50", "")


def test_an_amount_in_euros_says_how_many_sat_it_is(client: FlaskClient) -> None:
    shown = quote(client, "EUR", "12.5")
    assert (shown["total"], shown["worth"]) == ("€12.50", "≈ 25,000\u00a0sat")


def test_with_a_tape_the_worth_is_that_of_the_total_and_says_so(client: FlaskClient) -> None:
    shown = quote(client, "EUR", "2.50", "10")
    assert (shown["total"], shown["worth"]) == ("€12.50", "€12.50 ≈ 25,000\u00a0sat")


def test_each_line_is_written_out_and_its_button_named(client: FlaskClient) -> None:
    assert quote(client, "SAT", "", "2500", "1200")["lines"] == [
        {"text": "2,500", "remove": "Remove 2,500\u00a0sat"},
        {"text": "1,200", "remove": "Remove 1,200\u00a0sat"},
    ]


def test_the_tape_has_a_count_and_a_sum_of_its_own(client: FlaskClient) -> None:
    shown = quote(client, "EUR", "4.50", "2.50", "12")
    assert (shown["count"], shown["sum"], shown["total"]) == ("2 items", "€14.50", "€19.00")
    # They are of what is there, whatever is typed beside it.
    shown = quote(client, "EUR", "what", "2.50")
    assert (shown["count"], shown["sum"], shown["total"]) == ("1 item", "€2.50", "")
    assert quote(client, "EUR", "", "what")["sum"] == ""


def test_an_empty_tape_has_neither(client: FlaskClient) -> None:
    shown = quote(client, "EUR", "4.50")
    assert (shown["count"], shown["sum"]) == ("", "")


def test_what_a_screen_reader_is_told_is_whole_sentences(client: FlaskClient) -> None:
    shown = quote(client, "SAT", "", "1700", "2500")
    assert (shown["added"], shown["summed"]) == ("Added 2,500\u00a0sat. Total 4,200\u00a0sat.", "Total 4,200\u00a0sat.")


def test_of_what_is_still_being_typed_nobody_is_told_that_it_was_added(client: FlaskClient) -> None:
    shown = quote(client, "SAT", "9", "2500", "350")
    assert (shown["added"], shown["total"]) == ("Added 350\u00a0sat. Total 2,850\u00a0sat.", "2,859\u00a0sat")
    assert quote(client, "SAT", "9")["added"] == ""


def test_the_other_unit_is_ready_for_whoever_changes_to_it(client: FlaskClient) -> None:
    other = quote(client, "SAT", "25001", "30")["other"]
    assert other == {"unit": "EUR", "amount": "12.50", "lines": ["0.02"]}
    other = quote(client, "EUR", "12.50", "0.01")["other"]
    assert other == {"unit": "SAT", "amount": "25000", "lines": ["20"]}


def test_what_becomes_sat_is_rounded_up(client: FlaskClient, rates: FakeRates) -> None:
    assert rates.price
    rates.price = rates.price + 1
    assert quote(client, "EUR", "12.50")["other"]["amount"] == "25000"
    rates.price = rates.price - 2
    assert quote(client, "EUR", "12.50")["other"]["amount"] == "25001"


def test_with_nothing_typed_there_is_nothing_to_change(client: FlaskClient) -> None:
    assert quote(client)["other"] == {"unit": "EUR", "amount": "", "lines": []}


def test_it_is_in_the_readers_language(client: FlaskClient) -> None:
    client.set_cookie("language", "de")
    shown = quote(client, "EUR", "1250,5", "12,50")
    assert shown["lines"][0]["text"] == "12,50"
    assert shown["total"] == "1.263,00\u00a0€"
    assert quote(client, "SAT", "25020")["other"]["amount"] == "12,51"


def test_where_one_writes_from_the_right_amounts_stay_as_they_are(client: FlaskClient) -> None:
    client.set_cookie("language", "ar")
    assert "\u2067" in quote(client, "SAT", "25000")["worth"]
    assert "\u2067" not in quote(client, "SAT", "25000")["total"]


def test_where_one_writes_from_the_right_the_sign_of_an_amount_stands_on_the_same_side_everywhere(
    client: FlaskClient,
) -> None:
    """Without a letter an amount has no direction of its own, and would be written from the left."""
    client.set_cookie("language", "ar")
    shown = quote(client, "SAT", "25000")
    for told in (shown["worth"], shown["rate"], quote(client, "EUR")["worth"]):
        assert re.search("\u2067[\\d,.]+\u00a0€\u2069", told), ascii(told)


def test_the_rate_and_its_age_are_told(client: FlaskClient, clock: FakeClock) -> None:
    clock.move(20)
    assert quote(client)["rate"] == "1 BTC = €50,000.00 · 20 seconds ago"
    clock.move(100)
    assert quote(client)["rate"] == "1 BTC = €50,000.00 · 2 minutes ago"


def test_the_shops_own_rate_has_no_age(settings: Settings, wallet: FakeWallet, clock: FakeClock) -> None:
    app = create_app(replace(settings, currency="EUR", rate_fixed=Decimal(50_000)), wallet=wallet, clock=clock)
    clock.move(3600)
    assert quote(app.test_client())["rate"] == "1 BTC = €50,000.00 · the shop's own rate"
    close(app)


@pytest.mark.parametrize(
    ("unit", "amount", "sentence"),
    [
        ("SAT", "x", "Type the amount in whole sat, with the digits 0 to 9 only."),
        ("EUR", "1.999", "EUR has 2 decimals at most."),
        ("SAT", "10000001", "That is too much. The most for one sale is 10,000,000\u00a0sat."),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(client: FlaskClient, unit: str, amount: str, sentence: str) -> None:
    shown = quote(client, unit, amount)
    assert (shown["error"], shown["total"]) == (sentence, "")


def test_a_wrong_line_is_shown_as_it_was_typed(client: FlaskClient) -> None:
    shown = quote(client, "SAT", "5", "what")
    assert shown["error"]
    assert shown["lines"] == [{"text": "what", "remove": "Remove what"}]


@pytest.mark.parametrize("amount", ["0", "0.", "00", "0.0"])
def test_who_has_typed_only_noughts_so_far_is_not_corrected(client: FlaskClient, amount: str) -> None:
    assert quote(client, "EUR", amount)["error"] == ""


def test_a_tape_that_is_too_long_is_told(client: FlaskClient) -> None:
    assert "50 amounts at most" in quote(client, "SAT", "", *["1"] * (MOST_LINES + 1))["error"]


@pytest.mark.parametrize("asked", ["unit=USD&amount=5", "amount=5"])
def test_a_page_in_another_currency_is_told_to_be_loaded_again(client: FlaskClient, asked: str) -> None:
    # And not that the till cannot be reached, as all is that has no answer.
    shown = client.get(f"/quote?{asked}&line=2&line=3.50").get_json()
    assert shown["error"] == FROM_BEFORE
    assert [it["text"] for it in shown["lines"]] == ["2", "3.50"]
    assert shown["total"] == shown["worth"] == ""


class TestWithoutARate:
    @pytest.fixture
    def rates(self) -> FakeRates:
        return FakeRates(price=None)

    def test_a_sale_in_sat_is_quoted_and_the_till_says_that_there_is_none(self, client: FlaskClient) -> None:
        shown = quote(client, "SAT", "25000")
        assert (shown["total"], shown["worth"]) == ("25,000\u00a0sat", "No exchange rate right now: sat only.")
        assert (shown["rate"], shown["priced"], shown["other"]) == ("", False, None)

    def test_a_sale_in_euros_is_not(self, client: FlaskClient) -> None:
        shown = quote(client, "EUR", "12.50", "1")
        assert shown["error"] == "There is no exchange rate right now, so the till takes sat only."
        assert shown["total"] == ""

    def test_who_changes_to_sat_types_it_anew(self, client: FlaskClient) -> None:
        assert quote(client, "EUR", "12.50", "1")["other"] == {"unit": "SAT", "amount": "", "lines": []}


class Slow(FakeRates):
    """Rates of which none is at hand, and that would have to be waited for."""

    def rate(self) -> Any:
        raise AssertionError("somebody waits for the network")

    def at_hand(self) -> None:
        return None


@pytest.fixture
def slow_app(settings: Settings, wallet: FakeWallet, clock: FakeClock) -> Any:
    app = create_app(settings, wallet=wallet, clock=clock, rates=Slow())
    yield app
    close(app)


def test_neither_the_page_nor_a_quote_waits_for_a_rate(slow_app: Flask) -> None:
    client = slow_app.test_client()
    assert client.get("/").status_code == 200
    for unit in ("SAT", "EUR"):
        assert client.get(f"/quote?unit={unit}&amount=5&line=5").status_code == 200


class TestWithoutACurrency:
    @pytest.fixture
    def rates(self) -> None:
        return None

    def test_there_is_nothing_but_sat(self, client: FlaskClient) -> None:
        shown = quote(client, "SAT", "25000", "1")
        assert (shown["total"], shown["worth"], shown["rate"], shown["other"]) == ("25,001\u00a0sat", "", "", None)
        assert quote(client, "", "25000")["total"] == "25,000\u00a0sat"

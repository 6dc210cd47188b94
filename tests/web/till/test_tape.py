"""The tape of a till: amounts that are added up, in sat or in the shop's currency, with and without a script."""

import re
from dataclasses import replace
from html import unescape

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from werkzeug.test import TestResponse

from pos.domain.charge import Charge
from pos.domain.money import SAT, Money, as_typed, parse_money
from pos.domain.sale import price_of
from pos.settings import Settings
from pos.shop import Shop
from pos.translations.languages import LANGUAGES
from pos.web.till.tape import MOST_LINES, Tape, Typed, edited, read
from tests.conftest import Cashier, stored
from tests.fakes import FakeRates, FakeWallet

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

DAMAGED = "This page is damaged. Load it again."
FROM_BEFORE = "This page is from before the shop's settings were changed. Load it again."


@pytest.fixture
def rates() -> FakeRates:
    """A bitcoin costs €50,000: a cent is 20 sat."""
    return FakeRates()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, tills=("counter", "bar"))


def post(client: FlaskClient, path: str = "/", **typed: str | list[str]) -> TestResponse:
    fields = Cashier(client).open(path)
    kept = {name: it for name, it in fields.items() if name in ("csrf_token", "key", "on_top")}
    return client.post(path, data={**kept, **typed})


def sold(shop: Shop, answer: TestResponse) -> Charge:
    assert answer.status_code == 303, answer.text
    return stored(shop, answer.headers["Location"].removeprefix("/pay/"))


def taped(answer: TestResponse) -> list[str]:
    """Read the lines that a page's form would send."""
    return [unescape(line) for line in re.findall(r'name="line" value="([^"]*)"', answer.text)]


def hidden(answer: TestResponse, name: str) -> str:
    """Read what a page's form would send under a name that nobody types."""
    found = re.search(f'type="hidden" name="{name}" value="([^"]*)"', answer.text)
    assert found, answer.text
    return unescape(found[1])


def said(answer: TestResponse) -> str:
    alert = re.search(r'role="alert">.*?<span>(.*?)</span>', answer.text)
    assert alert, answer.text
    return unescape(alert[1])


def test_what_is_on_the_tape_and_what_is_typed_are_charged_together(client: FlaskClient, shop: Shop) -> None:
    answer = post(client, unit="SAT", line=["2500", "1,200"], amount="500", memo="Tomatoes")
    charge = sold(shop, answer)
    assert (charge.amount_sat, charge.memo, charge.till) == (4200, "Tomatoes", "counter")


def test_with_a_tape_the_amount_may_be_empty(client: FlaskClient, shop: Shop) -> None:
    assert sold(shop, post(client, unit="SAT", line=["2500", "1200"], amount=" ")).amount_sat == 3700


def test_without_a_tape_it_may_not(client: FlaskClient) -> None:
    answer = post(client, unit="SAT", amount=" ")
    assert (answer.status_code, said(answer)) == (422, "Type an amount first.")


def test_a_sale_in_euros_keeps_its_price_and_its_rate(client: FlaskClient, shop: Shop, rates: FakeRates) -> None:
    charge = sold(shop, post(client, unit="EUR", line=["10"], amount="2.50"))
    assert charge.fiat
    assert charge.amount_sat == 25_000
    assert (charge.fiat.price, charge.fiat.typed, charge.fiat.rate) == (Money(1250, "EUR"), True, rates.rate())


def test_a_sale_in_sat_keeps_what_it_was_worth(client: FlaskClient, shop: Shop) -> None:
    charge = sold(shop, post(client, unit="SAT", amount="25000"))
    assert charge.fiat
    assert (charge.amount_sat, charge.fiat.price, charge.fiat.typed) == (25_000, Money(1250, "EUR"), False)


def test_amounts_are_read_as_the_reader_of_a_language_writes_them(client: FlaskClient, shop: Shop) -> None:
    client.set_cookie("language", "de")
    charge = sold(shop, post(client, unit="EUR", line=["1.250,00"], amount="12,50"))
    assert charge.fiat
    assert charge.fiat.price == Money(126_250, "EUR")


def test_plus_puts_the_amount_on_the_tape_and_sells_nothing(client: FlaskClient, wallet: FakeWallet) -> None:
    answer = post(client, unit="SAT", line=["2500"], amount="1200", memo="Tomatoes", do="add")
    assert answer.status_code == 200
    assert taped(answer) == ["2500", "1200"]
    assert 'id="amount" inputmode="numeric" maxlength="20" name="amount" placeholder="0" value=""' in answer.text
    assert 'value="Tomatoes"' in answer.text
    assert wallet.made == []


def test_each_line_has_a_button_that_takes_it_off(client: FlaskClient) -> None:
    answer = post(client, unit="SAT", line=["2500", "1200", "500"], amount="7", do="remove:1")
    assert answer.status_code == 200
    assert taped(answer) == ["2500", "500"]
    assert 'value="7"' in answer.text
    assert 'value="remove:0" aria-label="Remove 2,500\u00a0sat"' in answer.text
    assert 'value="remove:1" aria-label="Remove 500\u00a0sat"' in answer.text


def test_the_tape_says_how_many_there_are_and_what_they_come_to(client: FlaskClient) -> None:
    answer = post(client, unit="SAT", line=["2500", "1200"], amount="500", do="add")
    assert '<span class="count">3 items</span> <b class="sum number" data-len="9">4,200\u00a0sat</b>' in answer.text


def test_a_line_that_nobody_can_read_can_still_be_taken_off(client: FlaskClient) -> None:
    answer = post(client, unit="SAT", line=["what", "1200"], amount="", do="remove:0")
    assert taped(answer) == ["1200"]


@pytest.mark.parametrize("amount", ["", "0", "x", "1.5"])
def test_plus_takes_nothing_but_an_amount(client: FlaskClient, amount: str) -> None:
    answer = post(client, unit="SAT", line=["2500"], amount=amount, do="add")
    assert answer.status_code == 422
    assert said(answer)
    assert taped(answer) == ["2500"]
    assert f'value="{amount}"' in answer.text


@pytest.mark.parametrize("place", [0, 1, 2])
def test_without_a_script_a_line_that_was_taken_off_comes_back_to_its_place(client: FlaskClient, place: int) -> None:
    lines = ["2500", "1200", "500"]
    answer = post(client, unit="SAT", line=lines, amount="7", do=f"remove:{place}")
    assert f'<button class="button quiet" name="do" value="undo:{place}"><span>Undo' in answer.text
    sent = {"gone": hidden(answer, "gone"), "do": f"undo:{place}"}
    back = post(client, unit="SAT", line=taped(answer), amount="7", **sent)
    assert (back.status_code, taped(back)) == (200, lines)
    assert "undo:" not in back.text


@pytest.mark.parametrize("do", ["add", ""])
def test_what_was_not_taken_off_is_not_to_be_brought_back(client: FlaskClient, do: str) -> None:
    assert "undo:" not in post(client, unit="SAT", line=["2500"], amount="x", do=do).text


@pytest.mark.parametrize(
    "do", ["remove:2", "remove:-1", "remove:x", "remove:", "sell", "remove:²", "undo:3", "undo:-1", "undo:", "undo:²"]
)
def test_a_button_that_is_not_ours_does_nothing(client: FlaskClient, do: str) -> None:
    answer = post(client, unit="SAT", line=["2500", "1200"], amount="7", do=do)
    assert (answer.status_code, said(answer)) == (422, DAMAGED)
    assert taped(answer) == ["2500", "1200"]


def test_a_tape_has_an_end(client: FlaskClient, wallet: FakeWallet) -> None:
    full = ["1"] * MOST_LINES
    assert (
        said(post(client, unit="SAT", line=full, amount="1", do="add"))
        == "The tape is full: it takes 50 amounts at most."
    )
    answer = post(client, unit="SAT", line=[*full, "1"], amount="")
    assert answer.status_code == 422
    assert wallet.made == []


def test_a_full_tape_still_sells_with_one_more_amount_beside_it(client: FlaskClient, shop: Shop) -> None:
    assert sold(shop, post(client, unit="SAT", line=["1"] * MOST_LINES, amount="1")).amount_sat == MOST_LINES + 1


def test_a_wrong_line_sells_nothing_and_all_that_was_typed_comes_back(client: FlaskClient, wallet: FakeWallet) -> None:
    answer = post(client, unit="EUR", line=["2.50", "1.999"], amount="7", memo="Tomatoes")
    assert (answer.status_code, said(answer)) == (422, "EUR has 2 decimals at most.")
    assert taped(answer) == ["2.50", "1.999"]
    assert re.search(r'value="EUR" data-decimals="2" checked', answer.text)
    assert wallet.made == []


@pytest.mark.parametrize("unit", ["USD", "BTC", "sat", "eur", "<b>", ""])
def test_a_unit_that_is_not_the_shops_is_refused(client: FlaskClient, wallet: FakeWallet, unit: str) -> None:
    for do in ({}, {"do": "add"}):
        answer = post(client, unit=unit, amount="5", **do)
        assert (answer.status_code, said(answer)) == (422, FROM_BEFORE)
    assert wallet.made == []


def test_in_a_shop_with_a_currency_the_unit_has_to_be_said(client: FlaskClient) -> None:
    assert said(post(client, amount="5")) == FROM_BEFORE


@pytest.mark.parametrize(
    ("unit", "amount", "sentence"),
    [
        ("SAT", "10000001", "That is too much. The most for one sale is 10,000,000\u00a0sat."),
        (
            "EUR",
            "5000.01",
            "Too much: €5,000.01 is 10,000,020\u00a0sat. At most 10,000,000\u00a0sat, about €5,000.00.",
        ),
        ("SAT", "0", "The amount must be at least 1\u00a0sat."),
        ("EUR", "0.00", "The amount must be at least 1\u00a0sat."),
    ],
)
def test_the_limits_hold_in_both_units(
    client: FlaskClient, wallet: FakeWallet, unit: str, amount: str, sentence: str
) -> None:
    answer = post(client, unit=unit, amount=amount)
    assert (answer.status_code, said(answer)) == (422, sentence)
    assert f'value="{amount}"' in answer.text
    assert wallet.made == []


def test_the_limit_is_one_for_the_whole_tape(client: FlaskClient) -> None:
    answer = post(client, unit="SAT", line=["6000000"], amount="6000000")
    assert said(answer) == "That is too much. The most for one sale is 10,000,000\u00a0sat."


def test_without_a_rate_the_till_takes_sat_only_and_says_so(client: FlaskClient, rates: FakeRates, shop: Shop) -> None:
    rates.price = None
    page = client.get("/").text
    assert "No exchange rate right now: sat only." in page
    assert 'value="SAT" data-decimals="0" checked' in page
    assert 'value="EUR" data-decimals="2" disabled' in page
    assert sold(shop, post(client, unit="SAT", amount="2100")).fiat is None


def test_without_a_rate_a_sale_in_euros_is_refused_and_comes_back_as_it_was(
    client: FlaskClient, rates: FakeRates, wallet: FakeWallet
) -> None:
    price, rates.price = rates.price, None
    fields = Cashier(client).open()
    typed = {**fields, "unit": "EUR", "line": ["2.50"], "amount": "1.20", "memo": "Tomatoes"}
    answer = client.post("/", data=typed)
    assert answer.status_code == 503
    assert said(answer) == "There is no exchange rate right now, so the till takes sat only."
    assert taped(answer) == ["2.50"]
    assert 'value="1.20"' in answer.text
    # Not disabled: it would not be sent when the rate is back.
    assert 'value="EUR" data-decimals="2" checked' in answer.text
    assert wallet.made == []
    rates.price = price
    assert client.post("/", data=typed).status_code == 303


def test_what_is_on_a_tape_is_not_taken_for_the_other_unit(client: FlaskClient) -> None:
    answer = post(client, unit="EUR", amount="2.50", do="add")
    assert 'value="SAT" data-decimals="0" disabled' in answer.text


def test_a_device_sells_on_in_the_unit_it_sold_in_last(client: FlaskClient) -> None:
    assert 'value="EUR" data-decimals="2" checked' in client.get("/").text
    assert post(client, unit="SAT", amount="0").status_code == 422
    assert 'value="EUR" data-decimals="2" checked' in client.get("/").text
    assert post(client, unit="SAT", amount="2100").status_code == 303
    assert 'value="SAT" data-decimals="0" checked' in client.get("/").text
    assert post(client, unit="EUR", amount="2").status_code == 303
    assert 'value="EUR" data-decimals="2" checked' in client.get("/").text


def test_a_unit_that_a_device_made_up_is_not_kept(client: FlaskClient) -> None:
    client.set_cookie("unit", "USD")
    assert 'value="EUR" data-decimals="2" checked' in client.get("/").text


def test_the_same_tape_sent_twice_is_one_charge(client: FlaskClient, wallet: FakeWallet) -> None:
    typed = {**Cashier(client).open(), "unit": "EUR", "line": ["2.50", "1"], "amount": "3"}
    first, second = (client.post("/", data=typed).headers["Location"] for _ in range(2))
    assert first == second
    assert len(wallet.made) == 1


def test_the_same_key_with_another_tape_leads_to_the_first_sale(client: FlaskClient, wallet: FakeWallet) -> None:
    typed = {**Cashier(client).open(), "unit": "EUR", "line": ["2.50", "1"], "amount": "3"}
    first = client.post("/", data=typed).headers["Location"]
    answer = client.post("/", data={**typed, "line": ["2.50"]})
    assert answer.status_code == 409
    assert f'href="{first}"' in answer.text
    assert len(wallet.made) == 1


def test_each_amount_of_the_tape_is_a_line_of_the_sale(client: FlaskClient, shop: Shop) -> None:
    sold(shop, post(client, unit="EUR", line=["2.50", "1"], amount="3"))
    with shop.store.engine.connect() as connection:
        rows = connection.execute(text("SELECT position, text, quantity, unit_price FROM sale_line ORDER BY position"))
        assert [tuple(row) for row in rows] == [(1, "", 1, 250), (2, "", 1, 100), (3, "", 1, 300)]


def test_another_tape_that_comes_to_as_much_is_another_sale(client: FlaskClient) -> None:
    typed = {**Cashier(client).open(), "unit": "EUR", "line": ["2.50", "1"], "amount": "3"}
    assert client.post("/", data=typed).status_code == 303
    assert client.post("/", data=typed).status_code == 303
    assert client.post("/", data={**typed, "line": ["1", "2.50"]}).status_code == 409


def test_a_page_that_was_open_too_long_keeps_the_whole_tape(client: FlaskClient, shop: Shop) -> None:
    answer = client.post("/", data={"unit": "SAT", "line": ["2500", "1200"], "amount": "500", "key": "k"})
    assert answer.status_code == 400
    assert "2500 + 1200 + 500" in answer.text
    assert taped(answer) == ["2500", "1200"]
    token = Cashier(client).open()["csrf_token"]
    sent = {"csrf_token": token, "key": "k", "unit": "SAT", "line": taped(answer), "amount": "500"}
    assert sold(shop, client.post("/", data=sent)).amount_sat == 4200


def test_every_till_has_an_address_and_its_sales_its_name(client: FlaskClient, shop: Shop) -> None:
    page = client.get("/till/bar").text
    assert 'action="/till/bar"' in page
    assert sold(shop, post(client, "/till/bar", unit="SAT", amount="5")).till == "bar"


def test_the_first_till_is_that_of_the_first_page(client: FlaskClient) -> None:
    answer = client.get("/till/counter")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_there_is_no_other_till(client: FlaskClient, method: str) -> None:
    token = Cashier(client).open()["csrf_token"]
    assert client.open("/till/cellar", method=method, data={"csrf_token": token}).status_code == 404


class TestWithoutACurrency:
    """A shop that takes sat only."""

    @pytest.fixture
    def rates(self) -> None:
        return None

    def test_there_is_no_choice_of_units(self, client: FlaskClient) -> None:
        page = client.get("/").text
        assert 'name="unit"' not in page
        assert "exchange rate" not in page

    def test_a_tape_is_in_sat(self, client: FlaskClient, shop: Shop) -> None:
        assert sold(shop, post(client, line=["2500", "1200"], amount="500")).amount_sat == 4200

    def test_a_currency_is_refused(self, client: FlaskClient) -> None:
        assert said(post(client, unit="EUR", amount="500")) == FROM_BEFORE


amounts = st.lists(st.integers(1, 200_000), min_size=1, max_size=MOST_LINES + 1)


@given(amounts, st.sampled_from([SAT, "EUR", "JPY", "KWD"]), st.sampled_from(sorted(LANGUAGES)))
def test_a_tape_adds_up_to_exactly_its_amounts(minor: list[int], unit: str, locale: str) -> None:
    *lines, last = (as_typed(Money(each, unit), locale) for each in minor)
    tape = Tape(unit, tuple(map(Typed, lines)), Typed(last))
    assert price_of(read(tape, locale)) == sum(minor)


@given(st.integers(0, 10**12), st.sampled_from([SAT, "EUR", "JPY", "KWD"]), st.sampled_from(sorted(LANGUAGES)))
def test_what_the_till_puts_in_a_field_it_reads_as_the_same_amount(minor: int, unit: str, locale: str) -> None:
    assert parse_money(as_typed(Money(minor, unit), locale), unit, locale) == Money(minor, unit)


@given(st.lists(st.integers(1, 9999), min_size=1, max_size=20), st.data())
def test_adding_and_taking_off_leave_the_rest_as_it_was(minor: list[int], data: st.DataObject) -> None:
    tape = Tape()
    for each in minor:
        tape = edited(Tape(SAT, tape.lines, Typed(str(each))), "add", None, "en")
    gone = data.draw(st.integers(0, len(minor) - 1))
    kept = minor[:gone] + minor[gone + 1 :]
    assert edited(tape, f"remove:{gone}", None, "en").lines == tuple(Typed(str(it)) for it in kept)


def test_the_sum_of_the_tape_is_what_is_charged(client: FlaskClient, shop: Shop) -> None:
    """What the properties above say of the parts, once through the whole till, cent by cent."""
    lines = [f"{cents // 100}.{cents % 100:02}" for cents in range(1, 50)]
    charge = sold(shop, post(client, unit="EUR", line=lines, amount="0.01"))
    assert charge.fiat
    assert charge.fiat.price == Money(sum(range(1, 50)) + 1, "EUR")
    assert charge.amount_sat == charge.fiat.rate.to_sat(charge.fiat.price)

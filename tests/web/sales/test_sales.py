"""Finding a charge by its number."""

import re
from html import escape

import pytest
from flask.testing import FlaskClient

from pos.shop import Shop
from tests.conftest import Cashier, stored
from tests.fakes import FakeClock


def test_a_charge_is_found_by_the_number_on_its_page(
    client: FlaskClient, cashier: Cashier, shop: Shop, clock: FakeClock
) -> None:
    charge_id = cashier.sell(2100)
    cashier.sell(2100)
    for seconds in (0, 600):
        clock.move(seconds)
        found = re.search(r'Sale <span class="number">(\d+)</span>', client.get(f"/pay/{charge_id}").text)
        assert found
        number = stored(shop, charge_id).number
        assert number
        assert found[1] == number.within(shop.day(shop.now()).year) == "1"
        for written in (found[1], str(number), str(number).replace("-", " ")):
            answer = client.get(f"/sales/{written}")
            assert (answer.status_code, answer.headers["Location"]) == (303, f"/pay/{charge_id}")


def test_the_till_has_a_place_to_type_it(client: FlaskClient, cashier: Cashier, shop: Shop) -> None:
    charge_id = cashier.sell(2100)
    number = stored(shop, charge_id).number
    assert 'href="/sales"' in client.get("/").text
    assert 'action="/sales"' in client.get("/sales").text
    answer = client.get("/sales", query_string={"number": f" {number} "}, follow_redirects=True)
    assert answer.request.path == f"/pay/{charge_id}"


@pytest.mark.parametrize("number", ["2", "2019-1", "hello", "-", "%00", "🥐"])
def test_a_number_of_no_charge_is_told_in_a_sentence(client: FlaskClient, number: str) -> None:
    answer = client.get(f"/sales/{number}")
    assert answer.status_code == 404
    assert "There is no sale with that number." in answer.text


@pytest.mark.parametrize("typed", ["a/b", "..", "2026-1047", "<b>"])
def test_what_was_typed_comes_back_to_be_mended(client: FlaskClient, typed: str) -> None:
    answer = client.get("/sales", query_string={"number": typed})
    assert answer.status_code == 404
    assert "There is no sale with that number." in answer.text
    assert f'value="{escape(typed)}"' in answer.text


@pytest.mark.parametrize("query", ["", "?number=", "?number=%20"])
def test_without_a_number_it_is_asked_for(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/sales{query}")
    assert answer.status_code == 200
    assert 'name="number"' in answer.text


def test_two_charges_of_a_sale_have_its_number_and_it_leads_to_the_last(
    client: FlaskClient, cashier: Cashier, shop: Shop, clock: FakeClock
) -> None:
    first = cashier.sell(2100)
    fields = cashier.open(f"/pay/{first}")
    clock.move(700)
    again = cashier.send(f"/pay/{first}/again", fields).headers["Location"].rsplit("/", 1)[1]
    assert stored(shop, first).number == stored(shop, again).number
    assert client.get("/sales/1").headers["Location"] == f"/pay/{again}"

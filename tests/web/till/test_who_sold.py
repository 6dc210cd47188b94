"""Every sale knows its cashier, and none is over what they may sell at once."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from pos import close, create_app
from pos.domain.staff import Role
from pos.settings import Settings
from pos.shop import Shop
from pos.store.tables import sales, staff
from tests.fakes import FakeClock, FakeRates, FakeWallet
from tests.people import People

# A browser says so of every form of the till's own pages.
OURS = {"Sec-Fetch-Site": "same-origin"}
KEYS = iter(range(10**21, 10**22))


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


@pytest.fixture
def app(settings: Settings, wallet: FakeWallet, clock: FakeClock, rates: FakeRates) -> Iterator[Flask]:
    """A shop in euros, the tips of which are asked for on the till."""
    app = create_app(replace(settings, currency="EUR"), wallet=wallet, clock=clock, running=clock, rates=rates)
    yield app
    close(app)


def sell(browser: FlaskClient, amount: str = "2.00", unit: str = "EUR", key: str = "", memo: str = "") -> TestResponse:
    form = {"amount": amount, "unit": unit, "memo": memo, "key": key or str(next(KEYS))}
    return browser.post("/", data=form, headers=OURS)


def sold_by(shop: Shop) -> list[str]:
    with shop.store.engine.begin() as connection:
        return list(connection.execute(select(sales.c.staff).order_by(sales.c.number)).scalars())


def limit(shop: Shop, minor: int, currency: str) -> None:
    with shop.store.engine.begin() as connection:
        connection.execute(update(staff).values(sale_limit=minor, currency=currency))


@pytest.fixture
def ana(people: People) -> FlaskClient:
    """A till at which Ana, a cashier, has signed in."""
    people.claim()
    return people.device(sells=people.somebody("Ana"))


def test_a_sale_knows_who_made_it(ana: FlaskClient, people: People, shop: Shop) -> None:
    sell(ana)
    sell(people.device(sells=people.somebody("Mia", Role.MANAGER)))
    # An owner's own browser sells as nobody.
    sell(people.owner())
    assert sold_by(shop) == ["ana", "mia", ""]


def test_the_same_sale_sent_again_by_another_one_is_the_same(ana: FlaskClient, people: People, shop: Shop) -> None:
    first = sell(ana, key="k" * 22)
    second = sell(people.device(sells=people.somebody("Ben")), key="k" * 22)
    assert first.headers["Location"] == second.headers["Location"]
    assert sold_by(shop) == ["ana"]


def test_list_page_and_export_name_who_sold(ana: FlaskClient, people: People) -> None:
    sell(ana, memo="Table 5")
    sell(people.device(sells=people.somebody("Ben")), memo="Table 6")
    owner = people.owner()
    listed = owner.get("/sales").text
    assert "<bdi>Ana</bdi>" in listed
    only = owner.get("/sales?staff=ana").text
    assert "Table 5" in only
    assert "Table 6" not in only
    assert "Ana" in owner.get("/sales/1").text
    rows = list(csv.DictReader(io.StringIO(owner.get("/sales.csv").text.removeprefix("\ufeff"))))
    assert sorted(it["staff"] for it in rows) == ["Ana", "Ben"]
    assert [it["staff"] for it in owner.get("/sales.json?staff=ben").get_json()] == ["Ben"]


def test_the_sums_of_one_of_the_staff_are_of_those_sales(
    ana: FlaskClient, people: People, wallet: FakeWallet, shop: Shop
) -> None:
    ben = people.device(sells=people.somebody("Ben"))
    for browser, amount in ((ana, "2.00"), (ana, "3.00"), (ben, "10.00")):
        page = sell(browser, amount).headers["Location"]
        charge = shop.store.get(page.rsplit("/", 1)[1])
        assert charge
        wallet.settle(charge.invoice, charge.amount_sat)
        browser.get(f"{page}/status")
    page = people.owner().get("/sales?staff=ana").text
    assert "2 sales paid" in page
    assert "€5.00" in page


def test_a_sale_over_the_limit_is_refused_with_a_sentence(ana: FlaskClient, shop: Shop) -> None:
    limit(shop, 2000, "EUR")
    assert sell(ana, "20.00").status_code == 303
    refused = sell(ana, "20.01")
    assert (refused.status_code, "Ana may sell up to €20.00 at once." in refused.text) == (422, True)
    # What was typed stays.
    assert 'value="20.01"' in refused.text
    assert len(sold_by(shop)) == 1


@pytest.mark.parametrize(
    ("minor", "currency", "amount", "unit"), [(2000, "EUR", "1000000", "SAT"), (100, "SAT", "20.00", "EUR")]
)
def test_a_limit_holds_in_the_other_unit_too(
    ana: FlaskClient, shop: Shop, minor: int, currency: str, amount: str, unit: str
) -> None:
    limit(shop, minor, currency)
    assert sell(ana, amount, unit).status_code == 422
    assert sell(ana, "1" if unit == "SAT" else "0.01", unit).status_code == 303


@pytest.mark.parametrize(
    ("minor", "currency", "unit", "price", "most", "too_much"),
    [
        (99_990, "SAT", "EUR", "61803.57", "61.79", "61.80"),
        # Where one sat is worth more than a cent, as it is in the smallest units of some currencies.
        (2000, "EUR", "SAT", "1571000", "1273", "1274"),
    ],
)
def test_what_is_told_to_be_the_most_in_the_other_unit_is_within_the_limit(
    ana: FlaskClient,
    shop: Shop,
    rates: FakeRates,
    minor: int,
    currency: str,
    unit: str,
    price: str,
    most: str,
    too_much: str,
) -> None:
    limit(shop, minor, currency)
    rates.price = Decimal(price)
    told = ana.get("/quote", query_string={"unit": unit, "amount": ""}).json
    assert told
    assert re.findall(r"[0-9.]+", told["worth"].replace(",", "")) == [most]
    assert (sell(ana, most, unit).status_code, sell(ana, too_much, unit).status_code) == (303, 422)


def test_nothing_is_sold_over_a_limit_that_nobody_can_reckon(ana: FlaskClient, shop: Shop) -> None:
    limit(shop, 2000, "USD")
    answer = sell(ana, "1.00")
    assert (answer.status_code, "Ask the owner." in answer.text) == (422, True)
    assert sold_by(shop) == []


def test_a_sale_that_was_made_is_the_same_though_the_limit_was_lowered(ana: FlaskClient, shop: Shop) -> None:
    first = sell(ana, "20.00", key="k" * 22)
    limit(shop, 100, "EUR")
    assert sell(ana, "20.00", key="k" * 22).headers["Location"] == first.headers["Location"]


class TestWithTwoTills:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, tills=("till", "bar"))

    def test_a_cashier_sees_the_sales_of_that_till_alone(self, ana: FlaskClient, people: People) -> None:
        sell(ana, memo="Table 5")
        bar = people.device(place="bar", sells=people.somebody("Ben"))
        bar.post("/till/bar", data={"amount": "3.00", "unit": "EUR", "memo": "Beer", "key": "b" * 22}, headers=OURS)
        for path in (
            "/sales",
            "/sales?till=till",
            "/sales?channel=kiosk",
            "/sales?q=Table",
            "/sales.csv",
            "/sales?q=1",
        ):
            page = bar.get(path).text
            assert "Table 5" not in page, path
        assert "Beer" in bar.get("/sales").text
        assert bar.get("/sales/2").status_code == 200
        assert bar.get("/sales/1").status_code == 404
        assert bar.post("/sales/1/message", data={"shown": "yes"}, headers=OURS).status_code == 404

    def test_a_manager_sees_all_of_them_there(self, ana: FlaskClient, people: People) -> None:
        sell(ana, memo="Table 5")
        bar = people.device(place="bar", sells=people.somebody("Mia", Role.MANAGER))
        assert "Table 5" in bar.get("/sales").text
        assert bar.get("/sales/1").status_code == 200


class TestWithATip:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, tip_percent=(10,), tip_at=("till",))

    def test_it_knows_who_made_it_and_the_tip_is_over_no_limit(self, ana: FlaskClient, shop: Shop) -> None:
        limit(shop, 2000, "EUR")
        asked = sell(ana, "20.00")
        answer = ana.post(asked.headers["Location"], data={"tip": "10"}, headers=OURS)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/pay/")
        assert sold_by(shop) == ["ana"]

    def test_one_over_the_limit_asks_nobody_for_a_tip(self, ana: FlaskClient, shop: Shop) -> None:
        limit(shop, 1999, "EUR")
        assert sell(ana, "20.00").status_code == 422

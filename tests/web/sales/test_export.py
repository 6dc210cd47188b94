"""The sales' page in a file: the same sales, under the same address."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import time
from decimal import Decimal
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from pos.domain.charge import Channel
from pos.domain.export import BOM, LINE, SALE
from pos.domain.money import SAT, Money
from pos.domain.sale import Line, Sale
from pos.domain.tax import TaxRate
from pos.services.charge import charge
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from tests.fakes import FakeClock, FakeRates, FakeWallet

DAY = 24 * 3600


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates(Decimal(50_000))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    # The tests' noon is 21 September 2026, 16:13 there.
    return replace(settings, currency="EUR", timezone=ZoneInfo("Europe/Berlin"), day_ends=time(4), tills=("bar",))


@pytest.fixture(autouse=True)
def sold(shop: Shop, wallet: FakeWallet, clock: FakeClock) -> None:
    """A sale of two lines at the bar yesterday, and a tip and an open order today."""
    lines = (Line(1190, 2, "Basil", TaxRate(Decimal(19))), Line(300, text="Tea"))
    clock.move(-DAY)
    basil = charge(shop, Channel.TILL, Sale(Money(2680, "EUR"), "=Market", 100, "bar", lines), "1")
    wallet.settle(basil.invoice, basil.amount_sat)
    settle(shop, basil)
    clock.move(DAY)
    tip = charge(shop, Channel.TIPS, Sale(Money(2100, SAT), "Play La Bamba!"), "2")
    wallet.settle(tip.invoice, 2100)
    settle(shop, tip)
    clock.move(60)
    charge(shop, Channel.API, Sale(Money(900, "EUR"), "Order 7"), "3")


def rows(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix(BOM), newline="")))


def test_today_comes_as_csv_with_the_oldest_first(client: FlaskClient) -> None:
    answer = client.get("/sales.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["Content-Disposition"] == "attachment; filename=sales_2026-09-21.csv"
    assert [(it["number"], it["memo"], it["state"]) for it in rows(client, "/sales.csv")] == [
        ("2", "Play La Bamba!", "paid"),
        ("3", "Order 7", "open"),
    ]
    assert list(rows(client, "/sales.csv")[0]) == list(SALE)


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ("day=2026-09-20", ["1"]),
        ("from=2026-09-20&to=2026-09-21", ["1", "2", "3"]),
        ("month=2026-09", ["1", "2", "3"]),
        ("month=2026-09&channel=tips", ["2"]),
        ("month=2026-09&till=bar", ["1"]),
        ("month=2026-09&show=unpaid", ["3"]),
        ("month=2026-09&show=review", []),
        ("month=2026-09&q=la+bamba", ["2"]),
        ("month=2026-09&after=1-x", ["1", "2", "3"]),
    ],
)
def test_it_has_the_sales_that_the_page_is_about(client: FlaskClient, asked: str, numbers: list[str]) -> None:
    assert [it["number"] for it in rows(client, f"/sales.csv?{asked}")] == numbers
    assert [it["number"] for it in json.loads(client.get(f"/sales.json?{asked}").text)] == [
        f"2026-{it}" for it in numbers
    ]


def test_the_page_leads_to_its_own_sales(client: FlaskClient) -> None:
    page = client.get("/sales?month=2026-09&till=bar&after=9999999999-x")
    links = [unescape(it) for it in re.findall(r'href="(/sales\.[^"]*)"', page.text)]
    assert [it.partition("?")[0] for it in links] == ["/sales.csv", "/sales.csv", "/sales.json"]
    assert [it["number"] for it in rows(client, links[0])] == ["1"]
    assert [it["text"] for it in rows(client, links[1])] == ["Basil", "Tea"]
    assert [it["number"] for it in json.loads(client.get(links[2]).text)] == ["2026-1"]


def test_times_and_days_are_those_of_the_shop(client: FlaskClient, clock: FakeClock, shop: Shop) -> None:
    # Ten hours on it is two in the morning, and yet no other day.
    clock.move(10 * 3600)
    charge(shop, Channel.API, Sale(Money(900, "EUR")), "4")
    night = rows(client, "/sales.csv?day=2026-09-21")[-1]
    assert (night["at"], night["day"]) == ("2026-09-22T02:14:20+02:00", "2026-09-21")


def test_each_line_is_a_row_of_another_file(client: FlaskClient) -> None:
    answer = client.get("/sales.csv?lines=1&from=2026-09-20&to=2026-09-21")
    assert answer.headers["Content-Disposition"] == "attachment; filename=lines_2026-09-20_2026-09-21.csv"
    lines = rows(client, "/sales.csv?lines=1&day=2026-09-20")
    assert list(lines[0]) == list(LINE)
    assert [(it["memo"], it["text"], it["books_tax"]) for it in lines] == [
        ("'=Market", "Basil", "3.80"),
        ("'=Market", "Tea", "0.00"),
    ]


def test_json_has_the_lines_in_each_sale(client: FlaskClient) -> None:
    answer = client.get("/sales.json?day=2026-09-20")
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"] == "attachment; filename=sales_2026-09-20.json"
    [sale] = json.loads(answer.text)
    assert (sale["memo"], [it["text"] for it in sale["lines"]]) == ("=Market", ["Basil", "Tea"])


@pytest.mark.parametrize("asked", ["day=2026-02-30", "from=2026-09-21&to=2026-09-20", "day=%00", "from=x"])
def test_days_that_there_are_not_are_told_in_a_sentence(client: FlaskClient, asked: str) -> None:
    answer = client.get(f"/sales.csv?{asked}")
    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    assert "There is no such day" in answer.text or "The last day is before the first one." in answer.text


@pytest.mark.parametrize("address", ["/sales.xml", "/sales.csv/", "/sales."])
def test_there_is_no_other_kind_of_file(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_database_that_is_gone_is_an_error_and_no_file(client: FlaskClient, shop: Shop) -> None:
    shop.store.close()
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE sale RENAME TO gone")
    try:
        assert client.get("/sales.csv").status_code == 503
    finally:
        with shop.store.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE gone RENAME TO sale")


def test_a_year_that_any_spreadsheet_could_write_is_read(client: FlaskClient) -> None:
    assert len(rows(client, "/sales.csv?from=2000-01-01&to=2999-12-31")) == 3

"""The pages of shifts: what a cashier sees before closing, what is written, and who comes second."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from pos.domain.charge import Channel, Charge
from pos.domain.device import Face
from pos.domain.export import BOM
from pos.domain.money import SAT, Money, unbroken
from pos.domain.printer import PrinterError, Trouble
from pos.domain.sale import Line, Sale
from pos.domain.shift import digest
from pos.domain.staff import Role
from pos.domain.tax import parse_tax_rate
from pos.services.cancel import cancel
from pos.services.charge import charge
from pos.services.settle import settle
from pos.services.verify import verify
from pos.settings import Settings
from pos.shop import Shop
from tests.conftest import Cashier, hidden_fields
from tests.fakes import FakeClock, FakePrinter, FakeRates, FakeWallet
from tests.people import People

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")

Sell = Callable[..., Charge]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    address = ("Arch Lane 4", "10115 Sampletown")
    return replace(settings, tills=("till", "bar"), currency="EUR", shop_address=address, tax_id="00/000")


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


@pytest.fixture
def sell(shop: Shop, wallet: FakeWallet) -> Sell:
    keys = iter(range(1000))

    def sell(
        price: int,
        memo: str = "",
        till: str = "till",
        tip: int = 0,
        channel: Channel = Channel.TILL,
        *,
        currency: str = "EUR",
        paid: bool = True,
    ) -> Charge:
        line = Line(price, text=memo, tax=parse_tax_rate("19"))
        sale = Sale(Money(price, currency), memo, tip, till, (line,))
        made = charge(shop, channel, sale, f"{next(keys)}")
        if paid:
            wallet.settle(made.invoice, made.amount_sat)
            settle(shop, made)
        return made

    return sell


def close(cashier: Cashier, till: str = "till") -> str:
    """Close a shift as somebody does who opens its page, and return the address of its report."""
    answer = cashier.send(f"/till/{till}/shift")
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def table(data: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.removeprefix(BOM), newline="")))


def test_before_anything_was_paid_there_is_nothing_to_close(client: FlaskClient) -> None:
    page = client.get("/till/till/shift").text
    assert "Nothing was paid since the last shift was closed." in page
    assert "<button" not in page


def test_the_page_says_what_will_be_counted(client: FlaskClient, sell: Sell, shop: Shop, clock: FakeClock) -> None:
    sell(11900, "Tea", tip=1000)
    sell(2800, till="laundry", channel=Channel.KIOSK)
    sell(500, till="bar")
    cancel(shop, sell(100, paid=False))
    sell(1210, "Table 5", paid=False)
    clock.move(1)
    page = client.get("/till/till/shift").text
    for said in ("2 sales paid", "€157.00", "€147.00", "€10.00", "Close shift 1", "Table 5", "Still open:", "€12.10"):
        assert said in page, said
    assert "€5.00" not in page
    assert "<dt>Cancelled</dt>" in page
    # Of what did not happen there is nothing to be looked at.
    assert "<dt>Late</dt>" not in page


def test_where_nothing_was_unusual_there_is_nothing_to_be_looked_at(client: FlaskClient, sell: Sell) -> None:
    sell(11900, "Tea")
    assert "Look at these first" not in client.get("/till/till/shift").text


def test_a_close_leads_to_its_report_and_the_next_shift_is_empty(cashier: Cashier, sell: Sell) -> None:
    sell(11900, "Tea", tip=1000)
    address = close(cashier)
    assert address == "/shifts/till/1?closed=now"
    page = cashier.client.get(address).text
    for said in ("Z report", "Shift", "is closed", "€129.00", "119.00", "10.00", "19.00", "Arch Lane 4", "00/000"):
        assert said in page, said
    assert "Nothing was paid" in cashier.client.get("/till/till/shift").text


def test_a_second_device_that_closes_the_same_shift_is_told_and_gets_the_one_report(
    cashier: Cashier, sell: Sell, shop: Shop
) -> None:
    sell(11900)
    fields = cashier.open("/till/till/shift")
    assert cashier.send("/till/till/shift", fields).headers["Location"] == "/shifts/till/1?closed=now"
    sell(700)
    again = cashier.send("/till/till/shift", fields)
    assert again.headers["Location"] == "/shifts/till/1?closed=before"
    assert "had been closed before" in cashier.client.get(again.headers["Location"]).text
    assert len(shop.store.shifts.listed(None, None, 9)) == 1


def test_an_empty_shift_is_not_closed_and_the_sentence_says_so(cashier: Cashier, sell: Sell) -> None:
    sell(11900)
    fields = cashier.open("/till/till/shift")
    answer = cashier.send("/till/bar/shift", fields)
    assert answer.status_code == 409
    assert "there is nothing to close" in answer.text


@pytest.mark.parametrize("number", ["", "one", "1.5"])
def test_a_form_that_names_no_shift_closes_none(cashier: Cashier, sell: Sell, shop: Shop, number: str) -> None:
    sell(11900)
    assert cashier.send("/till/till/shift", cashier.open("/till/till/shift"), number=number).status_code == 400
    assert shop.store.shifts.listed(None, None, 9) == []


@pytest.mark.parametrize("number", ["2", "0", "-1", str(2**63 - 1), str(2**200)])
def test_a_shift_that_is_not_there_is_not_closed(cashier: Cashier, sell: Sell, shop: Shop, number: str) -> None:
    sell(11900)
    assert cashier.send("/till/till/shift", cashier.open("/till/till/shift"), number=number).status_code == 409
    assert shop.store.shifts.listed(None, None, 9) == []


@pytest.mark.parametrize("path", ["/till/door/shift", "/shifts/till/7", "/shifts/door/1.json", "/shifts/a%00b/1"])
def test_a_till_or_a_report_that_there_is_not_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_whoever_has_no_token_closes_nothing(client: FlaskClient, sell: Sell, shop: Shop) -> None:
    sell(11900)
    assert client.post("/till/till/shift", data={"number": "1"}).status_code == 400
    assert shop.store.shifts.listed(None, None, 9) == []


def test_a_report_stays_as_it_was_whatever_the_shop_is_called_later(
    cashier: Cashier, sell: Sell, shop: Shop, clock: FakeClock
) -> None:
    waits = sell(1210, "Table 5", paid=False)
    sell(11900)
    address = close(cashier).partition("?")[0]
    before = cashier.client.get(f"{address}.json").text
    clock.move(30)
    shop.wallet.settle(waits.invoice, waits.amount_sat)  # type: ignore[attr-defined]
    settle(shop, waits)
    close(cashier)
    assert cashier.client.get(f"{address}.json").text == before
    told = json.loads(before)
    assert told["shop"] == {"name": "Marta's Stall", "address": ["Arch Lane 4", "10115 Sampletown"], "tax_id": "00/000"}
    assert told["open"]["sales"][0]["memo"] == "Table 5"
    after = cashier.client.get("/shifts/till/2.json").get_json(force=True)
    assert after["carried"] == {"count": 1, "sat": waits.amount_sat}
    assert after["before"] == digest(before)
    assert "of the shift before" in cashier.client.get("/shifts/till/2").text.lower()


def test_the_csv_has_a_row_for_each_sum(cashier: Cashier, sell: Sell) -> None:
    sell(11900, tip=1000)
    sell(2800, till="laundry", channel=Channel.KIOSK)
    close(cashier)
    answer = cashier.client.get("/shifts/till/1.csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=z-till-1.csv"
    found = {(it["part"], it["name"]): it for it in table(answer.text)}
    assert found["price", ""]["amount"] == "147.00"
    assert found["tips", ""]["amount"] == "10.00"
    assert found["tax", "19"]["tax"] == "23.47"
    assert (found["seller", "kiosk"]["count"], found["seller", "kiosk"]["amount"]) == ("1", "28.00")
    assert {it["till"] for it in found.values()} == {"till"}


def test_all_reports_are_listed_the_newest_first(cashier: Cashier, sell: Sell) -> None:
    for till, price in (("till", 100), ("bar", 200), ("till", 300)):
        sell(price, till=till)
        close(cashier, till)
    page = cashier.client.get("/shifts").text
    assert page.index("€3.00") < page.index("€2.00") < page.index("€1.00")
    of_bar = cashier.client.get("/shifts?till=bar").text
    assert "€2.00" in of_bar
    assert "€1.00" not in of_bar


def test_a_report_in_the_list_says_what_came_in_each_currency(cashier: Cashier, sell: Sell, rates: FakeRates) -> None:
    sell(1250)
    price, rates.price = rates.price, None
    sell(20_000, currency=SAT)
    rates.price = price
    close(cashier)
    row = cashier.client.get("/shifts").text.partition("2 sales</small>")[2].partition("</a>")[0]
    assert unbroken(re.sub(r"<[^>]+>", "", row)).strip() == unbroken("€12.50 + 20,000 sat")


@pytest.mark.parametrize("before", [-(10**30), -1, 10**30])
def test_before_a_report_that_there_cannot_be_the_list_has_none_or_all(
    cashier: Cashier, sell: Sell, before: int
) -> None:
    sell(100)
    close(cashier)
    answer = cashier.client.get(f"/shifts?before={before}")
    assert (answer.status_code, answer.text.count("/shifts/till/1")) == (200, int(before > 0))


def test_a_long_list_of_reports_has_pages(cashier: Cashier, sell: Sell) -> None:
    for _ in range(51):
        sell(100, till="bar")
        close(cashier, "bar")
    page = cashier.client.get("/shifts").text
    assert page.count("/shifts/bar/") == 50
    older = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert cashier.client.get(older).text.count("/shifts/bar/") == 1


def test_a_report_that_was_spoiled_is_said_to_be_and_the_others_are_there(
    cashier: Cashier, sell: Sell, shop: Shop
) -> None:
    for till in ("till", "bar"):
        sell(100, till=till)
        close(cashier, till)
    with shop.store.engine.begin() as connection:
        connection.execute(text("UPDATE shift SET report = '{' WHERE till = 'till'"))
    assert cashier.client.get("/shifts/till/1").status_code == 500
    assert "cannot be read any more" in cashier.client.get("/shifts/till/1").text
    assert "/shifts/bar/1" in cashier.client.get("/shifts").text


def test_the_pages_of_a_shift_lead_back_to_its_till(cashier: Cashier, sell: Sell) -> None:
    sell(100, till="bar")
    assert 'href="/till/bar"' in cashier.client.get("/till/bar/shift").text
    assert 'href="/till/bar"' in cashier.client.get(close(cashier, "bar")).text


def test_the_sales_lead_to_the_shifts(client: FlaskClient) -> None:
    assert 'href="/shifts"' in client.get("/sales").text


def test_a_till_sees_the_reports_of_its_own_shifts_alone(cashier: Cashier, sell: Sell, people: People) -> None:
    for till, price in (("till", 100), ("bar", 200)):
        sell(price, till=till)
        close(cashier, till)
    people.claim()
    device = people.device(place="bar")
    page = device.get("/shifts").text
    assert "/shifts/bar/1" in page
    assert "/till/bar/shift" in page
    assert "/shifts/till/1" not in page
    assert "/till/till/shift" not in page
    assert device.get("/shifts/bar/1").status_code == 200
    for path in ("/shifts?till=till", "/shifts/till/1", "/shifts/till/1.json", "/shifts/till/1.csv", "/shifts/till/9"):
        assert device.get(path).status_code == 403, path


def test_a_shift_is_closed_at_its_own_till_or_by_the_owner(sell: Sell, people: People, shop: Shop) -> None:
    sell(100)
    people.claim()
    for browser in (people.device(place="bar"), people.device(Face.KIOSK, ""), people.stranger()):
        assert browser.get("/till/till/shift").status_code == 403
        form = hidden_fields(browser.get("/till/bar/shift").text) | {"number": "1"}
        assert browser.post("/till/till/shift", data=form).status_code in (400, 403)
    assert shop.store.shifts.listed(None, None, 9) == []
    assert close(Cashier(people.device(place="till"))) == "/shifts/till/1?closed=now"
    sell(100)
    assert close(Cashier(people.owner())) == "/shifts/till/2?closed=now"


def test_a_manager_and_the_owner_see_the_reports_of_all_tills(cashier: Cashier, sell: Sell, people: People) -> None:
    sell(100)
    close(cashier)
    people.claim()
    for browser in (people.device(place="bar", sells=people.somebody("Mia", Role.MANAGER)), people.owner()):
        assert "/shifts/till/1" in browser.get("/shifts").text
        assert browser.get("/shifts/till/1").status_code == 200


def test_a_report_names_who_closed_it_and_who_sold(sell: Sell, people: People, shop: Shop) -> None:
    sell(100)
    sell(300)
    people.claim()
    ana = people.somebody("Ana")
    with shop.store.engine.begin() as connection:
        connection.execute(text("UPDATE sale SET staff = :ana WHERE price = 300"), {"ana": ana})
    device = Cashier(people.device(sells=ana))
    page = device.client.get(close(device)).text
    assert "Closed by" in page
    assert [it in page for it in ("Ana", "Nobody signed in")] == [True, True]
    sellers = device.client.get("/shifts/till/1.json").get_json(force=True)["sellers"]
    assert [(it["staff"], it["name"], it["total"]) for it in sellers] == [(ana, "Ana", 300), ("", "", 100)]
    with shop.store.engine.begin() as connection:
        connection.execute(text("UPDATE staff SET name = 'Ana María'"))
    assert [it.wrong for it in verify(shop)] == [()]


def test_the_page_of_a_sale_says_which_report_has_counted_it(cashier: Cashier, sell: Sell) -> None:
    sell(100)
    assert "Z report" not in cashier.client.get("/sales/1").text
    report = close(cashier).partition("?")[0]
    page = cashier.client.get("/sales/1").text
    assert f'href="{report}"' in page
    assert "Counted in Z report 1" in page


@pytest.mark.parametrize("path", ["/sales", "/shifts", "/refunds"])
def test_the_owner_finds_back_to_the_office(people: People, path: str) -> None:
    assert 'href="/office"' in people.owner().get(path).text


def test_who_is_no_owner_is_not_led_to_the_office(people: People) -> None:
    people.claim()
    assert 'href="/office"' not in people.device(Face.TILL, "till").get("/sales").text


def test_the_office_leads_to_the_shifts(people: People) -> None:
    assert 'href="/shifts"' in people.owner().get("/office").text


def test_who_closed_a_shift_is_an_event(shop: Shop, sell: Sell, people: People) -> None:
    sell(100)
    close(Cashier(people.owner("Marta")))
    with shop.store.engine.connect() as connection:
        told = connection.execute(text("SELECT subject, data FROM event WHERE kind = 'shift.closed'")).one()
    assert (told.subject, json.loads(told.data)) == ("till/1", {"number": 1, "by": "Marta"})


class TestPrinter:
    @pytest.fixture
    def printer(self, app: Flask, shop: Shop) -> FakePrinter:
        """The shop has a receipt printer."""
        printer = FakePrinter()
        app.extensions["shop"] = replace(shop, printer=printer)
        app.jinja_env.globals["has_printer"] = True
        return printer

    def test_a_report_is_printed_by_a_tap(self, cashier: Cashier, sell: Sell, printer: FakePrinter) -> None:
        sell(100)
        report = close(cashier).partition("?")[0]
        answer = cashier.send(f"{report}/print", cashier.open(report))
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{report}?closed=printed")
        assert printer.printed == [("till/1", False)]
        assert "The report is printed" in cashier.client.get(answer.headers["Location"]).text

    @pytest.mark.parametrize(
        ("trouble", "said"),
        [
            (Trouble.SILENT, "does not answer"),
            (Trouble.PAPER, "out of paper"),
            (Trouble.STOPPED, "the printer stopped"),
            (Trouble.BROKEN, "could not be drawn"),
        ],
    )
    def test_what_keeps_it_off_the_paper_is_said(
        self, cashier: Cashier, sell: Sell, printer: FakePrinter, trouble: Trouble, said: str
    ) -> None:
        sell(100)
        report = close(cashier).partition("?")[0]
        printer.fail_with = PrinterError(trouble, "x")
        answer = cashier.send(f"{report}/print", cashier.open(report))
        assert answer.status_code == 503
        assert said in answer.text

    @pytest.mark.usefixtures("printer")
    def test_a_report_that_is_not_there_is_not_printed(self, cashier: Cashier) -> None:
        assert cashier.send("/shifts/till/9/print", cashier.open("/")).status_code == 404

    def test_without_a_printer_there_is_no_such_page(self, cashier: Cashier, sell: Sell) -> None:
        sell(100)
        report = close(cashier).partition("?")[0]
        assert "receipt printer" not in cashier.client.get(report).text
        assert cashier.send(f"{report}/print", cashier.open("/")).status_code == 404

"""The printer as the till shows it: a tap that prints, and one line about what was not printed."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pos import close, create_app
from pos.domain.printer import PrinterError, Trouble, parse_printer
from pos.services.printing import open_print_queue
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from tests.conftest import Cashier, stored
from tests.fakes import FakeClock, FakePrinter, FakeWallet
from tests.people import People
from tests.printing.played import played_printer

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    # Nobody listens there; what prints is the fake of the test.
    return replace(settings, printer=parse_printer("network://127.0.0.1:1"))


def paid(shop: Shop, cashier: Cashier, wallet: FakeWallet) -> str:
    """Sell something, and return the number that people call it by."""
    made = stored(shop, cashier.sell(2100))
    wallet.settle(made.invoice, 2100)
    return str(settle(shop, made).number)


def test_a_tap_prints_and_leads_back_to_the_sale(
    shop: Shop, client: FlaskClient, cashier: Cashier, wallet: FakeWallet, clock: FakeClock
) -> None:
    number = paid(shop, cashier, wallet)
    answer = client.post(f"/sales/{number}/print", data=cashier.open())
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/sales/{number}"
    printer = FakePrinter()
    queue = open_print_queue(replace(shop, printer=printer), running=clock, beside=lambda action: action())
    assert queue
    queue.tick()
    assert len(printer.printed) == 1


def test_the_page_of_a_sale_has_that_tap_once_it_is_paid(
    shop: Shop, client: FlaskClient, cashier: Cashier, wallet: FakeWallet
) -> None:
    number = paid(shop, cashier, wallet)
    assert f'action="/sales/{number}/print"' in client.get(f"/sales/{number}").text
    open_sale = stored(shop, cashier.sell(2100)).number
    assert "/print" not in client.get(f"/sales/{open_sale}").text


def test_the_paid_screen_of_a_till_leads_to_that_tap(
    shop: Shop, client: FlaskClient, cashier: Cashier, wallet: FakeWallet
) -> None:
    made = stored(shop, cashier.sell(2100))
    link = f'<a class="button quiet" href="/sales/{made.number}">Receipt</a>'
    assert link not in client.get(f"/pay/{made.id}").text
    wallet.settle(made.invoice, 2100)
    settle(shop, made)
    assert link in client.get(f"/pay/{made.id}").text


def test_a_customers_own_phone_is_led_to_the_receipt_and_not_to_that_tap(
    shop: Shop, people: People, cashier: Cashier, wallet: FakeWallet
) -> None:
    made = stored(shop, cashier.sell(2100))
    wallet.settle(made.invoice, 2100)
    settle(shop, made)
    people.claim()
    page = people.stranger().get(f"/pay/{made.id}").text
    assert f'<a class="button quiet" href="/pay/{made.id}/receipt">Receipt</a>' in page
    assert f"/sales/{made.number}" not in page


def test_what_is_not_paid_or_not_there_is_not_printed(client: FlaskClient, shop: Shop, cashier: Cashier) -> None:
    number = stored(shop, cashier.sell(2100)).number
    fields = cashier.open()
    assert client.post(f"/sales/{number}/print", data=fields).status_code == 409
    for unknown in ("2026-99", "none", "%27"):
        assert client.post(f"/sales/{unknown}/print", data=fields).status_code == 404
    assert shop.store.print_jobs.next() is None


def test_a_tap_prints_the_receipt_of_a_refund_and_leads_back_to_it(
    shop: Shop, client: FlaskClient, cashier: Cashier, wallet: FakeWallet, clock: FakeClock
) -> None:
    number = paid(shop, cashier, wallet)
    to = FakeWallet(clock).sign(100, "", 3600).invoice.payment_request
    where = cashier.send(f"/refunds/{number}", cashier.open(f"/refunds/{number}"), amount="100", reason="Cold", to=to)
    page, fields = where.location, cashier.open()
    assert f'action="{page}/print"' not in client.get(page).text
    assert client.post(f"{page}/print", data=fields).status_code == 409
    for unknown, said in ((f"{number}/2", "This sale has no such refund."), ("2026-99/1", "There is no sale with")):
        for answer in (client.post(f"/refunds/{unknown}/print", data=fields), client.get(f"/refunds/{unknown}")):
            assert answer.status_code == 404
            assert said in answer.text
    client.post(f"{page}/by-hand", data=fields)
    assert f'action="{page}/print"' in client.get(page).text
    answer = client.post(f"{page}/print", data=fields)
    assert (answer.status_code, answer.location) == (303, page)
    printer = FakePrinter()
    queue = open_print_queue(replace(shop, printer=printer), running=clock, beside=lambda action: action())
    assert queue
    queue.tick()
    queue.tick()
    assert [name.endswith(" refund 1") for name, _ in printer.printed].count(True) == 1
    # The page of the sale tells of it, too.
    assert ("Receipt printed", "Receipt of the refund") in told(client, number)


def test_nobody_has_a_whole_roll_printed(
    shop: Shop, client: FlaskClient, cashier: Cashier, wallet: FakeWallet, clock: FakeClock
) -> None:
    number = paid(shop, cashier, wallet)
    fields = cashier.open()
    answers = [client.post(f"/sales/{number}/print", data=fields).status_code for _ in range(31)]
    assert answers == [303] * 30 + [429]
    clock.move(60)
    assert client.post(f"/sales/{number}/print", data=fields).status_code == 303


def test_the_till_says_in_one_line_what_was_not_printed(
    shop: Shop, client: FlaskClient, cashier: Cashier, wallet: FakeWallet, clock: FakeClock
) -> None:
    number = paid(shop, cashier, wallet).partition("-")[2]
    assert "not printed" not in client.get("/recent?till=till").text
    printer = FakePrinter(fail_with=PrinterError(Trouble.SILENT, "it is off"))
    queue = open_print_queue(replace(shop, printer=printer), running=clock, beside=lambda action: action())
    assert queue
    queue.tick()
    told = f"The receipt of {number} was not printed: the printer does not answer. It is tried again."
    for path in ("/recent?till=till", "/"):
        assert told in client.get(path).text
    paid(shop, cashier, wallet)
    for _ in range(4):
        clock.move(20)
        queue.tick()
    clock.move(600)
    queue.tick()
    page = client.get("/").text
    assert "It is tried again." not in page


def told(client: FlaskClient, number: str) -> list[tuple[str, ...]]:
    """Return what the page of a sale tells of what became of it, since it was paid: words, and their details."""
    steps = re.findall(r"<b>([^<]*)</b>((?:<small>[^<]*</small>)*)", client.get(f"/sales/{number}").text)
    found = [(words, *re.findall(r"<small>([^<]*)", details)) for words, details in steps]
    return found[[words for words, *_ in found].index("Paid") + 1 :]


def test_the_page_of_a_sale_tells_of_each_receipt_whether_it_is_on_paper(
    shop: Shop, client: FlaskClient, cashier: Cashier, wallet: FakeWallet, clock: FakeClock
) -> None:
    number = paid(shop, cashier, wallet)
    printer = FakePrinter()
    queue = open_print_queue(replace(shop, printer=printer), running=clock, beside=lambda action: action())
    assert queue
    assert told(client, number) == []
    queue.tick()
    assert told(client, number) == [("Receipt printed",)]
    clock.move(60)
    client.post(f"/sales/{number}/print", data=cashier.open())
    assert told(client, number) == [("Receipt printed",), ("Receipt waits for the printer",)]
    queue.tick()
    assert told(client, number) == [("Receipt printed",), ("Printed again",)]


def is_due(client: FlaskClient, number: str) -> bool:
    """Tell whether the page of a sale loads itself again, with and without its script."""
    page = client.get(f"/sales/{number}").text
    marks = ["data-due" in page, "js/sale.js" in page, f"url=/sales/{number}" in page]
    assert len(set(marks)) == 1
    return marks[0]


def test_the_page_of_a_sale_looks_again_until_its_receipt_is_on_paper_or_never_will_be(
    shop: Shop, client: FlaskClient, cashier: Cashier, wallet: FakeWallet, clock: FakeClock
) -> None:
    number = paid(shop, cashier, wallet)
    assert not is_due(client, number)
    printer = FakePrinter(fail_with=PrinterError(Trouble.PAPER, "its roll is at the end"))
    queue = open_print_queue(replace(shop, printer=printer), running=clock, beside=lambda action: action())
    assert queue
    queue.tick()
    assert is_due(client, number)
    clock.move(700)
    queue.tick()
    assert not is_due(client, number)
    client.post(f"/sales/{number}/print", data=cashier.open())
    assert is_due(client, number)
    printer.fail_with = None
    queue.tick()
    assert not is_due(client, number)


def test_the_page_of_a_sale_says_why_its_receipt_is_not_on_paper(
    shop: Shop, client: FlaskClient, cashier: Cashier, wallet: FakeWallet, clock: FakeClock
) -> None:
    number = paid(shop, cashier, wallet)
    printer = FakePrinter(fail_with=PrinterError(Trouble.PAPER, "its roll is at the end"))
    queue = open_print_queue(replace(shop, printer=printer), running=clock, beside=lambda action: action())
    assert queue
    queue.tick()
    said = number.partition("-")[2]
    why = f"The receipt of {said} was not printed: the printer is out of paper."
    assert told(client, number) == [("Receipt waits for the printer", why)]
    clock.move(700)
    queue.tick()
    assert told(client, number) == [("Receipt not printed", why)]
    other = paid(shop, cashier, wallet)
    assert told(client, other) == []


def test_the_till_that_prints_is_the_one_of_the_settings(
    settings: Settings, wallet: FakeWallet, clock: FakeClock
) -> None:
    with played_printer() as played:
        app = create_app(replace(settings, printer=parse_printer(played.address)), wallet=wallet, clock=clock)
        shop: Shop = app.extensions["shop"]
        paid(shop, Cashier(app.test_client()), wallet)
        queue = open_print_queue(shop, running=clock, beside=lambda action: action())
        assert queue
        queue.tick()
        close(app)
    assert [it.width for it in played.receipts] == [576]


class TestWithoutPrinter:
    """A till that has none."""

    @pytest.fixture
    def app(self, settings: Settings, wallet: FakeWallet, clock: FakeClock) -> Iterator[Flask]:
        app = create_app(replace(settings, printer=None), wallet=wallet, clock=clock)
        yield app
        close(app)

    def test_it_has_no_such_page_and_no_queue(
        self, app: Flask, client: FlaskClient, shop: Shop, cashier: Cashier, wallet: FakeWallet
    ) -> None:
        number = paid(shop, cashier, wallet)
        for path in (f"/sales/{number}/print", f"/refunds/{number}/1/print"):
            assert client.post(path, data=cashier.open()).status_code == 404
        assert "/print" not in client.get(f"/sales/{number}").text
        assert app.extensions["printing"] is None

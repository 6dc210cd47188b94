"""The pay page with play money: whoever tries the till out is the customer, too."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pos import close, create_app
from pos.settings import Settings
from tests.conftest import Cashier
from tests.fakes import FakeClock

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")

BUTTON = re.compile(r'<form method="post" action="/sandbox/pay">(.*?)</form>', re.DOTALL)


@pytest.fixture
def app(settings: Settings, clock: FakeClock) -> Iterator[Flask]:
    app = create_app(replace(settings, wallet="sandbox"), clock=clock, running=clock)
    yield app
    close(app)


def press(client: FlaskClient, page: str, name: str) -> str:
    """Press the button of that name, and return the page it leads to."""
    (form,) = [form for form in BUTTON.findall(page) if f">{name}<" in form]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    sent = {field: unescape(value) for field, value in fields.items()}
    return client.post("/sandbox/pay", data=sent).headers["Location"]


def test_an_invoice_can_be_paid_in_time(client: FlaskClient, cashier: Cashier, clock: FakeClock) -> None:
    charge_id = cashier.sell(2100)

    there = press(client, client.get(f"/pay/{charge_id}").text, "Pay as the customer")

    clock.move(1)
    assert there == f"/pay/{charge_id}"
    assert (cashier.status(charge_id)["status"], cashier.status(charge_id)["late"]) == ("paid", False)


def test_a_payment_that_comes_late_can_be_rehearsed(client: FlaskClient, cashier: Cashier, clock: FakeClock) -> None:
    charge_id = cashier.sell(2100)
    clock.move(700)
    page = client.get(f"/pay/{charge_id}").text
    assert 'data-state="expired"' in page

    press(client, page, "Pay late as the customer")

    clock.move(1)
    assert "Paid late" in client.get(f"/pay/{charge_id}").text


def test_so_can_one_that_comes_after_a_cancel(client: FlaskClient, cashier: Cashier, clock: FakeClock) -> None:
    charge_id = cashier.sell(2100)
    cashier.send(f"/pay/{charge_id}/cancel", cashier.open(f"/pay/{charge_id}"))
    clock.move(5)

    press(client, client.get(f"/pay/{charge_id}").text, "Pay late as the customer")

    clock.move(1)
    assert cashier.status(charge_id)["late"]

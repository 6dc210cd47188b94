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
from tests.conftest import Cashier, hidden_fields
from tests.fakes import FakeClock, FakeWallet

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


def give_back(client: FlaskClient, cashier: Cashier, clock: FakeClock) -> str:
    """Sell something, be paid, and return the page on which it is given back."""
    charge_id = cashier.sell(2100)
    press(client, client.get(f"/pay/{charge_id}").text, "Pay as the customer")
    clock.move(1)
    assert cashier.status(charge_id)["status"] == "paid"
    return cashier.send("/refunds/1", amount="2100", reason="Cold").headers["Location"]


def test_a_refund_can_be_tried_from_the_sale_to_its_proof(
    client: FlaskClient, cashier: Cashier, clock: FakeClock
) -> None:
    here = give_back(client, cashier, clock)

    assert f'action="{here}/play"' in client.get(here).text
    filled = cashier.send(f"{here}/play", cashier.open(here)).text
    (request,) = re.findall(r"lnbcrt\w+", filled)
    assert client.post(f"{here}/invoice", data={**hidden_fields(filled), "to": request}).status_code == 303

    assert f'action="{here}/play"' in client.get(here).text
    paid = cashier.send(f"{here}/play", cashier.open(here)).text
    (preimage,) = re.findall(r'name="preimage"[^>]* value="([0-9a-f]{64})"', paid)
    # What is left to do is at hand.
    assert "autofocus>Prove it</button>" in paid
    assert client.post(f"{here}/proof", data={**hidden_fields(paid), "preimage": preimage}).status_code == 303
    assert "given back" in client.get(here).text


def test_an_invoice_of_another_wallet_is_not_paid_with_play_money(
    client: FlaskClient, cashier: Cashier, clock: FakeClock
) -> None:
    here = give_back(client, cashier, clock)
    request = FakeWallet(clock).sign(2100, "", 3600).invoice.payment_request
    cashier.send(f"{here}/invoice", cashier.open(here), to=request)
    page = cashier.send(f"{here}/play", cashier.open(here)).text
    assert "The play customer did not make this invoice, or it has expired." in page

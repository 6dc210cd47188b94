"""Play money: the sandbox's commands, and a till that sells for it."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from pos import create_app
from pos.bolt11.decode import decode
from pos.settings import Settings
from pos.shop import Shop
from pos.wallets.base import InvoiceRequest
from tests.command import run
from tests.fakes import FakeClock


@pytest.fixture
def sandbox_app(settings: Settings, clock: FakeClock) -> Flask:
    return create_app(replace(settings, wallet="sandbox"), clock=clock)


def test_the_sandboxs_keys_are_printed_one_a_line_with_their_names(sandbox_app: Flask) -> None:
    _, output = run(sandbox_app, "sandbox", "keys")
    prefixes = [re.fullmatch(r"\w+ ([a-z]+_)\w+", line) for line in output.split("\n") if line]
    assert [match and match[1] for match in prefixes] == ["pak_", "sak_", "wal_", "waki_", "wakr_", "waka_"]


def test_an_invoice_is_paid_from_the_command_line_once(sandbox_app: Flask) -> None:
    shop: Shop = sandbox_app.extensions["shop"]
    invoice = shop.wallet.create_invoice(InvoiceRequest(21, "", 600, "c1")).invoice
    code, output = run(sandbox_app, "sandbox", "pay", f"lightning:{invoice.payment_request.upper()}")
    assert (code, output.startswith("paid 21 sat")) == (0, True)
    assert shop.wallet.look_up(invoice)
    code, output = run(sandbox_app, "sandbox", "pay", invoice.payment_request)
    assert code != 0
    assert "already" in output


def test_there_is_no_sandbox_where_there_is_real_money(app: Flask) -> None:
    code, output = run(app, "sandbox", "keys")
    assert code != 0
    assert "no sandbox" in output


def test_a_till_on_the_sandbox_sells_real_signed_invoices_on_regtest(sandbox_app: Flask) -> None:
    shop: Shop = sandbox_app.extensions["shop"]
    offer = shop.wallet.create_invoice(InvoiceRequest(21, "", 600, "c1"))
    assert decode(offer.invoice.payment_request).network == "bcrt"
    assert decode(offer.invoice.payment_request).payee == offer.payee


def test_every_page_says_that_it_is_play_money(sandbox_app: Flask) -> None:
    client = sandbox_app.test_client()
    for path in ("/", "/kiosk", "/tips", "/nope"):
        assert "Play money" in client.get(path).text


def test_the_sandbox_sells_as_much_as_the_till(settings: Settings, clock: FakeClock) -> None:
    shop: Shop = create_app(replace(settings, wallet="sandbox", max_sat=50_000_000), clock=clock).extensions["shop"]
    assert shop.wallet.create_invoice(InvoiceRequest(50_000_000, "", 600, "c1")).invoice

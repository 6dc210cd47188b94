"""A till that was started again with other settings: what was sold before, and pages that were left open."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pos import close, create_app
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.domain.tax import TaxRate
from pos.settings import Settings
from pos.web.sale_token import seal
from tests.conftest import Cashier, hidden_fields, stored
from tests.fakes import FakeClock, FakeRates, FakeWallet

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")

EUROS = Sale(Money(1250, "EUR"), "Lunch", till="bar")
CURRENCIES = ["USD", "JPY", None]
UNTAXED: tuple[TaxRate, ...] = ()
SEVEN, EIGHT = (TaxRate(Decimal(7), on_top=True),), (TaxRate(Decimal(8), on_top=True),)
WITHIN = (TaxRate(Decimal(8)),)

# Starts the till anew on the same database, and returns somebody with the same browser.
Restart = Callable[..., Cashier]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, tip_percent=(5, 10), currency="EUR", tills=("till", "bar"))


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates(Decimal(50_000))


@pytest.fixture
def restart(app: Flask, settings: Settings, wallet: FakeWallet, clock: FakeClock) -> Iterator[Restart]:
    with ExitStack() as tills:

        def start(client: FlaskClient, currency: str | None = "EUR", **changes: Any) -> Cashier:
            close(app)
            rates = FakeRates(Decimal(50_000) if currency else None, currency)
            changed = replace(settings, currency=currency, **changes)
            newer = create_app(changed, wallet=wallet, clock=clock, running=clock, rates=rates)
            tills.callback(close, newer)
            browser = newer.test_client()
            # The test client's own jar: there is no other way to take a browser from one server to the next.
            browser._cookies = client._cookies
            return Cashier(browser)

        yield start


def tip_page(app: Flask, sale: Sale = EUROS) -> str:
    with app.test_request_context():
        return f"/tip/{seal(sale, 'key')}"


def charged(cashier: Cashier, tip_page: str) -> str:
    return cashier.send(tip_page, tip="0").headers["Location"].removeprefix("/pay/")


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_tip_page_of_before_another_currency_sells_nothing_and_says_why(
    app: Flask, cashier: Cashier, wallet: FakeWallet, restart: Restart, currency: str | None
) -> None:
    address = tip_page(app)
    fields = cashier.open(address)
    newer = restart(cashier.client, currency)
    for answer in (newer.client.get(address), newer.send(address, fields, tip="5")):
        assert answer.status_code == 409
        assert "This sale is in EUR, which the till takes no more." in unescape(answer.text)
        assert "€12.50" in answer.text
    assert wallet.made == []


@pytest.mark.parametrize("currency", CURRENCIES)
def test_an_older_sale_keeps_its_currency_and_has_no_new_invoice(
    app: Flask, cashier: Cashier, wallet: FakeWallet, clock: FakeClock, restart: Restart, currency: str | None
) -> None:
    sold = charged(cashier, tip_page(app))
    newer = restart(cashier.client, currency)
    assert "€12.50" in newer.client.get(f"/pay/{sold}").text
    clock.move(600)
    answer = newer.send(f"/pay/{sold}/again", newer.open(f"/pay/{sold}"))
    assert answer.status_code == 409
    assert "This sale is in EUR" in unescape(answer.text)
    assert len(wallet.made) == 1
    assert newer.client.get("/till/bar").status_code == 200


@pytest.mark.parametrize("currency", CURRENCIES)
def test_an_older_sale_in_another_currency_that_is_paid_turns_green(
    app: Flask, cashier: Cashier, wallet: FakeWallet, restart: Restart, currency: str | None
) -> None:
    sold = charged(cashier, tip_page(app))
    wallet.settle(stored(app.extensions["shop"], sold).invoice, 25_000)
    newer = restart(cashier.client, currency)
    assert newer.status(sold)["status"] == "paid"
    assert "€12.50" in newer.client.get(f"/pay/{sold}").text


def test_a_sale_in_sat_is_sold_on_in_any_currency(
    app: Flask, cashier: Cashier, wallet: FakeWallet, clock: FakeClock, restart: Restart
) -> None:
    sold = charged(cashier, tip_page(app, Sale(Money(2100, SAT), till="bar")))
    newer = restart(cashier.client, "JPY")
    clock.move(600)
    assert newer.send(f"/pay/{sold}/again", newer.open(f"/pay/{sold}")).status_code == 303
    assert len(wallet.made) == 2


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_till_page_that_was_typed_in_another_currency_does_not_come_back_as_so_many_sat(
    cashier: Cashier, wallet: FakeWallet, restart: Restart, currency: str | None
) -> None:
    fields = cashier.open()
    newer = restart(cashier.client, currency)
    answer = newer.send("/", fields, unit="EUR", amount="5000", line="1200", memo="Tomatoes")
    assert answer.status_code == 422
    assert "Load it again" in answer.text
    assert 'value="Tomatoes"' in answer.text
    assert "5000" not in answer.text
    assert "1200" not in answer.text
    assert wallet.made == []


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_sale_that_was_kept_in_another_currency_is_not_lost_in_silence(
    app: Flask, cashier: Cashier, wallet: FakeWallet, restart: Restart, currency: str | None
) -> None:
    kept = tip_page(app).removeprefix("/tip/")
    newer = restart(cashier.client, currency)
    answer = newer.client.get(f"/till/bar?sale={kept}")
    assert answer.status_code == 409
    assert "This sale is in EUR, which the till takes no more. Nothing was charged." in answer.text
    assert 'value="Lunch"' in answer.text
    assert "12.50" not in answer.text
    assert wallet.made == []


def test_of_a_sale_that_was_charged_in_another_currency_nobody_says_that_it_was_not(
    app: Flask, cashier: Cashier, restart: Restart
) -> None:
    address = tip_page(app)
    made = charged(cashier, address)
    newer = restart(cashier.client, "USD")
    for name in (made, address.removeprefix("/tip/")):
        answer = newer.client.get(f"/till/bar?sale={name}")
        assert answer.status_code == 200
        assert "Nothing was charged" not in answer.text


def test_a_tip_page_of_before_other_tips_comes_back_with_those_of_now(
    app: Flask, cashier: Cashier, wallet: FakeWallet, restart: Restart
) -> None:
    address = tip_page(app)
    fields = cashier.open(address)
    newer = restart(cashier.client, tip_percent=(7,))
    answer = newer.send(address, fields, tip="10")
    assert answer.status_code == 400
    assert "not one of those offered" in answer.text
    assert 'name="tip" value="7"' in answer.text
    assert wallet.made == []
    assert newer.send(address, fields, tip="7").status_code == 303


def test_a_tip_page_sells_on_where_no_tips_are_offered_any_more(app: Flask, cashier: Cashier, restart: Restart) -> None:
    address = tip_page(app)
    fields = cashier.open(address)
    assert restart(cashier.client, tip_percent=()).send(address, fields, tip="0").status_code == 303


def test_a_sale_of_a_till_that_is_no_more_leads_back_to_the_first_one(
    app: Flask, cashier: Cashier, restart: Restart
) -> None:
    address = tip_page(app)
    sold = charged(cashier, address)
    newer = restart(cashier.client, tills=("counter", "cellar"))
    for page in (f"/pay/{sold}", address):
        text = newer.client.get(page).text
        assert re.search(r'href="/("|\?sale=)', text)
        assert "/till/bar" not in text
    to_change_it = newer.send(f"/pay/{sold}/cancel", newer.open(f"/pay/{sold}")).headers["Location"]
    assert to_change_it == f"/?sale={sold}"
    assert newer.client.get(to_change_it).status_code == 200


def test_a_sale_over_a_limit_that_was_lowered_is_shown_and_not_sold_again(
    app: Flask, cashier: Cashier, wallet: FakeWallet, clock: FakeClock, restart: Restart
) -> None:
    address = tip_page(app)
    sold = charged(cashier, address)
    newer = restart(cashier.client, max_sat=1000)
    assert newer.client.get(f"/pay/{sold}").status_code == 200
    assert newer.client.get(tip_page(app)).status_code == 422
    clock.move(600)
    answer = newer.send(f"/pay/{sold}/again", newer.open(f"/pay/{sold}"))
    assert answer.status_code == 422
    assert "Too much" in answer.text
    assert len(wallet.made) == 1


def test_a_sale_of_another_wallet_is_shown_cancelled_and_sold_again_with_the_one_of_now(
    app: Flask, cashier: Cashier, wallet: FakeWallet, restart: Restart
) -> None:
    sold = charged(cashier, tip_page(app))
    wallet.identity = "fake:2"
    newer = restart(cashier.client)
    fields = newer.open(f"/pay/{sold}")
    assert newer.send(f"/pay/{sold}/cancel", fields).status_code == 303
    again = newer.send(f"/pay/{sold}/again", fields)
    assert again.status_code == 303
    assert wallet.look_ups == 0


@pytest.mark.parametrize("language", ["tlh", "de; x", "", "../de"])
def test_a_browser_that_keeps_a_language_that_is_no_more_reads_english(cashier: Cashier, language: str) -> None:
    cashier.client.set_cookie("language", language)
    assert '<html lang="en"' in cashier.client.get("/").text


@pytest.mark.parametrize(
    ("before", "now", "asked"),
    [(UNTAXED, SEVEN, 1070), (SEVEN, EIGHT, 1080), (SEVEN, UNTAXED, 1000), (SEVEN, WITHIN, 1000)],
)
@pytest.mark.parametrize("as_typed", [{"amount": "10"}, {"line": "8", "amount": "2"}])
def test_a_till_page_charges_no_other_tax_than_its_key_has_counted(
    cashier: Cashier,
    wallet: FakeWallet,
    restart: Restart,
    before: tuple[TaxRate, ...],
    now: tuple[TaxRate, ...],
    asked: int,
    as_typed: dict[str, str],
) -> None:
    older = restart(cashier.client, tax_rates=before, tip_percent=())
    fields = {**older.open("/till/bar"), "unit": "EUR"}
    newer = restart(older.client, tax_rates=now, tip_percent=())
    answer = newer.send("/till/bar", fields, **as_typed)
    assert answer.status_code == 422
    assert "This page is from before the shop's settings were changed." in unescape(answer.text)
    assert wallet.made == []
    # What was typed is still there, with what it comes to now.
    assert f"€{asked / 100:.2f}" in answer.text
    again = newer.send("/till/bar", {**hidden_fields(answer.text), "unit": "EUR"}, **as_typed)
    assert again.status_code == 303
    charge_id = again.headers["Location"].removeprefix("/pay/")
    assert stored(newer.client.application.extensions["shop"], charge_id).sale.total == Money(asked, "EUR")

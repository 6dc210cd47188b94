"""The till page."""

from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pos import create_app
from pos.domain.charge import Channel
from pos.shop import Shop
from pos.wallets.base import (
    BadAnswer,
    InvoiceRefused,
    KeyRefused,
    WalletBusy,
    WalletError,
    WalletTimeout,
    WalletUnreachable,
)
from tests.conftest import Cashier, hidden_fields, stored
from tests.fakes import NOON, FakeClock, FakeWallet, as_of_2019
from tests.people import People


def test_a_sale_leads_to_its_pay_page(cashier: Cashier, shop: Shop) -> None:
    answer = cashier.send(amount="2100", memo="Coffee ☕")
    assert answer.status_code == 303
    charge = stored(shop, answer.headers["Location"].removeprefix("/pay/"))
    assert (charge.amount_sat, charge.memo, charge.channel) == (2100, "Coffee ☕", Channel.TILL)


@pytest.mark.parametrize("amount", ["", "0", "-5", "1.5", "1,0", "abc", "²", "9" * 20, "10000001", "1e3", " ", "\x00"])
def test_a_bad_amount_brings_the_form_back_with_a_sentence_and_makes_no_invoice(
    cashier: Cashier, wallet: FakeWallet, amount: str
) -> None:
    answer = cashier.send(amount=amount, memo="Tomatoes")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="Tomatoes"' in answer.text
    assert wallet.made == []


def test_a_memo_that_is_too_long_brings_the_form_back(cashier: Cashier, wallet: FakeWallet) -> None:
    for memo in ("x" * 201, "🍅" * 160):
        answer = cashier.send(amount="2100", memo=memo)
        assert answer.status_code == 422
        assert "memo is too long" in answer.text
        assert memo in answer.text
    assert wallet.made == []


def test_control_characters_of_a_memo_become_spaces(cashier: Cashier, shop: Shop) -> None:
    answer = cashier.send(amount="2100", memo="one\ntwo\u202ethree")
    assert stored(shop, answer.headers["Location"].removeprefix("/pay/")).memo == "one two three"


def test_html_in_a_memo_is_shown_as_text(cashier: Cashier) -> None:
    charge_id = cashier.sell(2100, "<script>alert(1)</script>")
    page = cashier.client.get(f"/pay/{charge_id}").text
    assert "<script>alert" not in page
    assert "<script>alert(1)</script>" in unescape(page)


def test_every_page_has_a_new_key_and_a_failed_form_keeps_its_own(cashier: Cashier) -> None:
    first, second = cashier.open(), cashier.open()
    assert first["key"] != second["key"]
    answer = cashier.send("/", first, amount="x")
    assert f'value="{first["key"]}"' in answer.text


def test_the_same_form_sent_twice_is_one_charge(cashier: Cashier, wallet: FakeWallet) -> None:
    fields = cashier.open()
    answers = [cashier.send("/", fields, amount="2100") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert len(wallet.made) == 1


def test_the_same_form_sent_eight_times_at_once_is_one_charge(cashier: Cashier, app: Flask, wallet: FakeWallet) -> None:
    fields = cashier.open()
    session = cashier.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert session

    def press(_: int) -> str:
        client = app.test_client()
        client.set_cookie(session.key, session.value)
        return str(client.post("/", data={**fields, "amount": "2100"}).headers["Location"])

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(press, range(8)))) == 1
    assert len(wallet.made) == 1


def test_a_key_that_comes_back_with_another_sale_leads_to_the_first(cashier: Cashier) -> None:
    fields = cashier.open()
    first = cashier.send("/", fields, amount="2100").headers["Location"]
    answer = cashier.send("/", fields, amount="2200")
    assert answer.status_code == 409
    assert f'href="{first}"' in answer.text


def test_a_damaged_key_is_refused(cashier: Cashier, wallet: FakeWallet) -> None:
    fields = cashier.open() | {"key": "x" * 201}
    assert cashier.send("/", fields, amount="2100").status_code == 422
    assert wallet.made == []


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (WalletUnreachable("x"), 502, "The shop's wallet does not answer. Nothing was charged. Try again."),
        (WalletTimeout("x"), 504, "The shop's wallet took too long to answer. Nothing was charged. Try again."),
        (WalletBusy("x", 5), 502, "Wait a moment"),
        (KeyRefused("x"), 502, "The owner has to check the settings."),
        (
            InvoiceRefused("Limit is 10000."),
            502,
            "The shop's wallet refused this sale: Limit is 10000. Nothing was charged.",
        ),
        (BadAnswer("x"), 502, "answered something that the till cannot use"),
    ],
)
def test_when_the_wallet_fails_the_form_comes_back_and_the_next_sale_works(
    cashier: Cashier, wallet: FakeWallet, error: WalletError, status: int, sentence: str
) -> None:
    fields = cashier.open()
    wallet.fail_with = error
    answer = cashier.send("/", fields, amount="2100", memo="Tomatoes")
    assert answer.status_code == status
    assert sentence in unescape(answer.text)
    assert 'value="2100"' in answer.text
    assert 'value="Tomatoes"' in answer.text
    wallet.fail_with = None
    assert cashier.send("/", fields, amount="2100", memo="Tomatoes").status_code == 303


def test_a_wrong_invoice_is_not_shown(cashier: Cashier, wallet: FakeWallet) -> None:
    wallet.lie = lambda _: wallet.sign(21, "", 600)
    answer = cashier.send(amount="2100")
    assert answer.status_code == 502
    assert "wrong invoice" in answer.text
    assert "lnbcrt" not in answer.text


def test_an_invoice_that_no_phone_pays_is_not_shown_and_the_sentence_says_whose_wallet_it_is(
    cashier: Cashier, wallet: FakeWallet
) -> None:
    wallet.lie = as_of_2019
    answer = cashier.send(amount="2100")
    assert answer.status_code == 502
    assert "customers' wallets refuse to pay" in unescape(answer.text)
    assert "lnbcrt" not in answer.text


def test_a_clock_that_is_ahead_is_told_to_the_cashier_as_such(cashier: Cashier, wallet: FakeWallet) -> None:
    wallet.clock = FakeClock(NOON - 600)
    answer = cashier.send(amount="2100")
    assert answer.status_code == 502
    assert "The owner has to set the clock." in answer.text


def test_a_book_that_takes_no_write_shows_no_invoice_and_a_clear_sentence(cashier: Cashier, shop: Shop) -> None:
    fields = cashier.open()
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    answer = cashier.send("/", fields, amount="2100", memo="Tomatoes")
    assert answer.status_code == 503
    assert "could not write the sale down" in answer.text
    assert 'value="Tomatoes"' in answer.text
    assert "lnbcrt" not in answer.text


@pytest.mark.parametrize("token", [None, "", "old"])
def test_a_page_without_a_good_token_says_so_and_keeps_what_was_typed(
    cashier: Cashier, wallet: FakeWallet, token: str | None
) -> None:
    fields = cashier.open()
    fields.pop("csrf_token")
    if token is not None:
        fields["csrf_token"] = token
    answer = cashier.send("/", fields, amount="2100", memo="Tomatoes & <basil>")
    assert answer.status_code == 400
    assert "before the till was set up anew" in answer.text
    assert wallet.made == []
    kept = hidden_fields(answer.text)
    assert answer.text.count('name="csrf_token"') == 1
    assert (kept["amount"], kept["memo"]) == ("2100", "Tomatoes & <basil>")
    assert cashier.send("/", kept).status_code == 303


def test_a_page_survives_a_restart_of_the_server(cashier: Cashier, app: Flask, wallet: FakeWallet) -> None:
    fields = cashier.open()
    session = cashier.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert session
    shop = app.extensions["shop"]
    client = create_app(shop.settings, wallet=wallet, clock=shop.clock).test_client()
    client.set_cookie(session.key, session.value)
    assert client.post("/", data={**fields, "amount": "2100"}).status_code == 303


def test_a_form_that_is_far_too_large_is_refused(cashier: Cashier) -> None:
    assert cashier.send(amount="1", memo="x" * 70_000).status_code == 413


@pytest.mark.parametrize(
    ("address", "headers", "told"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("192.168.1.7", {}, False),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, False),
    ],
)
def test_who_sits_at_the_machine_reads_that_nobody_owns_the_shop_yet(
    client: FlaskClient, people: People, address: str, headers: dict[str, str], told: bool
) -> None:
    def reads(browser: FlaskClient) -> bool:
        page = browser.get("/", headers=headers, environ_base={"REMOTE_ADDR": address})
        assert page.status_code == 200
        return "No owner yet: type flask owner." in page.text

    assert reads(client) is told
    assert not reads(people.owner())

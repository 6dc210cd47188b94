"""The webhook: a hint to look, never proof. What the till's wallet sends here is what LNPay sends."""

import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.test import TestResponse

from pos import create_app
from pos.sandbox.settings import SandboxSettings
from pos.services.settle import settle_hint
from pos.settings import Settings
from pos.shop import Shop
from pos.store import StoreError
from pos.wallets.base import ByPaymentHash, WalletUnreachable
from tests.conftest import Cashier, stored
from tests.fakes import FakeClock, FakeWallet, HintingWallet
from tests.loopback import Quiet

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a wallet sends and reads")

SECRET = "a secret for the hook"


@pytest.fixture
def wallet(clock: FakeClock) -> FakeWallet:
    return HintingWallet(clock, hook_secret=SECRET)


def event(invoice_id: str, name: str = "wallet_receive") -> bytes:
    lntx = {"id": invoice_id, "settled": 1, "num_satoshis": 2100}
    return json.dumps({"id": "evt_1", "event": {"name": name}, "data": {"wtx": {"lnTx": lntx}}}).encode()


def sign(body: bytes) -> str:
    return hmac.new(SECRET.encode(), body, "sha256").hexdigest()


def send(client: FlaskClient, body: bytes, signature: str | None = None) -> TestResponse:
    headers = {"X-LNPay-Signature": sign(body) if signature is None else signature}
    answer = client.post("/hooks/lnpay", data=body, headers=headers, content_type="text/plain")
    answer.close()
    return answer


@pytest.fixture
def invoice_id(cashier: Cashier, shop: Shop, wallet: FakeWallet) -> str:
    """An invoice that the customer has paid, and of which the till has not heard."""
    invoice = stored(shop, cashier.sell(2100)).invoice
    wallet.settle(invoice, 2100)
    return invoice.id


@contextmanager
def served_by_hand() -> Iterator[BaseWSGIServer]:
    """A server that takes a request when it is told to."""
    server = make_server("127.0.0.1", 0, Flask(__name__), request_handler=Quiet)
    server.timeout = 10
    yield server
    server.server_close()


def is_paid(shop: Shop, invoice_id: str) -> bool:
    charge = shop.store.find_by_invoice(invoice_id)
    return charge is not None and charge.payment is not None


def test_a_hint_makes_the_till_look(client: FlaskClient, shop: Shop, invoice_id: str) -> None:
    assert send(client, event(invoice_id)).status_code == 200
    assert is_paid(shop, invoice_id)


def test_a_hint_alone_does_not_make_a_charge_paid(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, invoice_id: str
) -> None:
    wallet.settlements.clear()
    assert send(client, event(invoice_id)).status_code == 200
    assert not is_paid(shop, invoice_id)


@pytest.mark.parametrize("name", ["wallet_receive", "wallet_created", "something new"])
def test_an_event_of_any_name_is_a_hint(client: FlaskClient, shop: Shop, invoice_id: str, name: str) -> None:
    assert send(client, event(invoice_id, name)).status_code == 200
    assert is_paid(shop, invoice_id)


def test_a_hint_that_comes_again_changes_nothing(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, invoice_id: str
) -> None:
    send(client, event(invoice_id))
    first, asked = shop.store.find_by_invoice(invoice_id), wallet.look_ups
    assert send(client, event(invoice_id)).status_code == 200
    assert shop.store.find_by_invoice(invoice_id) == first
    assert wallet.look_ups == asked


def test_an_invoice_of_somebody_else_is_nothing_to_us(client: FlaskClient, wallet: FakeWallet) -> None:
    assert send(client, event("lntx_foreign")).status_code == 200
    assert wallet.look_ups == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: "",
        lambda good: good.upper(),
        lambda good: good[:-1],
        lambda good: f"{good},{good}",
        lambda good: f"sha256={good}",
        lambda _: hmac.new(b"another", event("x"), "sha256").hexdigest(),
    ],
)
def test_a_bad_signature_is_refused_and_nobody_is_asked(
    client: FlaskClient,
    shop: Shop,
    wallet: FakeWallet,
    invoice_id: str,
    caplog: pytest.LogCaptureFixture,
    spoil: Callable[[str], str],
) -> None:
    body = event(invoice_id)
    assert send(client, body, spoil(sign(body))).status_code == 403
    assert not is_paid(shop, invoice_id)
    assert wallet.look_ups == 0
    assert "bad signature" in caplog.text
    assert invoice_id not in "".join(record.getMessage() for record in caplog.records if "hooks" in record.name)


def test_a_body_that_was_changed_by_one_byte_is_refused(client: FlaskClient, shop: Shop, invoice_id: str) -> None:
    body = event(invoice_id)
    assert send(client, body + b" ", sign(body)).status_code == 403
    assert not is_paid(shop, invoice_id)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b"null", b"1", b"[" * 50_000])
def test_well_signed_nonsense_is_refused(client: FlaskClient, body: bytes) -> None:
    assert send(client, body).status_code == 400


@pytest.mark.parametrize(
    "body", [b"{}", b'{"data": 1}', b'{"data": {"wtx": null}}', b'{"data": {"wtx": {"lnTx": {"id": 7}}}}']
)
def test_an_event_about_no_invoice_is_taken_and_forgotten(client: FlaskClient, wallet: FakeWallet, body: bytes) -> None:
    assert send(client, body).status_code == 200
    assert wallet.look_ups == 0


@pytest.mark.parametrize("odd", ["lntx_\0", "\ud800", "lntx 1", "lntx_1\n", "lntx_é", ""])
def test_an_id_that_no_invoice_can_have_is_taken_and_forgotten(
    client: FlaskClient, wallet: FakeWallet, caplog: pytest.LogCaptureFixture, odd: str
) -> None:
    assert send(client, event(odd)).status_code == 200
    assert wallet.look_ups == 0
    assert caplog.text == ""


def test_a_body_that_is_far_too_large_is_refused(client: FlaskClient) -> None:
    assert send(client, b" " * 70_000).status_code == 413


def test_without_a_secret_the_hook_is_not_there(settings: Settings, clock: FakeClock) -> None:
    closed = create_app(settings, wallet=HintingWallet(clock, hook_secret=None), clock=clock).test_client()
    assert send(closed, event("x")).status_code == 404


def test_a_wallet_that_sends_no_hints_has_no_hook(settings: Settings, clock: FakeClock) -> None:
    silent = create_app(settings, wallet=FakeWallet(clock), clock=clock).test_client()
    assert send(silent, event("x")).status_code == 404


def test_the_hook_of_another_wallet_is_not_there(client: FlaskClient, shop: Shop, invoice_id: str) -> None:
    body = event(invoice_id)
    for name in ("lnbits", "LNPAY", "lnpay2"):
        answer = client.post(f"/hooks/{name}", data=body, headers={"X-LNPay-Signature": sign(body)})
        assert answer.status_code == 404
    assert not is_paid(shop, invoice_id)


def test_a_hint_is_read_by_the_wallet_within_when_that_is_measured(
    settings: Settings, wallet: FakeWallet, clock: FakeClock
) -> None:
    measured = create_app(replace(settings, metrics_token="a token of its own"), wallet=wallet, clock=clock)
    assert send(measured.test_client(), event("x")).status_code == 200


def test_a_hint_may_name_the_payment_hash(shop: Shop, wallet: FakeWallet, invoice_id: str) -> None:
    charge = shop.store.find_by_invoice(invoice_id)
    assert charge
    settle_hint(shop, ByPaymentHash("00" * 32))
    assert (wallet.look_ups, is_paid(shop, invoice_id)) == (0, False)
    settle_hint(shop, ByPaymentHash(charge.invoice.payment_hash))
    assert is_paid(shop, invoice_id)


@pytest.mark.parametrize("error", [WalletUnreachable("down"), StoreError("locked")])
def test_a_hint_that_cannot_be_followed_is_answered_all_the_same_and_logged(
    client: FlaskClient,
    wallet: FakeWallet,
    invoice_id: str,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    wallet.fail_with = error
    assert send(client, event(invoice_id)).status_code == 200
    assert "could not be followed" in caplog.text


def test_the_answer_does_not_wait_for_the_wallet(client: FlaskClient, wallet: FakeWallet, invoice_id: str) -> None:
    answered = Event()
    looked: list[bool] = []
    wallet.before_look_up = lambda: looked.append(answered.is_set())
    body = event(invoice_id)
    answer = client.post("/hooks/lnpay", data=body, headers={"X-LNPay-Signature": sign(body)})
    assert answer.status_code == 200
    answered.set()
    answer.close()
    assert looked == [True]


def test_a_payment_in_the_sandbox_reaches_the_till_without_anybody_looking(
    settings: Settings, clock: FakeClock
) -> None:
    own = SandboxSettings(webhook_secret=SECRET)
    with served_by_hand() as server:
        app = create_app(replace(settings, wallet="sandbox", wallet_settings=own, port=server.server_port), clock=clock)
        server.app = app
        shop: Shop = app.extensions["shop"]
        charge_id = Cashier(app.test_client()).sell(2100)
        app.extensions["hosted"].pay(stored(shop, charge_id).invoice.payment_request)
        # One request: the webhook. It is done when the wallet was asked, too.
        server.handle_request()
        assert stored(shop, charge_id).payment

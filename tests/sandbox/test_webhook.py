"""The webhook: what a receiver gets, and that nothing depends on it."""

import hmac
import json
import logging
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from werkzeug import Request, Response

from pos.sandbox import Sandbox
from tests.loopback import served

from .client import Client, Clock

SECRET = "whsec_Grüße"


@pytest.fixture
def received() -> "Queue[Request]":
    return Queue()


@pytest.fixture
def hooked(received: "Queue[Request]", folder: Path, clock: Clock) -> Iterator[Client]:
    """A shop whose sandbox has a webhook to a receiver on this machine."""

    @Request.application
    def receive(request: Request) -> Response:
        request.get_data()
        received.put(request)
        return Response("thanks", 500)

    with served(receive) as address:
        yield Client(Sandbox(folder, f"{address}/hooks/lnpay", SECRET, clock))
        wait_for_senders()


def wait_for_senders() -> None:
    for thread in threading.enumerate():
        if thread.name == "sandbox-webhook":
            thread.join(timeout=5)


def test_a_payment_is_announced_as_lnpay_does(hooked: Client, received: "Queue[Request]", clock: Clock) -> None:
    lntx = hooked.invoice(memo="1/2 Käse ☕", passThru={"order": 7})
    paid = hooked.pay(payment_request=lntx["payment_request"]).json()

    request = received.get(timeout=5)
    event: dict[str, Any] = json.loads(request.get_data())
    wtx = event["data"]["wtx"]
    assert (request.method, request.path) == ("POST", "/hooks/lnpay")
    assert re.fullmatch(r"evt_\w+", event["id"])
    assert event["created_at"] == clock.now
    assert event["event"] == {
        "id": "520",
        "type": "wallet",
        "name": "wallet_receive",
        "display_name": "Wallet Receive",
    }
    assert (wtx["num_satoshis"], wtx["wal"]["balance"]) == (20, 20)
    assert wtx["passThru"] == {"wallet_id": hooked.sandbox.keys.wallet_id, "order": 7}
    assert wtx["lnTx"] == {name: value for name, value in paid.items() if name != "passThru"}


def test_the_signature_is_over_the_bytes_that_php_would_write(hooked: Client, received: "Queue[Request]") -> None:
    hooked.pay(payment_request=hooked.invoice(memo="1/2 Käse ☕")["payment_request"])

    request = received.get(timeout=5)
    body = request.get_data()
    assert request.headers["X-LNPay-Signature"] == hmac.digest(SECRET.encode(), body, "sha256").hex()
    assert rb'"memo":"1\/2 K\u00e4se \u2615","description_hash":null' in body


def test_the_headers_are_those_of_lnpay(hooked: Client, received: "Queue[Request]") -> None:
    hooked.pay(payment_request=hooked.invoice()["payment_request"])

    headers = received.get(timeout=5).headers
    assert headers["Content-Type"] == "application/json"
    assert headers["X-LNPay-Event"] == "wallet_receive"
    assert headers["X-LNPay-HookId"].startswith("iwhr_")
    assert headers["User-Agent"] == "LNPay-HookBot"


def test_a_payment_is_announced_once_even_if_the_receiver_fails(hooked: Client, received: "Queue[Request]") -> None:
    payment_request = hooked.invoice()["payment_request"]
    hooked.pay(payment_request=payment_request)
    hooked.pay(payment_request=payment_request)
    wait_for_senders()

    assert received.qsize() == 1


def test_a_receiver_that_is_away_hurts_nobody(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    shop = Client(Sandbox(folder, f"http://127.0.0.1:{port}/", SECRET))

    with caplog.at_level(logging.WARNING):
        paid = shop.pay(payment_request=shop.invoice()["payment_request"]).json()
        wait_for_senders()

    assert paid["settled"] == 1
    assert f"could not send its webhook to http://127.0.0.1:{port}/ (nobody listens there)" in caplog.text
    assert paid["payment_preimage"] not in caplog.text


@pytest.mark.parametrize(("url", "secret"), [("http://127.0.0.1:9/", None), (None, SECRET)])
def test_a_webhook_needs_an_address_and_a_secret(folder: Path, url: str | None, secret: str | None) -> None:
    shop = Client(Sandbox(folder, url, secret))
    shop.pay(payment_request=shop.invoice()["payment_request"])

    assert not [thread for thread in threading.enumerate() if thread.name == "sandbox-webhook"]

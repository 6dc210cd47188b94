"""Pages of other origins: a browser lets them use the sandbox, as it does LNPay, and nothing else of the till."""

from dataclasses import replace

import pytest
from flask import Flask

from pos import create_app
from pos.settings import Settings
from tests.fakes import FakeClock

from .client import Client

PAGE = {"Origin": "http://localhost:3000"}
PREFLIGHT = PAGE | {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "content-type,x-api-key,x-lnpay-sdk",
}


@pytest.fixture
def till(settings: Settings, clock: FakeClock) -> Flask:
    return create_app(replace(settings, wallet="sandbox"), clock=clock)


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [
        ("POST", "/v1/wallet/{}/invoice", 201),
        ("GET", "/v1/wallet/{}", 401),
        ("POST", "/v1/wallet/waki_nobody/invoice", 401),
        ("GET", "/v1/nothing", 404),
        ("DELETE", "/v1/wallets", 404),
        ("POST", "/v1/wallet/{}/withdraw", 401),
        ("POST", "/pay", 400),
    ],
)
def test_any_page_may_read_any_answer(shop: Client, verb: str, path: str, status: int) -> None:
    answer = shop.send(verb, path.format(shop.sandbox.keys.invoice_key), headers=PAGE)

    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "X-Pagination-Total-Count" in answer.headers["Access-Control-Expose-Headers"]


def test_an_answer_to_a_body_that_is_too_large_can_be_read(shop: Client) -> None:
    answer = shop.order(memo="x" * 65_536)

    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (413, "*")


def test_no_cookie_is_let_through(shop: Client) -> None:
    assert "Access-Control-Allow-Credentials" not in shop.session.options("http://sandbox/v1/wallets").headers


@pytest.mark.parametrize("path", ["/v1/wallet", "/v1/wallet/waki_a/invoice", "/v1/lntx/lntx_a", "/v1/nothing", "/pay"])
def test_a_browser_may_ask_beforehand_without_a_key(shop: Client, path: str) -> None:
    answer = shop.session.options(f"http://sandbox{path}", headers=PREFLIGHT)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Headers"] == "content-type,x-api-key,x-lnpay-sdk"
    assert {"GET", "POST"} <= set(answer.headers["Access-Control-Allow-Methods"].split(", "))
    assert int(answer.headers["Access-Control-Max-Age"]) > 0


def test_one_that_does_not_say_what_it_sends_is_told_what_it_may(shop: Client) -> None:
    said = shop.session.options("http://sandbox/v1/wallet").headers["Access-Control-Allow-Headers"]

    assert {"X-Api-Key", "Authorization", "Content-Type", "X-LNPay-sdk"} <= set(said.split(", "))


def test_nothing_else_of_the_till_can_be_read_by_another_page(till: Flask) -> None:
    client = till.test_client()
    read = {
        path: client.open(path, method=method, headers=PREFLIGHT).headers.get("Access-Control-Allow-Origin")
        for path in ("/", "/recent", "/pay/x/status", "/sandboxes", "/healthz", "/sandbox/v1/wallets")
        for method in ("OPTIONS", "GET")
    }
    assert [path for path, allowed in read.items() if allowed] == ["/sandbox/v1/wallets"]

"""What a proxy says of a request counts as far as the settings say that there are proxies, and no further."""

from dataclasses import replace
from typing import Any

import pytest
import requests
from flask import request

from bench.server import HOST, serving
from pos import create_app
from pos.settings import Settings
from tests.fakes import FakeClock, FakeRates, FakeWallet

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

# The left is what a visitor made up, the right what the last proxy put there itself.
FORGED = {
    "X-Forwarded-For": "6.6.6.6, 9.9.9.9",
    "X-Forwarded-Proto": "http, https",
    "X-Forwarded-Host": "evil.example, till.example.com",
}


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [
        (0, ["127.0.0.1", "http", "localhost"]),
        (1, ["9.9.9.9", "https", "till.example.com"]),
        (2, ["6.6.6.6", "http", "evil.example"]),
    ],
)
def test_as_many_proxies_are_believed_as_the_settings_name(
    settings: Settings, wallet: FakeWallet, proxies: int, seen: list[str]
) -> None:
    app = create_app(replace(settings, proxies=proxies), wallet=wallet)
    app.add_url_rule("/seen", view_func=lambda: [request.remote_addr, request.scheme, request.host])
    assert app.test_client().get("/seen", headers=FORGED).get_json() == seen


@pytest.mark.real_time
def test_gunicorn_believes_nobody_either() -> None:
    with serving() as server, requests.Session() as visitor:
        address = f"http://{HOST}:{server.port}/"
        # Were it believed to be https, a form of a page without https would be refused.
        forged = {"X-Forwarded-Proto": "https", "Origin": f"http://{HOST}:{server.port}"}
        sale = {"amount": "21", "key": "k"}
        sold = visitor.post(address, data=sale, headers=forged, allow_redirects=False, timeout=10)
        moved = visitor.get(f"{address}healthz", headers={"SCRIPT_NAME": "/elsewhere"}, timeout=10)
    assert (sold.status_code, moved.status_code) == (303, 200)


@pytest.mark.parametrize(
    ("changes", "secure"),
    [({}, False), ({"proxies": 1}, True), ({"public_url": "https://till.example.com"}, True)],
    ids=["plain", "behind https", "https from outside"],
)
def test_what_a_browser_keeps_is_not_sent_without_https_where_there_is_https(
    settings: Settings, wallet: FakeWallet, clock: FakeClock, changes: dict[str, Any], secure: bool
) -> None:
    app = create_app(replace(settings, currency="EUR", **changes), wallet=wallet, clock=clock, rates=FakeRates())
    browser = app.test_client()
    headers = {**FORGED, "Sec-Fetch-Site": "same-origin"}
    answers = [
        browser.post("/language", data={"language": "de"}, headers=headers),
        browser.post("/", data={"unit": "SAT", "amount": "21"}, headers=headers),
    ]
    kept = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    names = {cookie.partition("=")[0] for cookie in kept if not cookie.startswith("till_")}
    assert names == {"language", "unit"}
    assert {"Secure" in cookie for cookie in kept if not cookie.startswith("till_")} == {secure}


@pytest.mark.parametrize(
    "path", ["/static//x", "//static/x", "/pay//x", "/", "/tips/", "/static/000000000000/x.js", "//"]
)
def test_no_answer_leads_to_a_host_that_a_visitor_made_up(settings: Settings, wallet: FakeWallet, path: str) -> None:
    app = create_app(settings, wallet=wallet)
    for host in ("evil.example", "evil.example:99999999", "[", "", "a b", "evil.example/x"):
        for method in ("GET", "POST"):
            answer = app.test_client().open(path, method=method, headers={"Host": host})
            assert answer.status_code < 500
            assert answer.headers.get("Location", "/").startswith("/")
            assert "evil" not in answer.headers.get("Location", "")

"""What a proxy says of a request counts as far as the settings say that there are proxies, and no further."""

from dataclasses import replace

import pytest
import requests
from flask import request

from bench.server import HOST, serving
from pos import create_app
from pos.settings import Settings
from tests.fakes import FakeWallet

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


def test_gunicorn_believes_nobody_either() -> None:
    with serving() as server, requests.Session() as visitor:
        address = f"http://{HOST}:{server.port}/"
        # Were it believed to be https, a form of a page without https would be refused.
        forged = {"X-Forwarded-Proto": "https", "Origin": f"http://{HOST}:{server.port}"}
        sale = {"amount": "21", "key": "k"}
        sold = visitor.post(address, data=sale, headers=forged, allow_redirects=False, timeout=10)
        moved = visitor.get(f"{address}healthz", headers={"SCRIPT_NAME": "/elsewhere"}, timeout=10)
    assert (sold.status_code, moved.status_code) == (303, 200)

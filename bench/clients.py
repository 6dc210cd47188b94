"""Who sells: a program through the JSON API, a cashier through the form. Each checks every answer it gets."""

import json
import re
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPResponse
from time import perf_counter
from typing import Any, Protocol
from urllib.parse import urlencode

from bench.server import HOST, TOKEN

AMOUNT_SAT = 2100
MEMO = "Flat white and a croissant"
# Seconds until a client gives up.
_TIMEOUT = 20
_HIDDEN = re.compile(rb'name="(csrf_token|key)"[^>]*value="([^"]*)"')


class WrongAnswer(Exception):
    """The till answered with something other than a sale."""


class Client(Protocol):
    """Somebody who sells again and again over one kept-alive connection."""

    def sell(self) -> float:
        """Make one sale, and return the seconds that the POST took. Raises WrongAnswer."""


class ApiClient:
    """A program that sells through the JSON API."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection = _connect(port)
        self._body = json.dumps({"amount_sat": AMOUNT_SAT, "memo": MEMO})
        self._headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}

    def sell(self) -> float:
        began = perf_counter()
        status, body = self._post()
        seconds = perf_counter() - began
        _charge(status, body)
        return seconds

    def charge(self) -> dict[str, Any]:
        """Make one sale, and return the charge. Raises WrongAnswer."""
        return _charge(*self._post())

    def wait_until_paid(self, charge_id: str) -> None:
        """Look at a charge as its screen does, on the line on which news comes. Raises WrongAnswer."""
        screen = _connect(self._port)
        try:
            screen.request("GET", f"/pay/{charge_id}/events")
            for line in screen.getresponse():
                if b'"status": "paid"' in line:
                    return
        finally:
            screen.close()
        raise WrongAnswer(f"the line of {charge_id} ended before it was paid")

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _post(self) -> tuple[int, bytes]:
        response, body = _ask(self._connection, "POST", "/api/v1/charges", self._body, self._headers)
        return response.status, body


class FormClient:
    """A cashier who opens the till, and sends its form. It has one cookie: the session."""

    def __init__(self, port: int) -> None:
        self._connection = _connect(port)
        self._cookie = ""

    def sell(self) -> float:
        form = urlencode(self._open() | {"amount": str(AMOUNT_SAT), "memo": MEMO})
        headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}
        began = perf_counter()
        response, body = _ask(self._connection, "POST", "/", form, headers)
        seconds = perf_counter() - began
        if response.status != 303 or not response.headers["Location"].startswith("/pay/"):
            raise WrongAnswer(f"{response.status} {body[:500]!r}")
        return seconds

    def _open(self) -> dict[str, str]:
        response, page = _ask(self._connection, "GET", "/", None, {"Cookie": self._cookie} if self._cookie else {})
        self._cookie = response.headers.get("Set-Cookie", self._cookie).partition(";")[0]
        return hidden_fields(page)


def hidden_fields(page: bytes) -> dict[str, str]:
    """Read what the till's form sends besides what is typed."""
    return {name.decode(): value.decode() for name, value in _HIDDEN.findall(page)}


def _connect(port: int) -> HTTPConnection:
    connection = HTTPConnection(HOST, port, timeout=_TIMEOUT)
    connection.connect()
    return connection


def _ask(
    connection: HTTPConnection, method: str, path: str, body: str | None, headers: Mapping[str, str]
) -> tuple[HTTPResponse, bytes]:
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    return response, response.read()


def _charge(status: int, body: bytes) -> dict[str, Any]:
    charge = json.loads(body) if status == 201 else {}
    if not charge.get("id") or charge["amount_sat"] != AMOUNT_SAT:
        raise WrongAnswer(f"{status} {body[:500]!r}")
    return dict(charge)

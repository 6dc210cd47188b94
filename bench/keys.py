"""How long it takes from a key at the till until the customer's display is told, and until it has the picture."""

import json
import time
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from random import Random
from statistics import median, quantiles
from urllib.parse import urlencode

from bench.clients import WrongAnswer
from bench.server import HOST, Server, serving

# A shop types in its own currency; there are always workers enough that a key and the display's line meet in two.
_SHOP = {"POS_CURRENCY": "EUR", "POS_RATE_FIXED": "65000", "POS_WORKERS": "2"}
_TILL = "till"
_BROWSER = "a-browser-that-types"
# A line on the tape, and what is typed below it.
_DIGITS = 4
# Seconds: between two keys at most, and until a display that was not told has missed one.
_PAUSE = 0.3
_PATIENCE = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """What came of it: for each key, the seconds until the display was told, and until it had the picture."""

    told: list[float]
    shown: list[float]

    def __str__(self) -> str:
        return f"told {_spread(self.told)}; with its new picture {_spread(self.shown)}"


class _Display:
    """The customer's display: its line, on which it hears what is due, and the page that it then asks for."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection = HTTPConnection(HOST, port, timeout=_PATIENCE)
        self._connection.request("GET", f"/screen/{_TILL}/events")
        self._line: HTTPResponse = self._connection.getresponse()
        self.version = ""

    def hears(self) -> None:
        """Wait until another picture is due than before. Raises WrongAnswer."""
        kind = b""
        while line := self._line.readline():
            name, _, said = line.strip().partition(b": ")
            if name == b"event":
                kind = said
            elif name == b"data" and kind == b"screen":
                version = json.loads(said)["version"]
                if version != self.version:
                    self.version = version
                    return
        raise WrongAnswer("the display's line ended")

    def turns(self) -> bytes:
        """Ask for the picture."""
        with closing(HTTPConnection(HOST, self._port, timeout=_PATIENCE)) as browser:
            browser.request("GET", f"/screen/{_TILL}")
            return browser.getresponse().read()

    def close(self) -> None:
        """Hang up."""
        self._line.close()
        self._connection.close()


def measure(keys: int, **settings: str) -> Shown:
    """Press so many keys, one after the other, as a cashier does. Raises WrongAnswer."""
    random, told, shown = Random(0), [], []
    with serving(**_SHOP, **settings) as server, closing(_Display(server.port)) as display:
        display.hears()
        # What the first needs is not what each needs.
        for number in range(keys + 1):
            time.sleep(random.uniform(0, _PAUSE))
            pressed_at = time.perf_counter()
            with closing(_press(server, number)) as till:
                display.hears()
                heard_at = time.perf_counter()
                picture = display.turns()
                turned_at = time.perf_counter()
                _check(till, picture, number)
            if number:
                told.append(heard_at - pressed_at)
                shown.append(turned_at - pressed_at)
    return Shown(told, shown)


def _press(server: Server, number: int) -> HTTPConnection:
    """Send what is typed by then, and wait for no answer. Each time to whichever worker is the first to listen."""
    typed = {"unit": "EUR", "line": "12.50", "amount": _typed(number), "browser": _BROWSER}
    till = HTTPConnection(HOST, server.port, timeout=_PATIENCE)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    till.request("POST", f"/till/{_TILL}/draft", urlencode(typed), headers)
    return till


def _typed(number: int) -> str:
    """Return what is typed after so many keys: after some digits one begins anew, with another one."""
    sale, digits = divmod(number, _DIGITS)
    return str(sale % 9 + 1) * (digits + 1)


def _check(till: HTTPConnection, picture: bytes, number: int) -> None:
    answer = till.getresponse()
    said = answer.read()
    if answer.status != 200:
        raise WrongAnswer(f"{answer.status} {said[:500]!r}")
    total = f"{12.5 + int(_typed(number)):,.2f}"
    if total.encode() not in picture:
        raise WrongAnswer(f"the display does not show {total}")


def _spread(seconds: list[float]) -> str:
    p99 = quantiles(seconds, n=100)[98] if len(seconds) >= 100 else max(seconds)
    return f"p50 {median(seconds) * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, max {max(seconds) * 1000:.0f} ms"

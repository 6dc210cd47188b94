"""What a shop notices of a flood at a tip jar's page, at its LNURL callback and at verify: asked 200 times a second.

From one address, and from two hundred. Each time: how long a sale takes, how soon a paid one turns green, and how many
invoices the strangers got.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from threading import Event
from time import perf_counter, sleep
from typing import Any

from bench.clients import ApiClient, WrongAnswer
from bench.server import HOST, Server
from bench.wallet import wallet
from pos.runtime.allowance import LIMITS
from pos.sandbox import Sandbox
from pos.services.charge import MOST_OPEN_OF_JAR

# Seconds.
_SECONDS = 20.0
# Sales come as a cashier makes them, not as fast as they can, and now and then one is paid.
_SALE_EVERY = 0.1
_PATIENCE = 20
_RATE = 200
# So many ask side by side, each a part of it all, so that a slow answer does not make them slower.
_STRANGERS = 8
_VISITORS = (1, 200)
# In a minute, from one address.
_MOST_OF_ONE = LIMITS[0][0]
_PAYMENTS = 12


def payers() -> Iterator[tuple[str, str]]:
    """Give what was measured, a line each. Raises WrongAnswer where strangers got more invoices than they may."""
    quiet, _ = _measure(0)
    yield "Sale, quiet", str(quiet)
    for visitors in _VISITORS:
        noticed, flood = _measure(visitors)
        if flood.invoices > min(visitors * _MOST_OF_ONE, MOST_OPEN_OF_JAR):
            raise WrongAnswer(f"{visitors} strangers got {flood.invoices} invoices of one jar")
        of_all = f"{visitors} address{'es' if visitors > 1 else ''}"
        slower = noticed.p99 / quiet.p99
        result = f"{noticed}, p99 {slower:.1f} times the quiet one, {flood.invoices} invoices"
        yield f"Sale, while a jar's page, callback and verify are asked {flood.rate:.0f} times/s from {of_all}", result


def _measure(visitors: int) -> tuple["Noticed", "Flood"]:
    """Sell and be paid in a shop of its own, in which so many strangers ask meanwhile."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="till-bench-")))
        there = stack.enter_context(wallet(folder / "wallet"))
        server = Server(folder, {**there.settings, "POS_PROXIES": "1", "POS_INVOICE_EXPIRY": "86400"})
        stack.callback(server.close)
        # A bench is asked on this machine alone.
        server.environment["POS_PUBLIC_URL"] = server.address
        customer = Sandbox(folder / "wallet")
        stack.callback(customer.close)
        server.start()
        flood = Flood(server, visitors)
        over = Event()
        with ThreadPoolExecutor(1) as beside:
            asking = beside.submit(flood.ask, over)
            try:
                # First: what was sold and is never paid is asked about, too.
                green = [_pay(server, customer) for _ in range(_PAYMENTS)]
                began, used = perf_counter(), server.cpu_seconds()
                sales = _sales(server)
                noticed = Noticed(sales, green, (server.cpu_seconds() - used) / (perf_counter() - began))
            finally:
                over.set()
            asking.result()
        return noticed, flood


def _sales(server: Server) -> list[float]:
    with closing(ApiClient(server.port)) as seller:
        until, seconds = perf_counter() + _SECONDS, []
        while perf_counter() < until:
            seconds.append(seller.sell())
            sleep(_SALE_EVERY)
    return seconds


@dataclass(frozen=True, slots=True)
class Noticed:
    """How long sales took, and how long it was from each payment until its screen was green (seconds).

    `busy` is the till's share of a core meanwhile.
    """

    sales: list[float]
    green: list[float]
    busy: float

    @property
    def p99(self) -> float:
        """The slowest but one in a hundred of the sales."""
        return quantiles(self.sales, n=100)[98]

    def __str__(self) -> str:
        p50 = quantiles(self.sales, n=100)[49]
        slowest = f"a paid one green within {max(self.green):.2f} s"
        return (
            f"p50 {p50 * 1000:.1f} ms, p99 {self.p99 * 1000:.1f} ms, {slowest}, the till uses {self.busy:.0%} of a core"
        )


@dataclass
class Flood:
    """Strangers who ask, and what came of it: how many invoices they got, and how often they asked in a second."""

    server: Server
    visitors: int
    invoices: int = 0
    rate: float = 0.0
    paths: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Learn what a payer's wallet is told."""
        self.invoices += 1
        callback = _here(_ask(self.server, "/lnurlp/tips", 0)["callback"]) + "?amount=1000"
        verify = _here(_ask(self.server, callback, 0)["verify"])
        self.paths = ["/tips", callback, verify]

    def ask(self, over: Event) -> None:
        """Ask until it is over, if there are any."""
        if not self.visitors:
            return
        with ThreadPoolExecutor(_STRANGERS) as strangers:
            began = perf_counter()
            asked = list(strangers.map(lambda first: self._ask_every(first, over), range(_STRANGERS)))
            self.rate = sum(it for it, _ in asked) / (perf_counter() - began)
        self.invoices += sum(got for _, got in asked)

    def _ask_every(self, first: int, over: Event) -> tuple[int, int]:
        began, number, asked, got = perf_counter(), first, 0, 0
        # The n-th of all asks at its time, whoever of them is late.
        while not over.wait(max(0.0, began + (number - first) / _RATE - perf_counter())):
            which, stranger = number % len(self.paths), number // len(self.paths) % self.visitors
            answer = _ask(self.server, self.paths[which], stranger)
            asked, got = asked + 1, got + ("pr" in answer and "verify" in answer)
            number += _STRANGERS
        return asked, got


def _pay(server: Server, customer: Sandbox) -> float:
    """Pay a sale, and return the seconds until its screen was told."""
    with closing(ApiClient(server.port)) as seller:
        charge = seller.charge()
        customer.pay(charge["payment_request"])
        began = perf_counter()
        seller.wait_until_paid(charge["id"])
        return perf_counter() - began


def _here(url: str) -> str:
    """Return the path of a link."""
    return f"/{url.split('/', 3)[3]}"


def _ask(server: Server, path: str, stranger: int) -> Any:
    """Ask from an address of a stranger's own, as a proxy would say it; of a page nothing is read."""
    with closing(HTTPConnection(HOST, server.port, timeout=_PATIENCE)) as connection:
        connection.request("GET", path, headers={"X-Forwarded-For": f"9.0.{stranger >> 8}.{stranger & 255}"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise WrongAnswer(f"{path}: {answer.status} {body[:500]!r}")
        return json.loads(body) if answer.headers.get_content_type() == "application/json" else {}

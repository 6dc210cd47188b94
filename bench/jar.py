"""How long it takes from the wallet's having a tip to the last being told of all who look at the jar; what it costs."""

import json
import selectors
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from urllib.parse import urlencode

from bench import proc
from bench.clients import WrongAnswer, hidden_fields
from bench.crowd import as_many_files_as_may_be, crowd
from bench.server import HOST, Server
from bench.wallet import wallet
from pos.domain.jar import Goal, Jar
from pos.domain.money import SAT, Money
from pos.sandbox import Sandbox
from pos.store import Store

_SECRET = "a secret for webhooks"
_TIP = 2100
_HAT = Jar(
    name="hat",
    title="Hat",
    currency=SAT,
    amounts=(Money(_TIP, SAT),),
    goal=Goal("Wheels", Money(1_000_000, SAT)),
    shows_messages=True,
)
# Who comes waits for an answer, so many at once.
_OPENING = 32
_AT_ONCE = 65536
# Seconds until a visitor who was not told has missed it.
_PATIENCE = 60
_KB = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """What came of it: the seconds until half of all were told of each tip, until the last was, and what it cost."""

    half: list[float]
    last: list[float]
    visitor: float
    busy: float
    own_busy: float

    def __str__(self) -> str:
        half, last = median(self.half) * 1000, median(self.last) * 1000
        return f"half told p50 {half:.0f} ms, the last p50 {last:.0f} ms, max {max(self.last) * 1000:.0f} ms"

    @property
    def costs(self) -> str:
        """Say what it cost, and whom."""
        return (
            f"{self.visitor / _KB:.1f} kB a visitor; server {self.busy:.0%} of a core, clients {self.own_busy:.0%},"
            f" while {len(self.last)} tips came one after the other"
        )


class _Visitor:
    """Somebody who looks at the jar. `total` is what the page shows."""

    def __init__(self, port: int) -> None:
        self.total = ""
        self._unread = b""
        self.connection = socket.create_connection((HOST, port))
        self.connection.sendall(f"GET /tips/{_HAT.name}/events HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())

    def read(self) -> bool:
        """Read what has come, and tell whether the total is another one. Raises WrongAnswer."""
        came = self.connection.recv(_AT_ONCE)
        if not came:
            raise WrongAnswer(f"a visitor was sent away: {self._unread[-500:]!r}")
        self._unread += came
        before = self.total
        *events, self._unread = self._unread.split(b"\n\n")
        for event in events:
            if b"event: jar\n" in event:
                self.total = json.loads(event.rpartition(b"data: ")[2])["total"]
        return self.total != before


class _Visitors:
    """All who look at the jar."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._selector = selectors.DefaultSelector()
        self.count = 0

    def come(self, count: int) -> None:
        """Let so many come, and wait until each has seen something. Raises WrongAnswer."""
        blank, left = 0, count
        while left or blank:
            while left and blank < _OPENING:
                visitor = _Visitor(self._port)
                self._selector.register(visitor.connection, selectors.EVENT_READ, visitor)
                left, blank = left - 1, blank + 1
            blank -= sum(1 for _ in self._turn())
        self.count += count

    def wait_for(self, total: str) -> tuple[float, float]:
        """Wait until each shows a total; return when half of them did, and when the last. Raises WrongAnswer."""
        told, half, began = 0, 0.0, perf_counter()
        while told < self.count:
            told += sum(it.total == total for it in self._turn())
            if told >= self.count / 2:
                half = half or perf_counter()
            if perf_counter() > began + _PATIENCE:
                raise WrongAnswer(f"only {told} of {self.count} were told of {total}")
        return half, perf_counter()

    def leave(self) -> None:
        """Go, all of them."""
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    def _turn(self) -> Iterator[_Visitor]:
        for key, _ in self._selector.select(1):
            visitor: _Visitor = key.data
            if visitor.read():
                yield visitor


def measure(visitors: int, tips: int, settings: Mapping[str, str] | None = None) -> Told:
    """Let tips come one after the other while that many look at the jar. Raises WrongAnswer."""
    with _stall(settings or {}) as (server, customer), _looking(server.port) as looking:
        # What the first visitor and the first tip need is not what each needs.
        looking.come(1)
        _tip_and_wait(server, customer, looking, 1)
        before = sum(map(proc.proportional_bytes, server.workers))
        looking.come(visitors)
        grown = sum(map(proc.proportional_bytes, server.workers)) - before
        began, busy, own = perf_counter(), server.cpu_seconds(), process_time()
        seconds = [_tip_and_wait(server, customer, looking, number + 2) for number in range(tips)]
        took = perf_counter() - began
        half, last = ([it[which] for it in seconds] for which in (0, 1))
        return Told(half, last, grown / visitors, (server.cpu_seconds() - busy) / took, (process_time() - own) / took)


@contextmanager
def _stall(settings: Mapping[str, str]) -> Iterator[tuple[Server, Sandbox]]:
    """Put up a till with a jar, and somebody who tips, until the block is left."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="till-bench-")))
        there = stack.enter_context(wallet(folder / "wallet"))
        server = Server(folder, {**there.settings, "LNPAY_WEBHOOK_SECRET": _SECRET, **settings})
        stack.callback(server.close)
        customer = Sandbox(folder / "wallet")
        stack.callback(customer.close)
        server.start()
        with closing(Store(f"sqlite:///{folder / 'var/till.db'}", "bcrt")) as store:
            store.jars.add(_HAT)
        yield server, customer


@contextmanager
def _looking(port: int) -> Iterator[_Visitors]:
    as_many_files_as_may_be()
    visitors = _Visitors(port)
    try:
        yield visitors
    finally:
        visitors.leave()


def _tip_and_wait(server: Server, customer: Sandbox, looking: _Visitors, number: int) -> tuple[float, float]:
    """Let the n-th tip come, and return how long it took until half, and until all, were told."""
    lntx = customer.pay(_asked(server.port))
    had_it_at = perf_counter()
    with crowd(server.port) as messenger:
        messenger.announce(lntx, _SECRET)
        half, last = looking.wait_for(f"{_TIP * number:,}\u00a0sat")
    return half - had_it_at, last - had_it_at


def _asked(port: int) -> str:
    """Fill the jar's form in, and return the payment request that it leads to. Raises WrongAnswer."""
    with closing(HTTPConnection(HOST, port, timeout=_PATIENCE)) as browser:
        browser.request("GET", f"/tips/{_HAT.name}")
        page = browser.getresponse()
        form = urlencode({**hidden_fields(page.read()), "unit": SAT, "amount": _TIP, "memo": "Wow", "payer": "Ana"})
        cookie = (page.headers["Set-Cookie"] or "").partition(";")[0]
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        browser.request("POST", f"/tips/{_HAT.name}", form, headers)
        made = browser.getresponse()
        said = made.read()
        if made.status != 303:
            raise WrongAnswer(f"{made.status} {said[:500]!r}")
        browser.request("GET", f"{made.headers['Location']}/status")
        return str(json.load(browser.getresponse())["payment_request"])

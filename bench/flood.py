"""What a shop notices of strangers: how long a sale takes during each flood, and how soon a paid sale turns green.

Each flood asks a hundred times a second, from ever other addresses: as fast as one that was seen to happen.
"""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from threading import Event
from time import perf_counter
from urllib.parse import urlencode

from bench.clients import ApiClient, WrongAnswer
from bench.crowd import Crowd, crowd
from bench.server import HOST, Server
from bench.wallet import wallet
from pos.domain.jar import Jar
from pos.domain.money import SAT
from pos.sandbox import Sandbox
from pos.services.charge import MOST_OPEN
from pos.store import Store

_HAT = Jar(name="hat", title="Hat", currency=SAT)
# Seconds.
_SECONDS = 20.0
_EVERY = 0.01
# Sales come as a cashier makes them, not as fast as they can.
_SALE_EVERY = 0.1
# So many strangers at the same moment.
_BURST = 25
_PAYMENTS = 12
_PATIENCE = 20

# One act of a stranger, the n-th.
Act = Callable[[int, int], None]


def floods() -> Iterator[tuple[str, str]]:
    """Give what was measured, a line each."""
    # The strangers' addresses are what a proxy would say.
    with _shop() as (server, customer):
        yield "Sale, quiet", told(sales(server, None))
        for name, act in _ACTS.items():
            yield f"Sale, while strangers {name}", told(sales(server, act))
        seconds = _payments(server, customer)
        yield (
            f"Payment at the till to green without a webhook, {MOST_OPEN} tips looked at, {_PAYMENTS} payments",
            f"p50 {median(seconds):.2f} s, max {max(seconds):.2f} s",
        )


@contextmanager
def _shop() -> Iterator[tuple[Server, Sandbox]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="till-bench-")))
        there = stack.enter_context(wallet(folder / "wallet"))
        server = Server(folder, {**there.settings, "POS_PROXIES": "1", "POS_INVOICE_EXPIRY": "86400"})
        stack.callback(server.close)
        customer = Sandbox(folder / "wallet")
        stack.callback(customer.close)
        server.start()
        with closing(Store(f"sqlite:///{folder / 'var/till.db'}", "bcrt")) as store:
            store.jars.add(_HAT)
        yield server, customer


def told(seconds: list[float]) -> str:
    """Write what half of them took, and all but one in a hundred."""
    return f"p50 {median(seconds) * 1000:.1f} ms, p99 {quantiles(seconds, n=100)[98] * 1000:.1f} ms"


def sales(server: Server, act: Act | None) -> list[float]:
    """Sell now and then for a while, and return the seconds of each sale. Raises WrongAnswer."""
    over = Event()
    with ThreadPoolExecutor(1) as strangers, closing(ApiClient(server.port)) as seller:
        flood = strangers.submit(_repeat, act, server.port, over) if act else None
        try:
            seconds, until = [], perf_counter() + _SECONDS
            while perf_counter() < until:
                seconds.append(seller.sell())
                over.wait(_SALE_EVERY)
        finally:
            over.set()
        if flood:
            flood.result()
    return seconds


def _repeat(act: Act, port: int, over: Event) -> None:
    for number in count():
        if over.wait(_EVERY):
            return
        act(port, number)


def _tip(port: int, number: int) -> None:
    # One jar alone keeps fewer open than all together.
    jar = ("/tips", f"/tips/{_HAT.name}")[number % 2]
    status, leads_to = _ask(port, jar, number, urlencode({"key": f"flood-{number}", "other": "1"}))
    if status == 303:
        _tips.append(leads_to.rpartition("/")[2])


def _send_a_large_form(port: int, number: int) -> None:
    _ask(port, "/", number, urlencode([("line", "1")] * 9000))


def _send_half_a_request(port: int, _number: int) -> None:
    # Never closed by the stranger: the till has to.
    _left.append(socket.create_connection((HOST, port)))
    _left[-1].sendall(b"POST /tips HTTP/1.1\r\nHost: till\r\nContent-Length: 9\r\n\r\n")


def _press_again(port: int, number: int) -> None:
    _ask(port, "/pay/nothing/again", number, "")


def _press_tiles(port: int, number: int) -> None:
    """Ask as often as the others in all, but in bursts. The kiosk, as the tip jar has all the open charges it may."""
    if number % _BURST:
        return
    with ExitStack() as stack:
        asked = [
            _send(stack, port, "/kiosk", number + one, urlencode({"key": f"flood-{number + one}", "other": "1"}))
            for one in range(_BURST)
        ]
        for connection in asked:
            connection.getresponse().read()


# A number that no flood has come to.
_NEXT = 100_000
# What the strangers have left behind: open tips, and sockets.
_tips: list[str] = []
_left: list[socket.socket] = []
_ACTS: dict[str, Act] = {
    "ask for tips": _tip,
    "send forms of 9,000 amounts": _send_a_large_form,
    "send half a request": _send_half_a_request,
    "press buttons of sales that are not there": _press_again,
    "press the kiosk's tiles, 25 at the same moment": _press_tiles,
}


def _ask(port: int, path: str, number: int, body: str) -> tuple[int, str]:
    """Send a form as `_send` does. Return the status, and where it leads."""
    with ExitStack() as stack:
        answer = _send(stack, port, path, number, body).getresponse()
        answer.read()
        return answer.status, answer.headers.get("Location", "")


def _send(stack: ExitStack, port: int, path: str, number: int, body: str) -> HTTPConnection:
    """Send a form of the till's own page, from an address of its own. Its answer is still to come."""
    connection = stack.enter_context(closing(HTTPConnection(HOST, port, timeout=_PATIENCE)))
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": f"http://{HOST}:{port}",
        "X-Forwarded-For": f"9.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
    }
    connection.request("POST", path, body, headers)
    return connection


def _payments(server: Server, customer: Sandbox) -> list[float]:
    """Look at as many tips as may be open, and return how long each payment at the till took to turn a screen green."""
    for number in range(MOST_OPEN - len(_tips)):
        _tip(server.port, _NEXT + number)
    if len(_tips) != MOST_OPEN:
        raise WrongAnswer(f"{len(_tips)} tips are open, and not {MOST_OPEN}")
    seconds = []
    with crowd(server.port) as people:
        people.open_all({"id": tip, "status": "open"} for tip in _tips)
        for _ in range(_PAYMENTS):
            # A till hangs up on a line that has been silent for a while, as this one would be.
            with closing(ApiClient(server.port)) as seller:
                charge = seller.charge()
            people.open_all([charge])
            customer.pay(charge["payment_request"])
            seconds.append(_until_paid(people, charge["id"], perf_counter()))
    return seconds


def _until_paid(people: Crowd, charge_id: str, began: float) -> float:
    while perf_counter() < began + _PATIENCE:
        for screen in people.turn(1):
            if screen.charge["id"] == charge_id and screen.status == "paid":
                people.close(screen)
                return perf_counter() - began
    raise WrongAnswer(f"charge {charge_id} was paid, and its screen was not told")

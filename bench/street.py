"""The people around a till that crashes: sellers who insist, customers who pay or do not, screens that look on."""

import json
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse
from itertools import cycle, product
from random import Random
from threading import Condition, Event, Lock
from typing import Any
from urllib.parse import urlencode

from bench.clients import MEMO, hidden_fields
from bench.server import HOST, TOKEN
from bench.verdict import Sale
from pos.sandbox import Sandbox

# Seconds: until a client gives up on an answer, until it gives up on a till, before it tries again.
_TIMEOUT = 20
_PATIENCE = 120
_PAUSE = 0.05
# A screen looks at one of the latest so many charges.
_LOOKED_AT = 40
_PEOPLE = 8
# Devices at one till, on which somebody closes its shift now and then.
_CLOSING = 2
_SHIFT = "/till/till/shift"
_NUMBER = re.compile(rb'name="number" value="([0-9]+)"')
_LONGEST_WAY_TO_PAY = 3.0
# The wallet or the database is away: worth another try.
_TRY_AGAIN = (502, 503, 504)

# Sends one sale, always the same, and returns what is shown.
Order = Callable[[], Sale]


class WrongAnswer(Exception):
    """The till answered something that no crash excuses."""


class Street:
    """Everybody, and what they saw. `counts` has the answers that were lost, and the sales that were sent again.

    `closed` tells of each shift how often somebody was told that it was them who closed it.
    """

    def __init__(self, port: int, wallets: tuple[Sandbox, ...], seed: str) -> None:
        self._port = port
        self._wallets = wallets
        self._seed = seed
        self._closed = Event()
        self._given_up = Event()
        self._lock = Lock()
        self._sold = Condition(self._lock)
        self._sellers: list[Future[None]] = []
        self._to_pay: list[tuple[float, Sale, Sandbox]] = []
        self.sales: list[Sale] = []
        self.counts: Counter[str] = Counter()
        self.closed: Counter[int] = Counter()

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Let people sell and pay while the block runs; each then finishes what they began, so the till has to be up.

        Raises WrongAnswer.
        """
        sellers = product((self._by_api, self._by_form), ((True, False), (False, True)))
        threads = ThreadPoolExecutor(_PEOPLE)
        try:
            runs = [threads.submit(self._pay), threads.submit(self._watch, Random(f"{self._seed} screen"))]
            runs += [threads.submit(self._close, Random(f"{self._seed} closer {it}")) for it in range(_CLOSING)]
            for number, (way, pays) in enumerate(sellers):
                random = Random(f"{self._seed} seller {number}")
                self._sellers.append(threads.submit(self._sell, random, way, cycle(pays)))
                self._sellers[-1].add_done_callback(self._ended)
            yield
            self._closed.set()
            threads.shutdown()
        except BaseException:
            # In the block, or while the last finish: there may never be a till again.
            self._given_up.set()
            raise
        finally:
            self._closed.set()
            threads.shutdown()
        for run in (*runs, *self._sellers):
            run.result()
        self._pay_what_is_due(time.monotonic() + _LONGEST_WAY_TO_PAY)

    def sells(self, more: int) -> None:
        """Wait until so many more charges are shown; or a seller stopped, whose reason `busy` tells in the end.

        Raises WrongAnswer.
        """
        with self._sold:
            wanted = len(self.sales) + more
            if not self._sold.wait_for(lambda: len(self.sales) >= wanted or self._one_stopped(), _PATIENCE):
                raise WrongAnswer("the till does not sell any more")

    def _one_stopped(self) -> bool:
        return any(seller.done() for seller in self._sellers)

    def _ended(self, _seller: Future[None]) -> None:
        with self._sold:
            self._sold.notify_all()

    def look(self, sale: Sale) -> dict[str, Any] | None:
        """Look at a charge, and return what is shown, or None if it is not there. Waits for a till that is down."""
        charge: dict[str, Any] | None = self._insist(lambda: self._status(sale))
        return charge

    def _sell(self, random: Random, way: Callable[[int], Order], pays: Iterator[bool]) -> None:
        """Sell one thing after the other, to customers who pay and customers who do not."""
        while not self._closed.wait(random.uniform(0, 0.2)):
            order = self._insist(partial(way, random.randint(1, 100_000)))
            sale = self._insist(order)
            with self._sold:
                self.sales.append(sale)
                self._sold.notify_all()
            if self.look(sale) and next(pays):
                due = time.monotonic() + random.uniform(0, _LONGEST_WAY_TO_PAY)
                with self._lock:
                    self._to_pay.append((due, sale, random.choice(self._wallets)))

    def _pay(self) -> None:
        while not self._closed.wait(0.02):
            self._pay_what_is_due(time.monotonic())

    def _pay_what_is_due(self, now: float) -> None:
        with self._lock:
            due = [payment for payment in self._to_pay if payment[0] <= now]
            self._to_pay = [payment for payment in self._to_pay if payment[0] > now]
        for _, sale, wallet in due:
            wallet.pay(sale.payment_request)

    def _watch(self, random: Random) -> None:
        while not self._closed.wait(random.uniform(0, 0.1)):
            with self._lock:
                latest = self.sales[-_LOOKED_AT:]
            if latest:
                self.look(random.choice(latest))

    def close_shift(self) -> None:
        """Close the till's shift until nothing is left to close. Waits for a till that is down."""
        while self._insist(self._close_once):
            pass

    def reports(self) -> Iterator[str]:
        """Take the reports of the till along, the first one first."""
        number = 1
        while text := self._insist(partial(self._report, number)):
            yield text
            number += 1

    def _close(self, random: Random) -> None:
        while not self._closed.wait(random.uniform(0, 0.6)):
            self._insist(self._close_once)

    def _close_once(self) -> bool:
        """Close the till's shift as somebody does who opens its page. Tell whether there was anything to close."""
        answer, page = self._ask("GET", _SHIFT, 200)
        number = _NUMBER.search(page)
        if number is None:
            return False
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        body = urlencode(hidden_fields(page) | {"number": number[1].decode()})
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        answer, _ = self._ask("POST", _SHIFT, 303, body, headers)
        if answer.headers["Location"].endswith("closed=now"):
            with self._lock:
                self.closed[int(number[1])] += 1
        return True

    def _report(self, number: int) -> str:
        try:
            _, text = self._ask("GET", f"/shifts/till/{number}.json", 200)
        except _NotThere:
            return ""
        return text.decode()

    def _insist(self, act: Callable[[], Any]) -> Any:
        """Do it again until it is answered. What was sent and not answered may have been done, or not."""
        deadline = time.monotonic() + _PATIENCE
        lost = 0
        while True:
            try:
                answer = act()
            except (ConnectionRefusedError, _TryAgain):
                # Nothing was sent, or nothing came of it.
                pass
            except (OSError, HTTPException):
                lost += 1
            else:
                break
            if self._given_up.is_set() or time.monotonic() > deadline:
                raise WrongAnswer("the till does not answer any more")
            time.sleep(_PAUSE)
        if isinstance(answer, Sale) and lost:
            with self._lock:
                self.counts += Counter({"answers lost": lost, "sales sent again": 1})
        return answer

    def _by_api(self, amount_sat: int) -> Order:
        key = secrets.token_urlsafe(16)
        body = json.dumps({"amount_sat": amount_sat, "key": key})
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}

        def send() -> Sale:
            _, text = self._ask("POST", "/api/v1/charges", 201, body, headers)
            charge = json.loads(text)
            return Sale(key, charge["id"], amount_sat, charge["payment_request"])

        return send

    def _by_form(self, amount_sat: int) -> Order:
        answer, page = self._ask("GET", "/", 200)
        fields = hidden_fields(page)
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        body = urlencode(fields | {"amount": str(amount_sat), "memo": MEMO})
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}

        def send() -> Sale:
            answer, _ = self._ask("POST", "/", 303, body, headers)
            return Sale(fields["key"], answer.headers["Location"].rpartition("/")[2], amount_sat)

        return send

    def _status(self, sale: Sale) -> dict[str, Any] | None:
        try:
            _, text = self._ask("GET", f"/pay/{sale.charge_id}/status", 200)
        except _NotThere:
            return None
        charge: dict[str, Any] = json.loads(text)
        with self._lock:
            sale.see(charge)
        return charge

    def _ask(
        self, method: str, path: str, good: int, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[HTTPResponse, bytes]:
        # A new connection each time: those that were open went with the till.
        connection = HTTPConnection(HOST, self._port, timeout=_TIMEOUT)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status in _TRY_AGAIN:
            raise _TryAgain
        if answer.status == 404:
            raise _NotThere
        if answer.status != good:
            raise WrongAnswer(f"{method} {path}: {answer.status} {text[:500]!r}")
        return answer, text


class _TryAgain(Exception):
    """The till said that nothing was charged, and to try again."""


class _NotThere(Exception):
    """404: it is for who asks to know whether it should be."""

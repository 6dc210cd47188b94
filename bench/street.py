"""The people around a till that crashes: sellers who insist, customers who pay or do not, screens that look on."""

import json
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import cycle
from random import Random
from threading import Condition, Event, Lock
from typing import Any, Protocol

from bench.caller import PATIENCE, Caller, NotThere, WrongAnswer
from bench.desk import Desk, Order, close_all
from bench.owner import OWNER, Owner
from bench.server import TOKEN
from bench.verdict import Sale
from pos.sandbox import Sandbox

# A screen looks at one of the latest so many charges.
_LOOKED_AT = 40
_PEOPLE = 9
# Who pays, of those who come to the first program and desk, and to the second.
_CUSTOMERS = ((True, False), (False, True))
# Desks at which somebody closes the shift now and then.
_CLOSING = 2
# Nobody goes home from a desk before so many sales: somebody else took over meanwhile.
LEAST = 4
# Seconds.
_LONGEST_WAY_TO_PAY = 3.0


class _Seller(Protocol):
    """Who sells from a browser or a program."""

    @property
    def caller(self) -> Caller: ...

    def order(self, amount_sat: int) -> Order:
        """Make a sale ready to be sent."""


class _Program:
    """A program that sells through the JSON API."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    def order(self, amount_sat: int) -> Order:
        key = secrets.token_urlsafe(16)
        body = json.dumps({"amount_sat": amount_sat, "key": key})
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}

        def send() -> Sale:
            charge = json.loads(self.caller.ask("POST", "/api/v1/charges", (201,), body, headers).page)
            return Sale(key, charge["id"], amount_sat, charge["payment_request"])

        return send


class Street:
    """Everybody, and what they saw. `link` is the one that makes an owner of the shop.

    `closed` has who was told that it was them who closed a shift, by its number.
    """

    def __init__(self, port: int, wallets: tuple[Sandbox, ...], link: str, seed: str) -> None:
        self._port = port
        self._wallets = wallets
        self._seed = seed
        self._opened = Event()
        self._closed = Event()
        self._given_up = Event()
        self._lock = Lock()
        self._sold = Condition(self._lock)
        self._sellers: list[Future[None]] = []
        self._to_pay: list[tuple[float, Sale, Sandbox]] = []
        self._looks = self.caller()
        self.owner = Owner(self.caller(), link)
        self._desks: list[Desk] = []
        self.sales: list[Sale] = []
        self._counts: Counter[str] = Counter()
        self.closed: dict[int, list[str]] = {}

    def caller(self) -> Caller:
        """Return a new browser."""
        return Caller(self._port, self._given_up)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Let people sell and pay while the block runs; each then finishes what they began, so the till has to be up.

        Raises WrongAnswer.
        """
        threads = ThreadPoolExecutor(_PEOPLE)
        try:
            opened = threads.submit(self._open)
            runs = [opened, threads.submit(self._pay), threads.submit(self._watch, Random(f"{self._seed} screen"))]
            runs += [threads.submit(self._close, self._desk("closing", it), opened) for it in range(_CLOSING)]
            for number, pays in enumerate(_CUSTOMERS):
                program, desk = _Program(self.caller()), self._desk("selling", number)
                self._begin(threads.submit(self._sell, Random(f"{self._seed} program {number}"), program, cycle(pays)))
                self._begin(threads.submit(self._stand, Random(f"{self._seed} desk {number}"), desk, pays, opened))
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
        """Wait until so many more charges are shown, one of them sold by the staff if they are let in by now.

        Or until a seller stopped, whose reason `busy` tells in the end. Raises WrongAnswer.
        """
        with self._sold:
            before, staff_are_in = len(self.sales), self._opened.is_set()

            def enough() -> bool:
                sold = self.sales[before:]
                return len(sold) >= more and (not staff_are_in or any(sale.staff for sale in sold))

            if not self._sold.wait_for(lambda: enough() or self._one_stopped(), PATIENCE):
                raise WrongAnswer("the till does not sell any more")

    def look(self, sale: Sale) -> dict[str, Any] | None:
        """Look at a charge, and return what is shown, or None if it is not there. Waits for a till that is down."""
        return self._looks.insist(lambda: self._status(sale))

    def close_shift(self) -> None:
        """Let the owner close the till's shift until nothing is left to close."""
        for number in close_all(self.owner.caller):
            self.closed.setdefault(number, []).append(OWNER)

    @property
    def counts(self) -> Counter[str]:
        """How many answers were lost, and sales sent again, and what happened at the desks."""
        sold = Counter({"sold by staff": sum(sale.staff != "" for sale in self.sales)})
        return sum((desk.counts for desk in self._desks), self._counts + sold)

    def unpaired(self) -> Iterator[str]:
        """Say which devices are none any more, and whether the office knows of others than were paired."""
        for desk in self._desks:
            for number, tablet in enumerate(desk.tablets, start=1):
                if tablet.insist(partial(tablet.get, "/pin/status", 200, 403)).status == 403:
                    yield f"tablet {number} of {desk.name} is not paired any more"
        paired, listed = self.counts["devices"], self.owner.count_devices()
        if listed != paired:
            yield f"{paired} devices were paired, and the office lists {listed}"

    def _desk(self, what: str, number: int) -> Desk:
        name = f"{what} {number}"
        self._desks.append(Desk(self.owner, self.caller, Random(f"{self._seed} {name}"), name))
        return self._desks[-1]

    def _begin(self, seller: Future[None]) -> None:
        self._sellers.append(seller)
        seller.add_done_callback(self._ended)

    def _one_stopped(self) -> bool:
        return any(seller.done() for seller in self._sellers)

    def _ended(self, _seller: Future[None]) -> None:
        with self._sold:
            self._sold.notify_all()

    def _open(self) -> None:
        self.owner.open_shop()
        self._opened.set()

    def _stand(self, random: Random, desk: Desk, pays: tuple[bool, bool], opened: Future[None]) -> None:
        """Sell at a desk, from when the shop is open."""
        opened.result()
        self._sell(random, desk, cycle(pays), LEAST)

    def _sell(self, random: Random, seller: _Seller, pays: Iterator[bool], least: int = 0) -> None:
        """Sell one thing after the other, to customers who pay and customers who do not."""
        sold = 0
        while sold < least or not self._closed.wait(random.uniform(0, 0.2)):
            order = seller.order(random.randint(1, 100_000))
            sale = self._made(seller.caller, order)
            sold += 1
            with self._sold:
                self.sales.append(sale)
                self._sold.notify_all()
            if self.look(sale) and next(pays):
                due = time.monotonic() + random.uniform(0, _LONGEST_WAY_TO_PAY)
                with self._lock:
                    self._to_pay.append((due, sale, random.choice(self._wallets)))

    def _made(self, caller: Caller, order: Order) -> Sale:
        """Send a sale until it is answered."""
        before = caller.lost
        sale = caller.insist(order)
        if lost := caller.lost - before:
            with self._lock:
                self._counts += Counter({"answers lost": lost, "sales sent again": 1})
        return sale

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

    def _close(self, desk: Desk, opened: Future[None]) -> None:
        """Close the shift now and then, and at least once."""
        opened.result()
        random, goes_home = Random(f"{self._seed} {desk.name}"), False
        while not goes_home:
            closed = desk.close_shift()
            if closed:
                number, name = closed
                with self._lock:
                    self.closed.setdefault(number, []).append(name)
            goes_home = self._closed.wait(random.uniform(0, 0.6))

    def _status(self, sale: Sale) -> dict[str, Any] | None:
        try:
            charge: dict[str, Any] = json.loads(self._looks.get(f"/pay/{sale.charge_id}/status").page)
        except NotThere:
            return None
        with self._lock:
            sale.see(charge)
        return charge

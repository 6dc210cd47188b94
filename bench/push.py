"""How long it takes from the wallet's having a payment to the screen's being told, while many others wait."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from bench import proc
from bench.clients import ApiClient, WrongAnswer
from bench.crowd import Crowd, Screen, crowd
from bench.server import Server
from bench.wallet import Wallet, wallet
from pos.sandbox import Sandbox

_SECRET = "a secret for webhooks"
_SELLERS = 16
# Seconds at most from one payment to the next, with and without a webhook.
_PAUSE = 0.16
_LONG_PAUSE = 2.0
# Seconds until a screen that was not told has missed it.
_PATIENCE = 20
_KB = 1000
# Nothing expires meanwhile.
_EXPIRY = "86400"

Charge = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Push:
    """What came of it: the seconds of each payment, the bytes of each screen, and shares of a core."""

    seconds: list[float]
    screen: float
    server_busy: float
    wallet_busy: float
    own_busy: float

    def __str__(self) -> str:
        p99 = f"p99 {quantiles(self.seconds, n=100)[98] * 1000:.0f} ms, " if len(self.seconds) >= 100 else ""
        return f"p50 {median(self.seconds) * 1000:.0f} ms, {p99}max {max(self.seconds) * 1000:.0f} ms"

    @property
    def costs(self) -> str:
        """Say what it cost, and whom."""
        busy = f"server {self.server_busy:.0%} of a core, LNPay {self.wallet_busy:.0%}, clients {self.own_busy:.0%}"
        return f"{self.screen / _KB:.1f} kB a screen; {busy}" if self.screen else busy


class Counter:
    """A till, its wallet next door, and customers who come in crowds. Each crowd finds the till just started."""

    def __init__(self, folder: Path, wallet: Wallet, settings: Mapping[str, str]) -> None:
        self._secret = settings.get("LNPAY_WEBHOOK_SECRET", "")
        self._wallet = wallet
        self._customer = Sandbox(folder / "wallet")
        self._server = Server(folder, {**wallet.settings, "POS_INVOICE_EXPIRY": _EXPIRY, **settings})
        self._unpaid: list[Charge] = []
        self._random = Random(0)

    def close(self) -> None:
        """Let go of all."""
        self._server.close()
        self._customer.close()

    def measure(self, others: int, payments: int) -> Push:
        """Let payments come one after the other while that many others wait. Raises WrongAnswer."""
        self._server.start()
        # One more for each that is paid, as then somebody new comes, and for the first and the last screen.
        if self._sell(others + payments + 3 if self._secret else 0):
            # What the sales have left behind must not hold the screens.
            self._server.kill()
            self._server.start()
        stock = iter(self._unpaid)
        left = chain(stock, self._fresh())
        with crowd(self._server.port) as people:
            # What the first screen and payment need is not what each needs.
            people.open_all(islice(left, 1))
            self._pay_and_watch(people, left, 1)
            before = self._memory()
            people.open_all(islice(left, others))
            began, busy = perf_counter(), self._cpu()
            seconds = self._pay_and_watch(people, left, payments)
            took = perf_counter() - began
            shares = [(now - then) / took for now, then in zip(self._cpu(), busy, strict=True)]
            people.check()
            screen = (self._memory() - before) / others if others else 0
            self._unpaid = [screen.charge for screen in people.screens] + list(stock)
        self._server.kill()
        return Push(seconds, screen, *shares)

    def _sell(self, count: int) -> bool:
        """Make charges until there are that many that nobody paid; tell whether any were missing."""
        missing = count - len(self._unpaid)
        counts = [len(range(number, missing, _SELLERS)) for number in range(_SELLERS)]
        with ThreadPoolExecutor(_SELLERS) as threads:
            for made in threads.map(self._make, counts):
                self._unpaid += made
        return missing > 0

    def _fresh(self) -> Iterator[Charge]:
        """Make a charge when somebody comes: those of a stock would all be asked about, and use up the budget."""
        while True:
            yield from self._make(1)

    def _make(self, count: int) -> list[Charge]:
        with closing(ApiClient(self._server.port)) as seller:
            return [seller.charge() for _ in range(count)]

    def _pay_and_watch(self, people: Crowd, left: Iterator[Charge], count: int) -> list[float]:
        """Pay at random moments for whoever waits, and return how long each screen took to turn green.

        Who has paid goes, and somebody new comes.
        """
        waiting = people.screens
        seconds: list[float] = []
        paid: dict[Screen, float] = {}
        due = perf_counter()
        while len(seconds) < count:
            if waiting and len(paid) + len(seconds) < count and perf_counter() >= due:
                screen = waiting.pop(self._random.randrange(len(waiting)))
                paid[screen] = self._pay(people, screen)
                due = perf_counter() + self._pause()
            for screen in people.turn(due - perf_counter() if waiting and len(paid) + len(seconds) < count else 1):
                if screen.status == "open":
                    # Nobody pays in the moment in which the screen says that he may.
                    due = due if waiting else perf_counter() + self._pause()
                    waiting.append(screen)
                else:
                    seconds.append(screen.changed_at - _paid_at(screen, paid))
                    people.close(screen)
                    people.open(next(left))
            for screen, at in paid.items():
                if perf_counter() > at + _PATIENCE:
                    raise WrongAnswer(f"charge {screen.charge['id']} was paid, and its screen was not told")
        people.open_all(())
        return seconds

    def _pay(self, people: Crowd, screen: Screen) -> float:
        """Pay, and return when the wallet had it."""
        lntx = self._customer.pay(screen.charge["payment_request"])
        had_it_at = perf_counter()
        if self._secret:
            people.announce(lntx, self._secret)
        return had_it_at

    def _pause(self) -> float:
        return self._random.uniform(0, _PAUSE if self._secret else _LONG_PAUSE)

    def _memory(self) -> int:
        return sum(map(proc.proportional_bytes, self._server.workers))

    def _cpu(self) -> tuple[float, float, float]:
        return self._server.cpu_seconds(), proc.cpu_seconds(self._wallet.pid), process_time()


@contextmanager
def counter(settings: Mapping[str, str] | None = None, *, announced: bool = True) -> Iterator[Counter]:
    """Put up a till whose wallet announces payments or does not, until the block is left."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="till-bench-")))
        there = stack.enter_context(wallet(folder / "wallet"))
        secret = {"LNPAY_WEBHOOK_SECRET": _SECRET if announced else ""}
        till = Counter(folder, there, {**secret, **(settings or {})})
        stack.callback(till.close)
        yield till


def _paid_at(screen: Screen, paid: dict[Screen, float]) -> float:
    if screen.status != "paid" or screen not in paid:
        raise WrongAnswer(f"charge {screen.charge['id']} is shown as {screen.status}, and nobody paid it")
    return paid.pop(screen)

"""A short soak: crashes while people sell and pay. `make soak` does the same for longer."""

import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from urllib.parse import urlsplit

import pytest
from werkzeug.exceptions import InternalServerError

from bench.caller import Caller, T, WrongAnswer
from bench.server import HOST
from bench.soak import SALES_OF_A_LIFE, Configuration, soak
from bench.street import LEAST, Street
from tests.loopback import served

ROUNDS = 2
# Seconds after which nobody waits any more.
PATIENCE = 60


def test_a_till_that_crashes_loses_no_sale_and_no_payment(database: str, database_url: str) -> None:
    # Two workers do all that one does, and may be in each other's way besides; test_crash.py has one.
    configuration, seed = Configuration(database, workers=2), secrets.token_hex(4)
    report = soak(configuration, lambda _folder: database_url, ROUNDS, seed)
    assert report.verdict.violations == [], f"seed {seed}"
    assert report.kills >= ROUNDS
    assert report.shown >= SALES_OF_A_LIFE * ROUNDS
    assert 0 < report.paid < report.shown
    # Two desks at which somebody sells, and somebody else took over.
    assert report.counts["sold by staff"] >= 2 * LEAST
    assert report.counts["unlocks"] >= 2 * 2


@contextmanager
def told_to_end() -> Iterator[None]:
    """A signal comes half a second after the block began: whenever else it came, it would end all tests."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, end)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class SeenCaller(Caller):
    """One of whom it is seen when they ask the till, and so have something to finish."""

    def __init__(self, port: int, given_up: Event, asking: Event) -> None:
        super().__init__(port, given_up)
        self.asking = asking

    def insist(self, act: Callable[[], T]) -> T:
        self.asking.set()
        return super().insist(act)


class SeenStreet(Street):
    """One of which it is seen when somebody there asks the till."""

    def __init__(self, port: int) -> None:
        self.asking = Event()
        super().__init__(port, (), "/claim/a-link", "a seed")

    def caller(self) -> Caller:
        return SeenCaller(self._port, self._given_up, self.asking)


@pytest.mark.parametrize("until", ["they are told to end", "somebody asks"])
def test_nobody_waits_for_a_till_that_never_comes(until: str) -> None:
    with socket.socket() as held:
        held.bind((HOST, 0))
        street = SeenStreet(held.getsockname()[1])
        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt), told_to_end(), street.busy():
            street.asking.wait()
            if until == "they are told to end":
                time.sleep(PATIENCE)
        assert time.monotonic() - began < PATIENCE
    assert street.sales == []


def test_an_answer_that_no_crash_excuses_ends_the_soak() -> None:
    with served(InternalServerError()) as address:
        street = Street(urlsplit(address).port or 0, (), "/claim/a-link", "a seed")
        with pytest.raises(WrongAnswer, match="500"), street.busy():
            street.sells(1)

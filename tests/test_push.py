"""The crowd of `make bench`, small: who waits is told, and a screen that is not told does not go unnoticed."""

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from bench import crowd as crowds
from bench import jar
from bench.clients import WrongAnswer
from bench.crowd import crowd
from bench.push import counter
from bench.server import HOST
from tests.loopback import served

CHARGE = {"id": "a", "status": "open"}
OPEN = b'event: charge\ndata: {"id": "a", "status": "open"}\n\n'
PAID = b'event: charge\ndata: {"id": "a", "status": "paid"}\n\n'
OTHER = b'event: charge\ndata: {"id": "b", "status": "paid"}\n\n'


def till(*events: bytes, seconds: float = 0) -> Callable[..., Iterator[bytes]]:
    """A till that sends this to every screen, waits, and hangs up."""

    def application(_environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield from events
        time.sleep(seconds)

    return application


@pytest.mark.parametrize("announced", [True, False])
def test_each_payment_is_timed_while_others_wait(announced: bool) -> None:
    with counter(announced=announced) as shop:
        push = shop.measure(3, 2)
    assert len(push.seconds) == 2
    assert all(0 < seconds < 5 for seconds in push.seconds)


def test_each_tip_is_timed_until_the_last_visitor_of_the_jar_is_told() -> None:
    told = jar.measure(3, 2)
    assert len(told.last) == 2
    assert all(0 < half <= last < 5 for half, last in zip(told.half, told.last, strict=True))
    assert "kB a visitor" in told.costs


def test_a_screen_shows_what_it_is_sent_even_in_two_pieces() -> None:
    with socket.create_server((HOST, 0)) as till, crowd(till.getsockname()[1]) as people:
        people.open(CHARGE)
        line, _ = till.accept()
        with line:
            line.sendall(OPEN + PAID[:20])
            assert [screen.status for screen in people.turn(1)] == ["open"]
            line.sendall(PAID[20:40])
            assert people.turn(1) == []
            line.sendall(PAID[40:])
            assert [screen.status for screen in people.turn(1)] == ["paid"]


@pytest.mark.parametrize(
    ("events", "problem"), [((OPEN,), "was closed"), ((OPEN, OPEN), "was sent"), ((OPEN, OTHER), "was sent")]
)
def test_a_screen_that_is_closed_or_sent_nonsense_ends_the_bench(events: tuple[bytes, ...], problem: str) -> None:
    with served(till(*events)) as address, crowd(port(address)) as people, pytest.raises(WrongAnswer, match=problem):
        people.open_all([CHARGE])
        while True:
            people.turn(1)


def test_a_screen_that_hears_nothing_ends_the_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowds, "_DEAF_AFTER", 0.1)
    with served(till(OPEN, seconds=0.5)) as address, crowd(port(address)) as people:
        people.open_all([CHARGE])
        time.sleep(0.2)
        with pytest.raises(WrongAnswer, match="heard nothing"):
            people.check()


def test_a_webhook_that_is_refused_ends_the_bench() -> None:
    with served(refuse) as address, crowd(port(address)) as people:
        people.announce({"id": "lntx_1"}, "a secret")
        with pytest.raises(WrongAnswer, match="403"):
            people.turn(1)


def refuse(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("403 Forbidden", [])
    return []


def port(address: str) -> int:
    return urlsplit(address).port or 0

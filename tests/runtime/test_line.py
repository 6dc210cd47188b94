"""Strangers stand in line, and one who takes long holds up nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from time import sleep

import pytest

from pos.runtime.line import Line
from pos.runtime.turnstile import Crowded, Turnstile


class Busy(Turnstile):
    """One before which so many wait, and at which everybody loses patience; `waited` is for how many seconds."""

    def __init__(self, waiting: int) -> None:
        super().__init__(0, patience=None)
        self.ahead = waiting
        self.waited: list[float | None] = []

    @property
    def waiting(self) -> int:
        return self.ahead

    @contextmanager
    def turn(self, patience: float | None = None) -> Iterator[None]:
        self.waited.append(patience)
        raise Crowded
        yield


def test_the_next_goes_in_when_the_one_before_is_through() -> None:
    turnstile = Turnstile(1, patience=None)
    line = Line(step=10, turnstile=turnstile)
    order: list[str] = []

    def come() -> None:
        with line.turn():
            order.append("second")

    second = Thread(target=come)
    with line.turn():
        second.start()
        while not turnstile.waiting:
            sleep(0)
        order.append("first")
    second.join()
    assert order == ["first", "second"]


def test_one_who_takes_long_holds_up_nobody() -> None:
    line = Line(step=0)
    with line.turn(), line.turn(), line.turn():
        pass


@pytest.mark.parametrize(("ahead", "seconds"), [(0, 2), (1, 4), (4, 10)])
def test_each_waits_as_long_as_all_before_may_take(ahead: int, seconds: float) -> None:
    turnstile = Busy(ahead)
    with Line(step=2, most=5, turnstile=turnstile).turn():
        assert turnstile.waited == [seconds]


def test_a_line_has_an_end() -> None:
    turnstile = Busy(5)
    with pytest.raises(Crowded), Line(most=5, turnstile=turnstile).turn():
        pytest.fail("one too many is in")
    assert not turnstile.waited


def test_what_fails_in_line_fails() -> None:
    line = Line(step=10)
    for _ in range(2):
        with pytest.raises(Crowded), line.turn():
            raise Crowded

"""What goes on for as long as a process lives."""

import logging

import pytest

from pos.runtime.loop import keep_going
from pos.store import StoreError

CALM, BUSY, BROKEN = None, StoreError("the disk is full"), ValueError("of our own making")


def do(what: list[Exception | None]) -> list[float]:
    """Do so many things one after the other, and return how long was waited after each."""
    waited: list[float] = []

    def tick() -> None:
        happens = what[len(waited)]
        if happens:
            raise happens

    def is_over(seconds: float) -> bool:
        waited.append(seconds)
        return len(waited) == len(what)

    keep_going("the watch", tick, 0.2, is_over)
    return waited


def test_it_goes_on_until_it_is_over() -> None:
    assert do([CALM, CALM, CALM]) == [0.2, 0.2, 0.2]


@pytest.mark.parametrize("trouble", [BUSY, BROKEN])
def test_whatever_fails_it_goes_on_and_says_so_once_in_a_row(
    caplog: pytest.LogCaptureFixture, trouble: Exception
) -> None:
    assert len(do([trouble, trouble, CALM, trouble, trouble])) == 5
    said = [it for it in caplog.records if it.levelno == logging.ERROR]
    assert len(said) == 2
    assert all(it.getMessage().startswith("the watch ") for it in said)
    assert all((it.exc_info is not None) is (trouble is BROKEN) for it in said)

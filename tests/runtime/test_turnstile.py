"""A few may do at once what takes long, and the others wait."""

from threading import Thread
from time import sleep

import pytest

from pos.runtime.turnstile import Crowded, Turnstile


def test_so_many_are_in_at_once_and_one_more_is_told_so() -> None:
    turnstile = Turnstile(2, patience=0)
    with turnstile.turn(), turnstile.turn(), pytest.raises(Crowded), turnstile.turn():
        pytest.fail("a third one is in")


def test_whoever_fails_gives_the_place_back() -> None:
    turnstile = Turnstile(1, patience=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), turnstile.turn():
            raise ZeroDivisionError


def test_whoever_has_had_a_turn_and_wants_the_next_stands_behind_those_who_wait() -> None:
    turnstile = Turnstile(1, patience=10)
    order: list[str] = []

    def come_once() -> None:
        with turnstile.turn():
            order.append("who waited")

    waiting = Thread(target=come_once)
    with turnstile.turn():
        waiting.start()
        while not turnstile.waiting:
            sleep(0)
    with turnstile.turn():
        order.append("who was there before")
    waiting.join()
    assert order == ["who waited", "who was there before"]


def test_whoever_lost_patience_is_waited_for_no_more() -> None:
    turnstile = Turnstile(1, patience=0)
    with turnstile.turn():
        with pytest.raises(Crowded), turnstile.turn():
            pytest.fail("two are in")
        assert turnstile.waiting == 0
    with turnstile.turn():
        assert turnstile.waiting == 0

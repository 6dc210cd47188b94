"""How often a visitor may do what costs the shop something."""

import pytest

from pos.runtime import allowance as room
from pos.runtime.allowance import LIMITS, Allowance
from tests.fakes import FakeClock

FEW = ((2, 60), (3, 600))


@pytest.fixture
def few(clock: FakeClock) -> Allowance:
    return Allowance(clock, FEW)


def test_a_visitor_may_so_often_in_a_minute_and_is_told_how_long_to_wait(few: Allowance, clock: FakeClock) -> None:
    assert few.take("ada") == 0
    clock.move(20)
    assert few.take("ada") == 0
    clock.move(5.5)
    assert few.take("ada") == 35
    clock.move(34.4)
    assert few.take("ada") == 1
    clock.move(0.1)
    assert few.take("ada") == 0


def test_and_so_often_in_a_longer_time(few: Allowance, clock: FakeClock) -> None:
    for _ in range(3):
        assert few.take("ada") == 0
        clock.move(60)
    assert few.take("ada") == 420


def test_of_what_lasts_longer_no_more_is_there_at_once(few: Allowance, clock: FakeClock) -> None:
    for _ in range(3):
        assert few.take("ada", lasting=3600) == 0
        clock.move(60)
    assert few.take("ada", lasting=3600) == 3600 - 180
    clock.move(600)
    assert few.take("ada", lasting=3600) == 3600 - 780
    assert few.take("ada", lasting=60) == 0


def test_asking_too_early_does_not_make_the_wait_longer(few: Allowance, clock: FakeClock) -> None:
    few.take("ada")
    few.take("ada")
    for left in range(60, 0, -1):
        assert few.take("ada") == left
        clock.move(1)
    assert few.take("ada") == 0


def test_one_visitor_is_nothing_to_another(few: Allowance) -> None:
    for _ in range(3):
        few.take("ada")
    assert few.take("ben") == 0


def test_only_so_many_are_remembered_and_who_was_here_last_is_forgotten_last(few: Allowance) -> None:
    few.take("ada")
    few.take("ada")
    for number in range(room._REMEMBERED - 1):
        few.take(f"v{number}")
    assert few.take("ada") > 0
    few.take("one more")
    assert few.take("ada") > 0
    assert len(few._done_at) == room._REMEMBERED


def test_a_café_behind_one_address_may_tip(clock: FakeClock) -> None:
    one = Allowance(clock)
    assert [one.take("café") for _ in range(30)] == [0] * 30
    assert one.take("café") == LIMITS[0][1]

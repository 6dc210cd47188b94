"""How often a charge that is not paid is asked about."""

from dataclasses import replace
from math import inf

import pytest

from pos.domain.due import LOOKED_AT_FOR, SOUGHT_FOR, WATCHED_FOR, Unpaid, interval

MADE, EXPIRES = 1000, 1600
CHARGE = Unpaid("c1", MADE, EXPIRES, 0)


def test_once_a_second_while_somebody_looks_at_it() -> None:
    assert interval(CHARGE, MADE, 0) == interval(CHARGE, EXPIRES - 1, LOOKED_AT_FOR) == 1


def test_ever_more_rarely_when_nobody_does_and_at_least_twice_a_minute_until_it_expires() -> None:
    waits = [interval(CHARGE, MADE + age, age) for age in range(LOOKED_AT_FOR + 1, EXPIRES - MADE)]
    assert waits[0] < 3
    assert waits == sorted(waits)
    assert waits[-1] == 30


def test_after_the_expiry_at_intervals_that_grow_for_a_day() -> None:
    waits = [interval(CHARGE, EXPIRES + age, inf) for age in (1, 60, 600, 3600, WATCHED_FOR - 4)]
    assert waits == [30, 30, 150, 900, 21599]


def test_never_again_when_it_expired_a_day_ago_and_nobody_looks() -> None:
    assert interval(CHARGE, EXPIRES + WATCHED_FOR, inf) == inf


def test_one_that_ended_unheard_is_asked_about_for_a_month() -> None:
    unheard = replace(CHARGE, heard=False)
    assert interval(unheard, EXPIRES + 2 * WATCHED_FOR, inf) == WATCHED_FOR / 2
    assert interval(unheard, EXPIRES + SOUGHT_FOR, inf) == inf


@pytest.mark.parametrize(("age", "every"), [(0, 1), (4, 1), (12, 3), (3600, 5), (2 * WATCHED_FOR, 5)])
def test_every_few_seconds_while_somebody_looks_at_an_expired_one(age: int, every: float) -> None:
    assert interval(CHARGE, EXPIRES + age, 0) == every


@pytest.mark.parametrize("back", [60, 3600, 10**6])
def test_a_clock_that_was_set_back_makes_nothing_rarer(back: int) -> None:
    assert interval(CHARGE, MADE - back, 0) == 1
    assert interval(CHARGE, MADE - back, inf) == 30

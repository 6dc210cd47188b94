"""How often a charge that is not paid is asked about."""

import pytest

from pos.domain.due import LOOKED_AT_FOR, WATCHED_FOR, Unpaid, interval

MADE, EXPIRES = 1000, 1600


def after(now: int, looked_at: int = MADE) -> float:
    return interval(Unpaid("c1", MADE, EXPIRES, looked_at), now)


def test_once_a_second_while_somebody_looks_at_it() -> None:
    assert after(MADE) == after(EXPIRES - 1, looked_at=EXPIRES - 1 - LOOKED_AT_FOR) == 1


def test_ever_more_rarely_when_nobody_does_and_at_least_twice_a_minute_until_it_expires() -> None:
    waits = [after(MADE + age) for age in range(LOOKED_AT_FOR + 1, EXPIRES - MADE)]
    assert waits[0] < 3
    assert waits == sorted(waits)
    assert waits[-1] == 30


def test_after_the_expiry_at_intervals_that_grow_for_a_day() -> None:
    waits = [after(EXPIRES + age) for age in (1, 60, 600, 3600, WATCHED_FOR)]
    assert waits == [30, 30, 150, 900, 21600]


def test_every_few_seconds_while_somebody_looks_at_an_expired_one() -> None:
    assert [after(EXPIRES + age, looked_at=EXPIRES + age) for age in (0, 4, 12, 3600)] == [1, 1, 3, 5]


@pytest.mark.parametrize("back", [60, 3600, 10**6])
def test_a_clock_that_was_set_back_makes_nothing_rarer(back: int) -> None:
    assert after(MADE - back) == 1

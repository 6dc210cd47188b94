"""Wrong passwords in a row, and how long one waits after them."""

import pytest

from pos.domain.guesses import FORGOTTEN_AFTER, Guesses


def after(wrong: int) -> Guesses:
    guesses = Guesses()
    for _ in range(wrong):
        guesses = guesses.one_more(1000)
    return guesses


@pytest.mark.parametrize(("wrong", "seconds"), [(0, 0), (2, 0), (3, 2), (4, 4), (5, 8), (8, 60), (5000, 60)])
def test_each_wrong_one_makes_the_next_wait_twice_as_long(wrong: int, seconds: int) -> None:
    assert after(wrong).wait(1000) == seconds
    assert after(wrong).wait(1000 + seconds) == 0


def test_a_clock_that_was_set_back_makes_nobody_wait_until_it_is_where_it_was() -> None:
    assert [after(3).wait(at) for at in (999, 998, 997, 0)] == [2, 2, 0, 0]


def test_they_are_forgotten_after_a_while() -> None:
    assert after(9).one_more(1000 + FORGOTTEN_AFTER - 1).wrong == 10
    assert after(9).one_more(1000 + FORGOTTEN_AFTER) == Guesses(1, 1000 + FORGOTTEN_AFTER)
    assert after(9).wait(1000 + FORGOTTEN_AFTER) == 0

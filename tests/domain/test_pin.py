"""What a PIN may be, and how long a wrong one makes everybody wait."""

import pytest

from pos.domain.pin import BadPin, Tries, new_pin, read_pin


@pytest.mark.parametrize("pin", ["2580", "13579", "90210", "11223344", "1212"])
def test_four_to_eight_figures_are_a_pin(pin: str) -> None:
    assert new_pin(pin) == pin


@pytest.mark.parametrize("typed", ["２５８０", "٢٥٨٠", "۲۵۸۰", "२५८०", "2٥8０", "2580"])
def test_the_figures_of_any_script_are_those_figures(typed: str) -> None:
    assert new_pin(typed) == read_pin(typed) == "2580"


@pytest.mark.parametrize("text", ["", "123", "123456789", "12a4", "1 234", "-1234", "²⁵⁸⁰", "2580\n", "9" * 5000])
def test_nothing_else_is(text: str) -> None:
    assert read_pin(text) is None
    with pytest.raises(BadPin, match="4 to 8 figures"):
        new_pin(text)


@pytest.mark.parametrize("pin", ["0000", "99999999", "1234", "4321", "7890", "0987", "8901", "12345678", "١٢٣٤"])
def test_what_anybody_guesses_first_is_nobodys_pin(pin: str) -> None:
    with pytest.raises(BadPin, match="too easy"):
        new_pin(pin)


def test_each_wrong_one_doubles_the_wait_up_to_a_quarter_of_an_hour() -> None:
    tries, waits = Tries(), []
    for _ in range(12):
        tries = tries.one_more(1000)
        waits.append(tries.wait(1000))
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_the_wait_gets_shorter_as_time_goes_by() -> None:
    tries = Tries(4, 1000)
    assert [tries.wait(at) for at in (1000, 1003, 1007, 1008, 9999)] == [8, 5, 1, 0, 0]
    assert Tries().wait(0) == 0


def test_a_clock_that_was_set_back_makes_nobody_wait_until_it_is_where_it_was() -> None:
    assert [Tries(4, 1000).wait(at) for at in (999, 992, 991, 10)] == [8, 8, 0, 0]
    assert Tries(4, 1000).one_more(10) == Tries(5, 10)


def test_one_is_forgotten_in_a_quarter_of_an_hour() -> None:
    assert Tries(4, 0).one_more(899).wrong == 5
    assert Tries(4, 0).one_more(900).wrong == 4
    assert Tries(4, 0).one_more(10_000_000).wrong == 1


def test_a_day_of_guessing_comes_to_a_hundred_tries() -> None:
    tries, now, count = Tries(), 0, 0
    while now < 86400:
        now += tries.wait(now)
        tries, count = tries.one_more(now), count + 1
    assert count <= 106

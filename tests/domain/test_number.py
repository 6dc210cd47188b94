"""The number of a charge: as a person reads it out, and as another one types it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.number import NUMBERS, read_number, spoken, to_number


@given(st.integers(0, NUMBERS - 1))
def test_a_number_is_found_again_however_it_is_written_down(value: int) -> None:
    number = to_number(value)
    assert len(number) == 8
    assert number.isalnum()
    assert number == number.upper()
    for written in (number, number.lower(), spoken(number), spoken(number).replace(" ", "-"), f" {number}\n"):
        assert read_number(written) == number


def test_each_value_has_a_number_of_its_own() -> None:
    assert [to_number(value) for value in (0, 1, 31, 32, NUMBERS - 1)] == [
        "00000000",
        "00000001",
        "0000000Z",
        "00000010",
        "ZZZZZZZZ",
    ]


def test_letters_that_look_like_digits_are_digits() -> None:
    assert read_number("oO0i IlL1") == "00011111"


@pytest.mark.parametrize("typed", ["", "-", "K7M4QX2", "K7M4QX2PP", "K7M4QX2!", "K7M4QX2U", "K7M4 QX2É", "x" * 5000])
def test_anything_else_is_no_number(typed: str) -> None:
    assert read_number(typed) is None

"""The number of a sale: as a person reads it out, and as another one types it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.number import Number, read_number


@given(st.integers(1000, 9999), st.integers(1, 10**12 - 1), st.integers(1000, 9999))
def test_a_number_is_found_again_however_it_is_written_down(year: int, count: int, today: int) -> None:
    number = Number(year, count)
    whole = str(number)
    for written in (whole, whole.replace("-", " "), whole.replace("-", "/"), f" {whole}\n", number.within(today)):
        assert read_number(written, today) == number


def test_in_its_own_year_a_number_is_said_without_the_year() -> None:
    assert [Number(2026, 1047).within(year) for year in (2025, 2026, 2027)] == ["2026-1047", "1047", "2026-1047"]
    assert read_number("1047", 2027) == Number(2027, 1047)


@pytest.mark.parametrize("typed", ["２０２６－１０４７", "１０４７", "٢٠٢٦-١٠٤٧", "۱۰۴۷"])
def test_a_number_is_read_in_the_digits_of_any_script(typed: str) -> None:
    assert read_number(typed, 2026) == Number(2026, 1047)


@pytest.mark.parametrize(
    "typed", ["", "-", "0", "2026-", "-1047", "2026-0", "26-1047", "K7M4QX2P", "1047é", "9" * 5000]
)
def test_anything_else_is_no_number(typed: str) -> None:
    assert read_number(typed, 2026) is None

"""What a person may type as an amount."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.money import AmountError, format_sat, parse_sat

LIMIT = 10_000_000


@pytest.mark.parametrize("typed", ["2100", " 2100 ", "002100", "2,100", "2.100", "2 100", "２１００", "٢١٠٠"])
def test_whole_sat_are_understood(typed: str) -> None:
    assert parse_sat(typed, LIMIT) == 2100


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "0",
        "-5",
        "1.5",
        "1,5",
        "abc",
        "1e3",
        "0x10",
        "+5",
        "²",
        "9" * 20,
        "\x00",
    ],
)
def test_anything_else_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(AmountError, match=r"^[A-Z].*\.$"):
        parse_sat(typed, LIMIT)


def test_the_limit_itself_can_be_charged_and_one_sat_more_cannot() -> None:
    assert parse_sat(str(LIMIT), LIMIT) == LIMIT
    with pytest.raises(AmountError, match="10,000,000 sat"):
        parse_sat(str(LIMIT + 1), LIMIT)


@given(st.integers(1, LIMIT))
def test_every_amount_in_the_limits_comes_through_unchanged(amount: int) -> None:
    assert parse_sat(str(amount), LIMIT) == amount
    assert int(format_sat(amount).replace(",", "")) == amount


@given(st.text())
def test_no_text_makes_the_till_stumble(typed: str) -> None:
    try:
        assert 1 <= parse_sat(typed, LIMIT) <= LIMIT
    except AmountError:
        assert not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= LIMIT)

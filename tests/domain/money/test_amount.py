"""Money, its sums and its parts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.money.amount import Money, percent

MINOR = st.integers(0, 10**16)


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(1250, "EUR"), "12.50 EUR"),
        (Money(1250, "JPY"), "1,250 JPY"),
        (Money(1250, "KWD"), "1.250 KWD"),
        (Money(4200, "SAT"), "4,200 sat"),
        (Money(123456789, "USD"), "1,234,567.89 USD"),
        (Money(5, "EUR"), "0.05 EUR"),
        (Money(0, "EUR"), "0.00 EUR"),
        (Money(-5, "EUR"), "-0.05 EUR"),
        (Money(10**18 + 1, "EUR"), "10,000,000,000,000,000.01 EUR"),
    ],
)
def test_money_is_written_in_plain_english(money: Money, text: str) -> None:
    assert str(money) == text


def test_money_of_one_currency_adds_up() -> None:
    assert Money(1250, "EUR") + Money(5, "EUR") == Money(1255, "EUR")


@pytest.mark.parametrize("other", ["USD", "SAT"])
def test_euros_and_something_else_are_never_added_up(other: str) -> None:
    with pytest.raises(ValueError, match=f"{other} cannot be added to EUR"):
        Money(1250, "EUR") + Money(5, other)


@pytest.mark.parametrize(
    ("money", "rate", "tip"),
    [
        (Money(1250, "EUR"), "10", Money(125, "EUR")),
        (Money(1249, "EUR"), "10", Money(125, "EUR")),
        (Money(1244, "EUR"), "10", Money(124, "EUR")),
        (Money(5, "EUR"), "10", Money(1, "EUR")),
        (Money(15, "EUR"), "10", Money(2, "EUR")),
        (Money(25, "EUR"), "10", Money(3, "EUR")),
        (Money(1200, "JPY"), "12.5", Money(150, "JPY")),
        (Money(2100, "SAT"), "10", Money(210, "SAT")),
        (Money(2101, "SAT"), "10", Money(211, "SAT")),
        (Money(1, "SAT"), "0.1", Money(1, "SAT")),
        (Money(0, "SAT"), "10", Money(0, "SAT")),
    ],
)
def test_a_tip_is_rounded_half_up_and_in_sat_always_up(money: Money, rate: str, tip: Money) -> None:
    assert percent(money, Decimal(rate)) == tip


@given(MINOR, st.decimals(0, 100, places=2))
def test_a_tip_is_never_a_whole_unit_off(minor: int, rate: Decimal) -> None:
    exact = minor * int(rate * 100)
    assert abs(percent(Money(minor, "EUR"), rate).minor * 10_000 - exact) <= 5_000
    assert 0 <= percent(Money(minor, "SAT"), rate).minor * 10_000 - exact < 10_000

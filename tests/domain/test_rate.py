"""A rate of exchange: the shop is never a sat short, and no customer pays one too many."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.money import SAT, Money, decimals
from pos.domain.rate import HIGHEST_PRICE, LOWEST_PRICE, SAT_PER_BITCOIN, Rate, is_price, less_spread

amounts = st.integers(min_value=0, max_value=10**12)
currencies = st.sampled_from(["EUR", "JPY", "KWD"])
prices = st.decimals(LOWEST_PRICE, HIGHEST_PRICE, places=8)


def rate(currency: str, price: Decimal) -> Rate:
    return Rate(currency, price, 0, ("kraken",))


def worth_in_minor(sat: int, currency: str, price: Decimal) -> Fraction:
    return Fraction(price) * Fraction(10) ** decimals(currency) * sat / SAT_PER_BITCOIN


@given(amounts, currencies, prices)
def test_the_sat_are_worth_the_price_and_one_less_would_not_be(minor: int, currency: str, price: Decimal) -> None:
    sat = rate(currency, price).to_sat(Money(minor, currency))
    assert worth_in_minor(sat, currency, price) >= minor
    assert worth_in_minor(sat - 1, currency, price) < minor


@given(amounts, currencies, prices)
def test_there_and_back_is_the_same_but_for_a_minor_unit_and_a_sat(minor: int, currency: str, price: Decimal) -> None:
    there = rate(currency, price)
    back = there.from_sat(there.to_sat(Money(minor, currency)))
    assert back.currency == currency
    assert abs(back.minor - minor) <= 1 + worth_in_minor(1, currency, price)


@given(st.integers(min_value=0, max_value=21 * 10**14), currencies, prices)
def test_sat_are_said_to_the_nearest_minor_unit(sat: int, currency: str, price: Decimal) -> None:
    said = rate(currency, price).from_sat(sat)
    assert abs(said.minor - worth_in_minor(sat, currency, price)) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("minor", "currency", "price", "sat"),
    [
        (1, "EUR", "50000", 20),
        (100, "EUR", "50000", 2000),
        (250, "EUR", "57003.0575", 4386),
        (1250, "JPY", "9721340", 12859),
        (1500, "KWD", "20000", 7500),
    ],
)
def test_prices_of_the_counter(minor: int, currency: str, price: str, sat: int) -> None:
    assert rate(currency, Decimal(price)).to_sat(Money(minor, currency)) == sat


@pytest.mark.parametrize("currency", ["USD", SAT])
def test_a_rate_says_nothing_about_another_currency(currency: str) -> None:
    with pytest.raises(ValueError, match="EUR says nothing about"):
        rate("EUR", Decimal(50_000)).to_sat(Money(1, currency))


@pytest.mark.parametrize("price", ["1", "57002.115", "1E+15", f"57000.{'1' * 30}"])
def test_a_bitcoin_can_cost_that(price: str) -> None:
    assert is_price(Decimal(price))


@pytest.mark.parametrize(
    "price",
    [
        *("0", "-1", "-57000", "0.9", "1000000000000000.1", "1E+16", "1E+999999", "1E-999999", f"57000.{'1' * 31}"),
        *("NaN", "sNaN", "Infinity", "-Infinity"),
    ],
)
def test_a_bitcoin_cannot_cost_that(price: str) -> None:
    assert not is_price(Decimal(price))


@given(prices, st.decimals(0, 50, places=2))
def test_a_spread_lowers_the_price_and_so_the_customer_pays_no_less(price: Decimal, percent: Decimal) -> None:
    lower = less_spread(price, percent)
    assert price / 2 <= lower <= price
    assert rate("EUR", lower).to_sat(Money(999, "EUR")) >= rate("EUR", price).to_sat(Money(999, "EUR"))


def test_a_spread_is_in_percent() -> None:
    assert less_spread(Decimal(50_000), Decimal("1.5")) == Decimal(49_250)
    assert less_spread(Decimal(50_000), Decimal(0)) == 50_000

"""What a sale comes to: price, tip and limit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.money import SAT, AmountError, Money
from pos.domain.rate import Rate
from pos.domain.sale import Sale, quote

EUR = Rate("EUR", Decimal("65000"), 1000, ("kraken", "coinbase"))
LIMIT = 10_000_000

prices = st.integers(1, 10**9)
rates = st.decimals("0.01", "100000000000", places=2).map(lambda price: Rate("EUR", price, 1000, ("kraken",)))


def euro(cents: int, tip: int = 0) -> Sale:
    return Sale(Money(cents, "EUR"), tip=tip)


def test_a_price_in_the_shops_currency_is_converted_and_rounded_up_to_a_sat() -> None:
    asked = quote(euro(1250), EUR, LIMIT)
    # 12.50 / 65,000 of 100,000,000 sat are 19,230.77.
    assert (asked.amount_sat, asked.tip_sat) == (19_231, 0)
    assert asked.fiat
    assert asked.fiat.typed
    assert (asked.fiat.price, asked.fiat.tip, asked.fiat.rate) == (Money(1250, "EUR"), Money(0, "EUR"), EUR)


def test_a_tip_is_part_of_the_amount_and_kept_apart_from_the_price() -> None:
    asked = quote(euro(1250, tip=125), EUR, LIMIT)
    assert (asked.amount_sat, asked.tip_sat) == (21_154, 1_923)
    assert asked.fiat
    assert asked.fiat.total == Money(1375, "EUR")


def test_a_price_in_sat_needs_no_rate() -> None:
    asked = quote(Sale(Money(2100, SAT), tip=210), None, LIMIT)
    assert (asked.amount_sat, asked.tip_sat, asked.fiat) == (2310, 210, None)


def test_a_price_in_sat_is_said_in_the_shops_currency_where_there_is_a_rate() -> None:
    asked = quote(Sale(Money(19_231, SAT), tip=1_923), EUR, LIMIT)
    assert asked.fiat
    assert not asked.fiat.typed
    assert (asked.fiat.price, asked.fiat.tip) == (Money(1250, "EUR"), Money(125, "EUR"))


def test_a_price_in_the_shops_currency_is_never_sold_without_a_rate() -> None:
    with pytest.raises(ValueError, match="without a rate"):
        quote(euro(1250), None, LIMIT)


def test_a_rate_of_another_currency_says_nothing() -> None:
    with pytest.raises(ValueError, match="says nothing about JPY"):
        quote(Sale(Money(1250, "JPY")), EUR, LIMIT)


@pytest.mark.parametrize("sale", [euro(0), euro(0, tip=100), Sale(Money(0, SAT))])
def test_nothing_is_no_price(sale: Sale) -> None:
    with pytest.raises(AmountError, match="at least 1 sat"):
        quote(sale, EUR, LIMIT)


def test_too_much_is_said_in_both_units() -> None:
    with pytest.raises(AmountError) as caught:
        quote(euro(650_001), EUR, LIMIT)
    said = str(caught.value)
    for part in ("6,500.01 EUR", "10,000,016 sat", "10,000,000 sat", "6,500.00 EUR"):
        assert part in said


def test_a_tip_does_not_lift_a_sale_over_the_limit() -> None:
    assert quote(euro(650_000), EUR, LIMIT).amount_sat == LIMIT
    with pytest.raises(AmountError, match="Too much"):
        quote(euro(650_000, tip=1), EUR, LIMIT)


@given(prices, st.integers(0, 10**9), rates)
def test_neither_price_nor_total_is_ever_a_sat_short(price: int, tip: int, rate: Rate) -> None:
    asked = quote(euro(price, tip=tip), rate, 10**30)
    for minor, sat in ((price, asked.amount_sat - asked.tip_sat), (price + tip, asked.amount_sat)):
        worth = Decimal(minor) * 10**6
        assert worth <= sat * rate.price < worth + rate.price
    assert asked.tip_sat >= 0

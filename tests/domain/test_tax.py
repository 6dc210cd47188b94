"""Tax: in a price or on top of it, rounded once for each rate, and never a cent lost."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.money import SAT, Money
from pos.domain.rate import Rate
from pos.domain.sale import Fiat, Line, Sale, itemized, price_of, taxes_in_books
from pos.domain.tax import Tax, TaxRate, parse_tax_rate, shared_out, taxes

USUAL, FOOD, ON_TOP = TaxRate(Decimal(19)), TaxRate(Decimal(7)), TaxRate(Decimal("8.25"), on_top=True)
rates = st.builds(TaxRate, st.decimals(0, 100, places=4).map(lambda it: it.normalize()), st.booleans())
lines = st.builds(Line, st.integers(0, 10**7), st.integers(1, 99), st.just(""), st.none() | rates)


def test_tax_is_in_the_price() -> None:
    # 12.10 at 19 %: 12.10 * 19 / 119 = 1.9319.
    assert USUAL.of(1210) == Tax(USUAL, 1017, 193)
    assert FOOD.of(740) == Tax(FOOD, 692, 48)


def test_tax_comes_on_top_of_the_price() -> None:
    assert ON_TOP.of(1000) == Tax(ON_TOP, 1000, 83)
    assert Sale(Money(1083, "USD"), lines=(Line(1000, tax=ON_TOP),)).taxes == (Tax(ON_TOP, 1000, 83),)


def test_half_a_cent_of_tax_is_a_cent() -> None:
    assert TaxRate(Decimal(5), on_top=True).of(10).tax == 1
    assert TaxRate(Decimal(100)).of(1).tax == 1


def test_tax_is_rounded_on_the_sum_and_not_line_by_line() -> None:
    # Three times 0.33 at 19 %: 0.0527 each, and 0.1581 together.
    assert taxes([(33, USUAL)] * 3) == (USUAL.of(99),)
    assert USUAL.of(99).tax == 16
    assert 3 * USUAL.of(33).tax == 15


def test_rates_come_in_the_order_of_the_tape_and_what_is_not_taxed_is_in_none() -> None:
    assert taxes([(100, FOOD), (200, None), (300, USUAL), (400, FOOD)]) == (FOOD.of(500), USUAL.of(300))


@given(st.integers(0, 10**12), rates)
def test_net_and_tax_are_what_the_customer_pays(minor: int, rate: TaxRate) -> None:
    split = rate.of(minor)
    assert split.gross == (minor + split.tax if rate.on_top else minor)
    assert split.net >= 0
    assert split.tax >= 0


@given(st.lists(lines, min_size=1, max_size=9))
def test_no_cent_is_lost_between_lines_rates_and_the_price(sold: list[Line]) -> None:
    sale = Sale(Money(price_of(tuple(sold)), "EUR"), lines=tuple(sold))
    untaxed = sum(line.price for line in sold if line.tax is None)
    assert sum(it.gross for it in sale.taxes) + untaxed == sale.price.minor


@given(st.lists(lines, min_size=1, max_size=9), st.decimals("0.01", "100000000", places=2))
def test_what_was_typed_in_sat_has_its_tax_in_the_shops_currency_to_the_cent(sold: list[Line], price: Decimal) -> None:
    rate = Rate("EUR", price, 1000, ("kraken",))
    sale = Sale(Money(price_of(tuple(sold)), SAT), lines=tuple(sold))
    worth = Fiat(rate.from_sat(sale.price.minor), Money(0, "EUR"), rate, typed=False)
    booked = taxes_in_books(sale, worth)
    assert [it.rate for it in booked] == [it.rate for it in sale.taxes]
    assert sum(it.gross for it in booked) <= worth.price.minor
    if all(line.tax for line in sold):
        assert sum(it.gross for it in booked) == worth.price.minor


def test_what_was_typed_in_the_shops_currency_is_booked_as_it_is() -> None:
    rate = Rate("EUR", Decimal(65_000), 1000, ("kraken",))
    sale = Sale(Money(1210, "EUR"), lines=(Line(1210, tax=USUAL),))
    assert taxes_in_books(sale, Fiat(sale.price, Money(0, "EUR"), rate, typed=True)) == sale.taxes
    assert taxes_in_books(sale, None) == sale.taxes


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**9), max_size=9))
def test_a_whole_is_shared_out_to_the_last_unit_and_nobody_is_a_unit_off(whole: int, parts: list[int]) -> None:
    shares = shared_out(whole, parts)
    assert sum(shares) == (whole if parts else 0)
    if sum(parts):
        assert all(abs(share - whole * part / sum(parts)) < 1.001 for share, part in zip(shares, parts, strict=True))


def test_what_is_over_goes_to_the_largest_rest() -> None:
    assert shared_out(100, [1, 1, 1]) == [34, 33, 33]
    assert shared_out(10, [26, 25, 49]) == [3, 2, 5]
    assert shared_out(7, [0, 0]) == [7, 0]


def test_a_line_with_tax_says_more_than_the_price() -> None:
    assert itemized((Line(100),)) == ()
    assert itemized((Line(100, tax=USUAL),)) == (Line(100, tax=USUAL),)


@pytest.mark.parametrize("text", ["19", "7", "0", "100", "+8.25", "8.875", "+0.0001"])
def test_a_rate_is_written_as_it_was_read(text: str) -> None:
    assert str(parse_tax_rate(text)) == text


@pytest.mark.parametrize(
    ("text", "same"), [("7.0", "7"), ("+8.250", "+8.25"), ("10", "10"), ("007", "7"), ("0.00", "0")]
)
def test_one_rate_is_one_text(text: str, same: str) -> None:
    assert str(parse_tax_rate(text)) == same


@pytest.mark.parametrize(
    "text", ["", "+", "-7", "7 %", "100.1", "101", "7,5", "1e2", "8.12345", "٧", "++7", "7.", " 7"]
)
def test_anything_else_is_no_rate(text: str) -> None:
    assert parse_tax_rate(text) is None


@given(st.integers(0, 10**12), st.none() | rates)
def test_a_price_that_is_all_told_stays_as_it_is_with_its_tax_in_it(minor: int, rate: TaxRate | None) -> None:
    sale = Sale.all_told(Money(minor, SAT), rate, "Wash")
    assert (sale.price.minor, sale.memo) == (minor, "Wash")
    assert [(it.rate.percent, it.gross) for it in sale.taxes] == ([(rate.percent, minor)] if rate else [])


def test_nothing_is_said_of_what_has_no_tax() -> None:
    assert Sale.all_told(Money(2100, SAT), None) == Sale(Money(2100, SAT))


def test_a_rate_of_nothing_takes_nothing() -> None:
    assert TaxRate(Decimal(0)).of(500) == Tax(TaxRate(Decimal(0)), 500, 0)

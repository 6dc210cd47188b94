"""A kiosk: what it offers by itself, in a shop whose owner has named nothing."""

from decimal import Decimal

import pytest

from pos.domain.kiosk import Offer, find_offer, is_round, usual_offers
from pos.domain.money import SAT, Money
from pos.domain.rate import Rate

MUCH = 10_000_000


def prices(currency: str, price: str, most_sat: int = MUCH) -> list[int]:
    offers = usual_offers(Rate(currency, Decimal(price), 0, ("fixed",)), most_sat)
    assert {it.price.currency for it in offers} == {currency}
    return [it.price.minor for it in offers]


@pytest.mark.parametrize(
    ("currency", "price", "minor"),
    [
        # 1000 sat are 0.50, and more than 0.70, which is nearer to 0.50 than to 1.00 as a part of it.
        ("EUR", "50000", [50, 100, 200, 500]),
        ("EUR", "70000", [50, 100, 200, 500]),
        ("EUR", "71000", [100, 200, 500, 1000]),
        ("JPY", "15000000", [200, 500, 1000, 2000]),
        ("KWD", "30000", [200, 500, 1000, 2000]),
        ("IDR", "1600000000", [2_000_000, 5_000_000, 10_000_000, 20_000_000]),
        # What is worth less than the smallest coin.
        ("EUR", "1", [1, 2, 5, 10]),
    ],
)
def test_a_kiosk_offers_round_prices_near_the_usual_sat(currency: str, price: str, minor: list[int]) -> None:
    assert prices(currency, price) == minor


def test_none_costs_more_than_the_shop_takes() -> None:
    assert prices("EUR", "50000", 2000) == [50, 100]


def test_without_a_rate_or_where_all_would_cost_too_much_it_offers_sat() -> None:
    assert [it.price for it in usual_offers(None, 3000)] == [Money(1000, SAT), Money(2100, SAT)]
    assert [it.price for it in usual_offers(Rate("EUR", Decimal(50_000), 0, ()), 10)] == [Money(10, SAT)]


def test_each_offer_has_a_key_that_says_all_that_is_asked_for() -> None:
    offers = (
        Offer(Money(400, "EUR"), "Wash 30"),
        Offer(Money(400, "EUR")),
        Offer(Money(400, SAT)),
        Offer(Money(400, SAT), "Wash"),
    )
    assert [it.key for it in offers] == ["400 EUR Wash 30", "400 EUR", "400", "400 SAT Wash"]
    assert [find_offer(offers, it.key) for it in offers] == list(offers)
    assert find_offer(offers, "450 EUR Wash 30") is None


@pytest.mark.parametrize(
    ("minor", "expected"), [(1, True), (20, True), (500, True), (0, False), (15, False), (30, False)]
)
def test_a_round_price_is_one_of_those(minor: int, expected: bool) -> None:
    assert is_round(Money(minor, "EUR")) is expected

"""What a tip comes to, and how large it may be."""

import pytest

from pos.domain.money import SAT, AmountError, Money
from pos.domain.sale import Sale
from pos.domain.tip import tipped, tipped_percent

LUNCH = Sale(Money(1250, "EUR"), "Lunch")


@pytest.mark.parametrize(("share", "tip"), [(0, 0), (5, 63), (10, 125), (15, 188), (100, 1250)])
def test_a_percentage_is_taken_of_the_price_and_half_a_cent_is_rounded_up(share: int, tip: int) -> None:
    sale = tipped_percent(LUNCH, share)
    assert (sale.price, sale.memo, sale.tip) == (LUNCH.price, "Lunch", tip)


def test_any_part_of_a_sat_is_one() -> None:
    assert tipped_percent(Sale(Money(4201, SAT)), 10).tip == 421


def test_another_percentage_takes_the_place_of_the_first() -> None:
    assert tipped_percent(tipped_percent(LUNCH, 15), 5).tip == 63


def test_a_tip_is_at_most_the_price() -> None:
    assert tipped(LUNCH, Money(1250, "EUR")).total == Money(2500, "EUR")
    with pytest.raises(AmountError, match=r"^A tip can be at most as much as the price, 12\.50 EUR\.$"):
        tipped(LUNCH, Money(1251, "EUR"))

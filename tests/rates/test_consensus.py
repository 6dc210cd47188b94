"""Whom to believe when prices differ."""

from decimal import Decimal

import pytest

from pos.rates.base import SourcePrice
from pos.rates.consensus import consensus


def reported(*prices: str) -> list[SourcePrice]:
    return [SourcePrice(f"s{number}", Decimal(price)) for number, price in enumerate(prices)]


def used(*prices: str, enough: int = 2) -> list[str]:
    return [str(said.price) for said in consensus(reported(*prices), enough).used]


@pytest.mark.parametrize(
    ("prices", "middle"),
    [
        (["100", "102"], "101"),
        (["100", "101", "103"], "101"),
        (["103", "100", "101", "102"], "101.5"),
        (["100", "110"], "105"),
    ],
)
def test_the_price_is_the_median_of_those_who_agree(prices: list[str], middle: str) -> None:
    report = consensus(reported(*prices), 2)
    assert report.price == Decimal(middle)
    assert report.ignored == ()


@pytest.mark.parametrize("wrong", ["70", "130", "89", "1", "1000000"])
def test_one_that_is_far_off_is_ignored_and_does_not_make_others_look_wrong(wrong: str) -> None:
    for prices in (["100", "101", wrong], ["100", "101", "102", wrong], [wrong, "100", "101", "99", "100"]):
        report = consensus(reported(*prices), 2)
        assert [str(said.price) for said in report.used] == [price for price in prices if price != wrong]
        [ignored] = report.ignored
        assert ignored.source == f"s{prices.index(wrong)}"
        assert f"it says {int(wrong):,}, they say" in str(ignored)


def test_ten_percent_is_not_yet_too_far_off() -> None:
    assert used("100", "100", "110") == ["100", "100", "110"]
    assert used("100", "100", "110.01") == ["100", "100"]
    assert used("110", "110", "100") == ["110", "110", "100"]
    assert used("110.01", "110.01", "100") == ["110.01", "110.01"]


@pytest.mark.parametrize(
    "prices",
    [
        ["100", "130"],
        ["100", "111"],
        ["100", "100", "130", "130"],
        ["100", "130", "170"],
        ["100", "101", "150", "200", "300"],
    ],
)
def test_where_no_majority_agrees_nobody_is_believed_and_all_are_named(prices: list[str]) -> None:
    report = consensus(reported(*prices), 2)
    assert report.used == ()
    assert [ignored.source for ignored in report.ignored] == [said.source for said in reported(*prices)]


def test_one_alone_is_believed_only_where_one_is_enough() -> None:
    assert used("100") == []
    assert used("100", enough=1) == ["100"]
    assert used() == used(enough=1) == []

"""What is typed at a till, browser by browser: the last word is shown, and nothing is kept for long."""

from dataclasses import replace
from decimal import Decimal

import pytest

from pos.domain.draft import Draft
from pos.domain.money import SAT, Money
from pos.domain.sale import Line
from pos.domain.tax import TaxRate
from pos.store import Store
from pos.store.drafts import KEPT_FOR, MOST_BROWSERS
from tests.store.test_charges import CHARGE, add, open_store, other

NOW = 5000
LINES = (Line(380, 2), Line(250, tax=TaxRate(Decimal("8.25"), on_top=True)))
TYPED = Draft("bar", "one", "EUR", LINES, Money(20_526, SAT))


@pytest.fixture
def store(database_url: str) -> Store:
    return open_store(database_url)


def test_where_nothing_was_typed_there_is_nothing(store: Store) -> None:
    assert store.drafts.last("bar") is None
    store.drafts.see("bar", "one", NOW)
    assert store.drafts.last("bar") == Draft("bar", "one", "")


def test_what_was_typed_is_read_as_it_was(store: Store) -> None:
    store.drafts.put(TYPED, NOW)
    assert store.drafts.last("bar") == replace(TYPED, version=1, typed_at=NOW)
    store.drafts.put(replace(TYPED, worth=None), NOW + 1)
    assert store.drafts.last("bar") == replace(TYPED, worth=None, version=2, typed_at=NOW + 1)


def test_of_two_browsers_it_is_the_one_that_typed_last_and_not_the_one_that_was_seen_last(store: Store) -> None:
    two = replace(TYPED, browser="two", lines=())
    store.drafts.put(TYPED, NOW)
    store.drafts.put(two, NOW)
    store.drafts.see("bar", "one", NOW + 1)
    store.drafts.see("bar", "three", NOW + 1)
    assert store.drafts.last("bar") == replace(two, version=2, typed_at=NOW)


def test_one_till_or_network_is_nothing_to_another(store: Store, database_url: str) -> None:
    store.drafts.put(TYPED, NOW)
    store.drafts.see("bar", "two", NOW)
    assert store.drafts.last("till") is None
    assert store.drafts.browsers_at("till", 0) == set()
    play_money = Store(database_url, "bcrt")
    assert play_money.drafts.last("bar") is None
    assert play_money.drafts.browsers_at("bar", 0) == set()
    play_money.close()


def test_the_browsers_are_those_that_were_heard_of_lately(store: Store) -> None:
    store.drafts.put(TYPED, NOW)
    store.drafts.see("bar", "two", NOW + 5)
    assert store.drafts.browsers_at("bar", NOW) == {"one", "two"}
    assert store.drafts.browsers_at("bar", NOW + 1) == {"two"}
    store.drafts.see("bar", "one", NOW + 6)
    assert store.drafts.browsers_at("bar", NOW + 1) == {"one", "two"}


def test_of_a_page_that_is_gone_nothing_is_kept(store: Store) -> None:
    store.drafts.put(TYPED, NOW)
    store.drafts.see("till", "two", NOW + KEPT_FOR)
    assert store.drafts.last("bar") is not None
    store.drafts.see("till", "three", NOW + KEPT_FOR + 1)
    assert store.drafts.last("bar") is None


def test_nobody_fills_the_book_by_having_pages_open(store: Store) -> None:
    for number in range(MOST_BROWSERS + 5):
        store.drafts.put(replace(TYPED, browser=f"b{number}"), NOW + number)
    kept = store.drafts.browsers_at("bar", 0)
    assert len(kept) == MOST_BROWSERS
    assert "b4" not in kept
    assert "b5" in kept


def test_whatever_a_display_has_to_know_of_is_news(store: Store) -> None:
    told: list[object] = []

    def is_news() -> bool:
        told.append(store.displays.versions(["bar"])["bar"])
        return told.count(told[-1]) == 1

    assert is_news()
    store.drafts.put(TYPED, NOW)
    assert is_news()
    store.drafts.see("bar", "one", NOW + 1)
    assert not is_news()
    add(store, replace(CHARGE, till="bar"))
    assert is_news()
    store.cancel("c1", 1300)
    assert is_news()
    # Of another till.
    add(store, replace(other(2), till="till"))
    store.drafts.put(replace(TYPED, till="till"), NOW)
    assert not is_news()

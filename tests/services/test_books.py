"""The books: a search goes so far and no further, and is added up where it came to an end."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from pos.domain.charge import Channel
from pos.domain.report import Search, Selection
from pos.services.books import ROWS, read_books
from pos.services.charge import charge
from pos.services.settle import settle
from pos.shop import Shop
from pos.store import Store
from tests.conftest import in_sat
from tests.fakes import NOON, FakeClock, FakeWallet

ASKED = Selection(NOON, NOON + 10_000)
MANY = ROWS + 10


@pytest.fixture
def books(shop: Shop, wallet: FakeWallet, clock: FakeClock) -> Iterator[Shop]:
    """A shop that has sold so often that it takes two pages, and whose store reads a few at a time."""
    for number in range(MANY):
        made = charge(shop, Channel.API, in_sat(10, "tea" if number else "coffee"), f"key-{number}")
        wallet.settle(made.invoice, 10)
        settle(shop, made)
        clock.move(1)
    store = Store(shop.settings.database_url, "bcrt", at_a_time=7)
    yield replace(shop, store=store)
    store.close()


def _without_a_search_all_are_added_up_whichever_page_is_read(books: Shop) -> None:
    first = read_books(books, ASKED, None)
    assert len(first.page.entries) == ROWS
    second = read_books(books, ASKED, first.page.older)
    assert (len(second.page.entries), second.page.older) == (10, None)
    for it in (first, second):
        assert it.sums
        assert (it.sums.count, it.sums.received_sat) == (MANY, 10 * MANY)


def _what_is_found_is_added_up_on_whichever_page(books: Shop) -> None:
    tea = replace(ASKED, search=Search("tea"))
    first = read_books(books, tea, None)
    for it in (first, read_books(books, tea, first.page.older)):
        assert it.sums
        assert it.sums.count == MANY - 1


def _a_search_that_came_to_no_end_is_not_added_up(books: Shop) -> None:
    coffee = replace(ASKED, search=Search("coffee"))
    first = read_books(books, coffee, None, furthest=21)
    assert (first.page.entries, first.sums) == ([], None)
    assert first.page.older
    second = read_books(books, coffee, first.page.older, furthest=21)
    third = read_books(books, coffee, second.page.older, furthest=21)
    assert [it.sale.memo for it in third.page.entries] == ["coffee"]
    assert third.sums is None
    whole = read_books(books, coffee, None)
    assert whole.sums
    assert whole.sums.count == 1


def _more_than_so_many_are_not_added_up(books: Shop) -> None:
    tea = replace(ASKED, search=Search("tea"))
    assert read_books(books, tea, None, summed_up=MANY - 2).sums is None
    assert read_books(books, tea, None, summed_up=MANY - 1).sums is not None


def test_all_that_a_search_went_through_is_added_up_and_nothing_else(books: Shop) -> None:
    """One shop for all of it: to sell so often takes longer than to look."""
    _without_a_search_all_are_added_up_whichever_page_is_read(books)
    _what_is_found_is_added_up_on_whichever_page(books)
    _a_search_that_came_to_no_end_is_not_added_up(books)
    _more_than_so_many_are_not_added_up(books)

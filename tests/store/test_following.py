"""The books from their beginning on: nothing is left out, however little is looked at at a time."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos.domain.report import Entry, Place, Selection, State
from pos.store import Store
from tests.store.test_charges import CHARGE, PAYMENT, add, open_store, other
from tests.store.test_reports import ALL, SELECTIONS, Story, all_of, networks, pay_meanwhile, stories, write


@pytest.fixture
def store(database_url: str) -> Store:
    return open_store(database_url)


def walked(store: Store, selection: Selection, rows: int) -> list[list[Entry]]:
    pages: list[list[Entry]] = []
    after: Place | None = None
    while True:
        entries, after = store.following(selection, after, rows)
        pages.append(entries)
        if after is None:
            return pages


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    told=st.lists(stories(), max_size=10),
    selections=st.lists(SELECTIONS, min_size=5, max_size=5),
    rows=st.integers(1, 4),
)
def test_it_is_the_list_from_its_other_end(
    store: Store, told: list[Story], selections: list[Selection], rows: int
) -> None:
    network = next(networks)
    book = Store(store.engine.url.render_as_string(hide_password=False), network)
    for number, story in enumerate(told):
        write(book, story, f"{network}-{number}")
    for selection in [ALL, *selections]:
        listed = [it for page in walked(book, selection, rows) for it in page]
        assert listed == list(reversed(all_of(book, selection)))
    book.close()


def test_sales_of_one_second_come_once_each(store: Store) -> None:
    for number in range(1, 6):
        add(store, other(number))
    assert [[it.sale_id for it in page] for page in walked(store, ALL, 2)] == [["s1", "s2"], ["s3", "s4"], ["s5"]]


def test_where_few_are_asked_for_no_more_is_looked_at_at_a_time(store: Store) -> None:
    for number in range(1, 6):
        add(store, replace(other(number), created_at=1000 + number))
    store.mark_paid("c4", replace(PAYMENT, paid_at=1004))
    pages = walked(store, replace(ALL, state=State.PAID), 2)
    assert [[it.sale_id for it in page] for page in pages] == [[], ["s4"], []]


def test_a_sale_that_is_paid_meanwhile_comes_where_it_was_paid(store: Store) -> None:
    for number in range(1, 4):
        add(store, replace(other(number), created_at=1000 + number))
    first, after = store.following(ALL, None, 2)
    assert [it.sale_id for it in first] == ["s1", "s2"]
    store.mark_paid("c1", PAYMENT)
    second, _ = store.following(ALL, after, 2)
    assert [(it.sale_id, it.charge.payment is not None) for it in second] == [("s3", False), ("s1", True)]


def test_a_sale_that_is_paid_while_a_page_is_read_is_no_gap_for_who_goes_on_from_its_last_sale(
    database_url: str, store: Store
) -> None:
    for number in range(1, 6):
        add(store, replace(other(number), created_at=1000 + number))
    pay_meanwhile(store, database_url, "c3", questions=1)
    first, _ = store.following(ALL, None, 3)
    second, _ = store.following(ALL, first[-1].place, 3)
    assert [(it.sale_id, it.charge.payment is not None) for it in [*first, *second]] == [
        ("s1", False),
        ("s2", False),
        ("s3", False),
        ("s4", False),
        ("s5", False),
        ("s3", True),
    ]


def test_play_money_is_in_no_real_book(database_url: str, store: Store) -> None:
    add(store, CHARGE)
    assert open_store(database_url, "bcrt").following(ALL, None, 5) == ([], None)


@pytest.mark.parametrize("place", [(0, ""), (10**11, "z")])
def test_no_place_leads_out_of_the_time_that_is_asked_for(store: Store, place: Place) -> None:
    for number in range(1, 6):
        add(store, replace(other(number), created_at=1000 + number))
    asked = replace(ALL, since=1002, until=1004)
    assert {it.sale_id for it in store.following(asked, place, 9)[0]} <= {"s2", "s3"}
    assert {it.sale_id for it in store.entries(asked, place, 9)} <= {"s2", "s3"}

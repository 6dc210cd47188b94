"""Sales in pieces of time: together they are the sums of the page, and each is in the piece in which it was paid."""

from dataclasses import replace
from itertools import count, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos.domain.bars import Bucket
from pos.domain.report import Selection, State, Sums
from pos.store import Store
from tests.store.test_charges import CHARGE, PAYMENT, add, open_store, other
from tests.store.test_reports import ALL, SELECTIONS, Story, networks, stories, write


@pytest.fixture
def store(database_url: str) -> Store:
    return open_store(database_url)


def test_a_sale_of_the_very_edge_is_of_what_begins_there(store: Store) -> None:
    add(store, CHARGE)
    store.mark_paid("c1", PAYMENT)
    assert [it.count for it in store.sums_by(ALL, [1499, 1500, 1501, 1502])[1]] == [0, 1, 0]
    assert [it.count for it in store.sums_by(ALL, [1490, 1500])[1]] == [0]
    # What a selection says of its time is nothing to it.
    assert [it.count for it in store.sums_by(replace(ALL, until=5), [1500, 1510])[1]] == [1]
    assert [it.count for it in store.sums_by(replace(ALL, state=State.UNPAID), [1490, 1600])[1]] == [0]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    told=st.lists(stories(), max_size=12),
    selections=st.lists(SELECTIONS.filter(lambda it: it.since < it.until), min_size=4, max_size=4),
    # Sales are paid in the quarter of an hour after the thousandth second.
    cuts=st.sets(st.integers(1001, 1910) | st.integers(1, 9999), max_size=8),
)
def test_the_pieces_of_a_selection_are_its_sums(
    store: Store, told: list[Story], selections: list[Selection], cuts: set[int]
) -> None:
    network = next(networks)
    # A dozen sales are many, where three are read at a time.
    book = Store(store.engine.url.render_as_string(hide_password=False), network, at_a_time=3)
    for number, story in enumerate(told):
        write(book, story, f"{network}-{number}")
    for asked in [ALL, *selections]:
        edges = [asked.since, *sorted(it for it in cuts if asked.since < it < asked.until), asked.until]
        sums, buckets = book.sums_by(asked, edges)
        assert sums == book.sums(asked)
        assert len(buckets) == len(edges) - 1
        assert sum(buckets, start=Bucket()) == without_taxes(book.sums(asked))
        for (since, until), bucket in zip(pairwise(edges), buckets, strict=True):
            assert bucket == without_taxes(book.sums(replace(asked, since=since, until=until)))
    book.close()


def without_taxes(sums: Sums) -> Bucket:
    return Bucket(tuple(replace(it, taxes=()) for it in sums.books))


def test_while_a_long_time_is_added_up_others_get_their_turn(database_url: str, store: Store) -> None:
    # A file adds up three times as many at once, and a server ten times.
    many = 90
    for number in range(1, many + 1):
        add(store, replace(other(number), created_at=1000))
        store.mark_paid(f"c{number}", replace(PAYMENT, paid_at=1500 + number))
    sold = count(100)
    # Somebody sells whenever it gives way.
    book = Store(database_url, "bc", at_a_time=2, give_way=lambda: add(store, other(next(sold))))
    assert [it.count for it in book.sums_by(ALL, [1500, 1505, 1600])[1]] == [4, many - 4]
    assert next(sold) >= 104
    book.close()

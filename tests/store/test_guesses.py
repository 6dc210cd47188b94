"""The book of wrong guesses: one for all processes, and never a long one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from pos.domain.guesses import FORGOTTEN_AFTER
from pos.store import Store
from pos.store.guesses import GuessRows
from pos.store.tables import guesses
from pos.store.transactions import Transactions
from tests.store.test_charges import open_store

NOON = 50_000


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = open_store(database_url)
    yield store
    store.close()


def rows(store: Store) -> int:
    with store.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(guesses)).scalar_one()


def test_what_one_process_has_counted_another_one_knows(store: Store, database_url: str) -> None:
    other = Store(database_url, "bc")
    assert [it.guesses.count(["marta", "here"], NOON) for it in (store, other, store)] == [0, 0, 0]
    for it in (store, other):
        # Whoever asks for both waits for the longer one.
        assert it.guesses.wait(["marta", "elsewhere"], NOON) == 2
        assert it.guesses.count(["elsewhere", "here"], NOON) == 2
        assert it.guesses.wait(["elsewhere"], NOON) == 0
    # What was refused is no other try.
    assert store.guesses.count(["marta"], NOON + 2) == 0
    assert store.guesses.wait(["marta"], NOON + 2) == 4
    other.close()


def test_a_right_one_forgets_those_of_before(store: Store) -> None:
    for _ in range(3):
        store.guesses.count(["marta", "here"], NOON)
    store.guesses.forget(["marta"])
    assert store.guesses.wait(["marta"], NOON) == 0
    assert store.guesses.wait(["here"], NOON) == 2


def test_of_many_at_once_no_more_are_tries_than_one_after_the_other(store: Store) -> None:
    with ThreadPoolExecutor(8) as crowd:
        waits = list(crowd.map(lambda n: store.guesses.count(["marta", f"address {n}"], NOON), range(24)))
    assert sorted(waits) == [0] * 3 + [2] * 21


def test_what_is_old_is_thrown_away(store: Store) -> None:
    store.guesses.count(["marta", "here"], NOON)
    store.guesses.count(["ben"], NOON + FORGOTTEN_AFTER)
    assert rows(store) == 1


def test_a_flood_pushes_out_who_was_wrong_longest_ago(store: Store) -> None:
    few = GuessRows(Transactions(store.engine, 1), remembered=10)
    for n in range(30):
        few.count([f"address {n}"], NOON + n)
    assert rows(store) == 10
    for _ in range(2):
        few.count(["address 29", "address 0"], NOON + 30)
    assert few.wait(["address 29"], NOON + 30) == 2
    assert few.wait(["address 0"], NOON + 30) == 0

"""How often a card was tried for a charge: one try at a time, whoever asks, and ten in all."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from pos.domain.card import MOST_TRIES, OPEN_FOR, CardTry
from pos.store import Store
from tests.store.test_charges import CHARGE, add, open_store, other

NOW = 1200


@pytest.fixture
def store(database_url: str) -> Store:
    store = open_store(database_url)
    add(store, CHARGE)
    return store


def test_of_a_charge_for_which_no_card_was_tried_nothing_is_known(store: Store) -> None:
    assert store.cards.last_try("c1") is None


def test_a_try_is_open_until_it_fails_or_its_time_is_over(store: Store) -> None:
    assert store.cards.begin("c1", NOW) == CardTry(1, NOW) == store.cards.last_try("c1")
    assert store.cards.begin("c1", NOW + OPEN_FOR - 1) is None
    assert store.cards.begin("c1", NOW + OPEN_FOR) == CardTry(2, NOW + OPEN_FOR)
    # One that is over already ends no other.
    store.cards.fail("c1", 1)
    assert store.cards.begin("c1", NOW + OPEN_FOR) is None
    store.cards.fail("c1", 2)
    assert store.cards.last_try("c1") == CardTry(2)
    assert store.cards.begin("c1", NOW + OPEN_FOR) == CardTry(3, NOW + OPEN_FOR)


def test_one_charge_is_nothing_to_another(store: Store) -> None:
    add(store, other(2))
    store.cards.begin("c1", NOW)
    assert store.cards.begin("c2", NOW) == CardTry(1, NOW)
    store.cards.fail("c2", 1)
    assert store.cards.last_try("c1") == CardTry(1, NOW)


def test_ten_tries_are_enough(store: Store) -> None:
    for number in range(1, MOST_TRIES + 1):
        assert store.cards.begin("c1", NOW) == CardTry(number, NOW)
        store.cards.fail("c1", number)
    assert store.cards.begin("c1", NOW + 1000) is None


def test_a_pin_goes_on_with_its_own_try_and_once(store: Store) -> None:
    store.cards.begin("c1", NOW)
    assert store.cards.go_on("c1", 1, NOW) is None
    store.cards.fail("c1", 1)
    assert store.cards.go_on("c1", 1, NOW + 9) == CardTry(2, NOW + 9) == store.cards.last_try("c1")
    store.cards.fail("c1", 2)
    assert store.cards.go_on("c1", 1, NOW + 9) is None


def test_of_several_who_tap_at_once_one_is_tried(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        begun = list(pool.map(lambda _: store.cards.begin("c1", NOW), range(8)))
    assert [it for it in begun if it] == [CardTry(1, NOW)]


@pytest.mark.parametrize(
    ("last", "is_open", "is_unheard_of"),
    [
        (CardTry(1), False, False),
        (CardTry(1, NOW), True, False),
        (CardTry(1, NOW - OPEN_FOR + 1), True, False),
        (CardTry(1, NOW - OPEN_FOR), False, True),
    ],
)
def test_what_is_to_be_said_of_a_try(last: CardTry, is_open: bool, is_unheard_of: bool) -> None:
    assert (last.is_open(NOW), last.is_unheard_of(NOW)) == (is_open, is_unheard_of)

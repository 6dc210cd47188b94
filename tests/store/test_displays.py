"""The customer's display of a till: whether it is there, and what its customer is asked."""

from dataclasses import replace

import pytest

from pos.domain.question import Question
from pos.store import Store
from tests.store.test_charges import open_store

NOW = 5000
TIP = Question("token", "key", NOW)


@pytest.fixture
def store(database_url: str) -> Store:
    return open_store(database_url)


def test_a_display_is_there_from_when_it_was_seen(store: Store) -> None:
    assert store.displays.seen_at("bar") is None
    store.displays.see("bar", NOW)
    store.displays.see("bar", NOW + 5)
    assert store.displays.seen_at("bar") == NOW + 5
    assert store.displays.seen_at("till") is None


def test_the_last_question_is_asked_until_it_is_taken_back(store: Store) -> None:
    store.displays.see("bar", NOW)
    store.displays.see("till", NOW)
    assert store.displays.question("bar") is None
    store.displays.ask("bar", TIP)
    assert store.displays.question("bar") == TIP
    assert store.displays.question("till") is None
    later = replace(TIP, token="other", idempotency_key="k2")
    store.displays.ask("bar", later)
    store.displays.take_back("bar", "token")
    store.displays.take_back("till", "other")
    assert store.displays.question("bar") == later
    # To be seen again changes nothing of it.
    store.displays.see("bar", NOW + 5)
    assert store.displays.question("bar") == later
    store.displays.take_back("bar", "other")
    assert store.displays.question("bar") is None


def test_where_there_is_no_display_nothing_is_asked(store: Store) -> None:
    store.displays.ask("bar", TIP)
    assert store.displays.question("bar") is None


def test_a_question_is_news(store: Store) -> None:
    store.displays.see("bar", NOW)
    before = store.displays.versions(["bar"])
    store.displays.ask("bar", TIP)
    asked = store.displays.versions(["bar"])
    store.displays.take_back("bar", "token")
    assert before != asked != store.displays.versions(["bar"]) == before


def test_play_money_asks_nobody_who_pays(store: Store, database_url: str) -> None:
    store.displays.see("bar", NOW)
    store.displays.ask("bar", TIP)
    play_money = Store(database_url, "bcrt")
    assert play_money.displays.question("bar") is None
    assert play_money.displays.seen_at("bar") is None
    play_money.close()

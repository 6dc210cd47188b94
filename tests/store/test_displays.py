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
    assert store.display_seen_at("bar") is None
    store.see_display("bar", NOW)
    store.see_display("bar", NOW + 5)
    assert store.display_seen_at("bar") == NOW + 5
    assert store.display_seen_at("till") is None


def test_the_last_question_is_asked_until_it_is_taken_back(store: Store) -> None:
    store.see_display("bar", NOW)
    store.see_display("till", NOW)
    assert store.question("bar") is None
    store.ask_on_display("bar", TIP)
    assert store.question("bar") == TIP
    assert store.question("till") is None
    later = replace(TIP, token="other", idempotency_key="k2")
    store.ask_on_display("bar", later)
    store.take_question_back("bar", "token")
    store.take_question_back("till", "other")
    assert store.question("bar") == later
    # To be seen again changes nothing of it.
    store.see_display("bar", NOW + 5)
    assert store.question("bar") == later
    store.take_question_back("bar", "other")
    assert store.question("bar") is None


def test_where_there_is_no_display_nothing_is_asked(store: Store) -> None:
    store.ask_on_display("bar", TIP)
    assert store.question("bar") is None


def test_a_question_is_news(store: Store) -> None:
    store.see_display("bar", NOW)
    before = store.till_versions(["bar"])
    store.ask_on_display("bar", TIP)
    asked = store.till_versions(["bar"])
    store.take_question_back("bar", "token")
    assert before != asked != store.till_versions(["bar"]) == before


def test_play_money_asks_nobody_who_pays(store: Store, database_url: str) -> None:
    store.see_display("bar", NOW)
    store.ask_on_display("bar", TIP)
    play_money = Store(database_url, "bcrt")
    assert play_money.question("bar") is None
    assert play_money.display_seen_at("bar") is None
    play_money.close()

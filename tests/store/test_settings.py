"""What the office has set: kept with its history, and nothing is written over that was changed meanwhile."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from pos.domain.kept_setting import Entered, KeptSetting, SettingChange
from pos.store import Store
from pos.store.tables import events
from tests.store.test_charges import open_store

NOW = 5000
NAME = "POS_SHOP_NAME"
ALL = 1 << 60


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = open_store(database_url)
    yield store
    store.close()


def test_nothing_is_set_at_first(store: Store) -> None:
    assert store.settings.version() == 0
    assert store.settings.read() == ([], 0)
    assert store.settings.history("", ALL, 10) == []


def test_what_is_set_is_kept_with_who_changed_it_when_and_from_what(store: Store) -> None:
    assert store.settings.change({NAME: Entered("Marta")}, 0, NOW, "Marta")
    first = store.settings.version()
    assert store.settings.change({NAME: Entered("Ada"), "POS_SOUND": Entered("off")}, first, NOW + 5, "Ada")
    kept, version = store.settings.read()
    newest = store.settings.history("", ALL, 10)
    assert version == newest[0].version > newest[1].version > newest[2].version == first
    assert {it.name: it.entered.text for it in kept} == {NAME: "Ada", "POS_SOUND": "off"}
    assert newest[1:] == [
        SettingChange(newest[1].version, NOW + 5, NAME, "Marta", "Ada", "Ada"),
        SettingChange(first, NOW, NAME, "", "Marta", "Marta"),
    ]
    assert store.settings.history("", newest[1].version, 10) == newest[2:]
    assert [it.by for it in store.settings.history(NAME, ALL, 10)] == ["Ada", "Marta"]
    assert store.settings.history("", ALL, 1) == newest[:1]


def test_what_stays_the_same_is_no_change(store: Store) -> None:
    assert store.settings.change({NAME: Entered("Marta")}, 0, NOW, "Marta")
    version = store.settings.version()
    assert store.settings.change({NAME: Entered("Marta")}, version, NOW, "Ada")
    assert store.settings.version() == version


def test_a_change_is_an_event_like_all_that_is_done_by_somebody(store: Store) -> None:
    assert store.settings.change({NAME: Entered("Marta")}, 0, NOW, "Ada")
    with store.engine.connect() as connection:
        [told] = connection.execute(select(events.c.kind, events.c.subject, events.c.at, events.c.data))
    assert told[:3] == ("setting.changed", NAME, NOW)
    assert json.loads(told.data) == {"by": "Ada", "version": store.settings.version()}


def test_a_picture_is_kept_beside_its_digest(store: Store) -> None:
    assert store.settings.change({"POS_LOGO": Entered("ab12", b"\x89PNG")}, 0, NOW, "")
    [kept], version = store.settings.read()
    assert kept == KeptSetting("POS_LOGO", Entered("ab12", b"\x89PNG"), version)


def test_who_has_not_seen_the_last_change_writes_nothing(store: Store) -> None:
    assert store.settings.change({NAME: Entered("Marta")}, 0, NOW, "Marta")
    assert not store.settings.change({"POS_SOUND": Entered("off")}, 0, NOW, "Ada")
    assert [it.name for it in store.settings.read()[0]] == [NAME]


def test_of_many_at_once_one_writes(store: Store) -> None:
    with ThreadPoolExecutor(8) as owners:
        done = list(owners.map(lambda it: store.settings.change({NAME: Entered(f"{it}")}, 0, NOW, ""), range(8)))
    assert sorted(done) == [False] * 7 + [True]
    assert len(store.settings.history("", ALL, 10)) == 1


def test_settings_are_of_the_shop_whatever_its_money(store: Store, database_url: str) -> None:
    other = Store(database_url, "bcrt")
    assert store.settings.change({NAME: Entered("Marta")}, 0, NOW, "")
    assert other.settings.version() == store.settings.version() > 0
    other.close()

"""What is due, and what goes first. That the watch keeps to it: test_watch.py."""

from math import inf

import pytest

from pos.domain.due import Unpaid
from pos.runtime.schedule import Schedule
from tests.fakes import NOON


def unpaid(name: str, created_at: int = NOON, looks: int = 0) -> Unpaid:
    return Unpaid(name, created_at, created_at + 600, looks)


def due(schedule: Schedule, now: float, most: int = 10, busy: tuple[str, ...] = ()) -> list[str]:
    return [case.charge.id for case in schedule.due(now, busy, most)]


@pytest.fixture
def schedule() -> Schedule:
    """One that is up to date, with nothing in it."""
    schedule = Schedule()
    schedule.update([], 0, NOON)
    return schedule


def test_what_is_new_is_due_at_once_and_the_newest_goes_first(schedule: Schedule) -> None:
    schedule.update([unpaid("old"), unpaid("new", NOON + 1)], 1, NOON + 1)
    assert due(schedule, 1) == ["new", "old"]
    assert due(schedule, 1, most=1) == ["new"]


def test_what_was_there_at_the_start_waits_like_any_other() -> None:
    schedule = Schedule()
    schedule.update([unpaid("old", NOON - 300)], 0, NOON)
    schedule.update([unpaid("old", NOON - 300), unpaid("new", NOON + 1)], 1, NOON + 1)
    assert due(schedule, 1) == ["new", "old"]


def test_what_is_being_asked_about_is_not_due(schedule: Schedule) -> None:
    schedule.update([unpaid("a"), unpaid("b")], 1, NOON + 1)
    assert due(schedule, 1, busy=("a",)) == ["b"]


def test_what_was_just_asked_about_is_due_again_after_its_interval(schedule: Schedule) -> None:
    schedule.update([unpaid("a")], 1, NOON + 1)
    (case,) = schedule.due(1, (), 1)
    case.asked_at = 1
    assert due(schedule, 1 + case.every / 2) == []
    assert due(schedule, 1 + case.every) == ["a"]


def test_a_screen_goes_before_what_nobody_looks_at(schedule: Schedule) -> None:
    schedule.update([unpaid("seen"), unpaid("alone", NOON + 1)], 1, NOON + 1)
    for case in schedule.due(1, (), 2):
        case.asked_at = 1
    schedule.update([unpaid("seen", looks=1), unpaid("alone", NOON + 1)], 200, NOON + 200)
    assert due(schedule, 200) == ["seen", "alone"]


def test_what_is_paid_is_not_watched_any_more(schedule: Schedule) -> None:
    schedule.update([unpaid("a")], 1, NOON + 1)
    schedule.update([], 2, NOON + 2)
    assert due(schedule, inf) == []


def test_the_lag_is_that_of_the_charge_that_is_most_overdue(schedule: Schedule) -> None:
    schedule.update([unpaid("a"), unpaid("b")], 1, NOON + 1)
    assert schedule.lag(100) == 0
    for case, asked_at in zip(schedule.due(1, (), 2), (1, 10), strict=True):
        case.asked_at = asked_at
    assert schedule.lag(100) == 99 - schedule.due(100, (), 1)[0].every

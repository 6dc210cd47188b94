"""What is due, and what goes first. That the watch keeps to it: test_watch.py."""

from dataclasses import replace
from itertools import pairwise
from math import inf

import pytest

from pos.domain.charge import Channel
from pos.domain.due import Unpaid
from pos.runtime.schedule import Schedule
from pos.services.charge import MOST_OPEN
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


def strangers(name: str, created_at: int = NOON, looks: int = 0) -> Unpaid:
    return replace(unpaid(name, created_at, looks), channel=Channel.TIPS)


def programs(name: str, created_at: int = NOON, looks: int = 0) -> Unpaid:
    return replace(unpaid(name, created_at, looks), channel=Channel.API)


def test_the_shops_own_go_before_what_strangers_ask_for_but_for_one_a_second(schedule: Schedule) -> None:
    own = [unpaid(f"own{number}", NOON - number) for number in range(3)]
    tips = [strangers(f"tip{number}", NOON + 5 + number) for number in range(500)]
    schedule.update(tips + own, 1, NOON + 1)
    first, *rest = schedule.due(1, (), 4)
    assert [first.charge.id, *(case.charge.id for case in rest)] == ["tip499", "own0", "own1", "own2"]
    schedule.asked(first, 1)
    assert due(schedule, 1.9, most=4) == ["own0", "own1", "own2", "tip498"]
    assert due(schedule, 2.0, most=4) == ["tip498", "own0", "own1", "own2"]


def asked_beside(schedule: Schedule, crowd: list[Unpaid], one: Unpaid, per_second: int = 5) -> list[float]:
    """Return when one charge is asked about, while somebody looks at it and at all of a crowd for half a minute."""
    asked_at = []
    for tick in range(5 * per_second, 35 * per_second):
        now = tick / per_second
        if now.is_integer():
            seen = [replace(it, looks=int(now)) for it in (*crowd, one)]
            schedule.update(seen, now, NOON + int(now))
        for case in schedule.due(now, (), per_second)[:1]:
            schedule.asked(case, now)
            if case.charge.id == one.id:
                asked_at.append(now)
    return asked_at


def longest_wait(asked_at: list[float]) -> float:
    return max(after - before for before, after in pairwise([5.0, *asked_at, 35.0]))


# The most that strangers may have open and look at, and as many of programs, of which nobody counts the open ones.
TIPS = [strangers(f"tip{number}") for number in range(MOST_OPEN)]
PROGRAMS = [programs(f"program{number}") for number in range(MOST_OPEN)]


@pytest.mark.parametrize("per_second", [1, 2, 5])
@pytest.mark.parametrize("crowd", [TIPS, PROGRAMS, TIPS + PROGRAMS], ids=["strangers", "programs", "both"])
@pytest.mark.parametrize("channel", [Channel.TILL, Channel.KIOSK])
def test_beside_all_that_strangers_and_programs_have_open_a_sale_of_the_shop_is_asked_about_within_two_seconds(
    schedule: Schedule, crowd: list[Unpaid], channel: Channel, per_second: int
) -> None:
    """Five questions a second is the most that a wallet is asked unless the shop says so, one the least."""
    own = replace(unpaid("own", NOON + 5), channel=channel)
    assert longest_wait(asked_beside(schedule, crowd, own, per_second)) <= 2


def test_beside_all_that_strangers_may_have_open_a_programs_charge_is_asked_about_within_two_seconds(
    schedule: Schedule,
) -> None:
    assert longest_wait(asked_beside(schedule, TIPS, programs("program", NOON + 5))) <= 2


@pytest.mark.parametrize("of_shop", [0, 10])
@pytest.mark.parametrize(
    ("crowd", "one"), [(TIPS, programs("program")), (PROGRAMS, strangers("tip"))], ids=["program", "stranger"]
)
def test_neither_programs_nor_strangers_keep_the_other_waiting_however_much_the_shop_itself_has_open(
    schedule: Schedule, crowd: list[Unpaid], one: Unpaid, of_shop: int
) -> None:
    own = [unpaid(f"own{number}") for number in range(of_shop)]
    assert longest_wait(asked_beside(schedule, [*own, *crowd], one)) <= 3


def test_that_one_is_asked_about_once_and_within_what_may_be_asked(schedule: Schedule) -> None:
    schedule.update([unpaid("own"), strangers("tip")], 1, NOON + 1)
    assert due(schedule, 1) == ["tip", "own"]
    assert due(schedule, 1, most=1) == ["tip"]


def test_what_is_old_and_was_not_read_this_time_stays_and_what_is_new_and_not_there_is_paid(schedule: Schedule) -> None:
    old, new, paid = unpaid("old", NOON - 2000), unpaid("new"), unpaid("paid")
    schedule.update([old, new, paid], 1, NOON + 1)
    schedule.update([new], 2, NOON + 2, expires_after=NOON - 900)
    assert set(due(schedule, 2)) == {"old", "new"}
    schedule.update([new], 3, NOON + 3)
    assert due(schedule, 3) == ["new"]


def test_an_old_one_that_is_looked_at_is_due_though_the_others_were_not_read(schedule: Schedule) -> None:
    old = unpaid("old", NOON - 2000)
    schedule.update([old], 1, NOON)
    (case,) = schedule.due(1, (), 1)
    schedule.asked(case, 18)
    schedule.update([], 19, NOON + 18, expires_after=NOON - 900)
    assert due(schedule, 24) == []
    schedule.update([replace(old, looks=1)], 24, NOON + 23, expires_after=NOON - 900)
    assert due(schedule, 24) == ["old"]

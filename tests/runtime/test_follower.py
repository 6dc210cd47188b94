"""A process hears of changes that any process has made, and asks the database rarely."""

from dataclasses import dataclass, field

import pytest

from pos.runtime.follower import LOOK_EVERY, Follower
from pos.store import StoreError
from tests.fakes import FakeClock


@dataclass
class Kept:
    version: int = 7
    asked: int = 0
    taken: list[int] = field(default_factory=list)
    fails: bool = False

    def read(self) -> int:
        self.asked += 1
        if self.fails:
            raise StoreError("gone")
        return self.version

    def take(self) -> int:
        self.taken.append(self.version)
        return self.version


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def follower(kept: Kept, clock: FakeClock) -> Follower:
    return Follower(kept.read, kept.take, 7, clock)


def test_what_is_known_is_not_taken_again(follower: Follower, kept: Kept) -> None:
    follower.look()
    assert (kept.asked, kept.taken) == (1, [])


def test_a_change_is_taken_once(follower: Follower, kept: Kept, clock: FakeClock) -> None:
    kept.version = 8
    for _ in range(3):
        follower.look()
        clock.move(LOOK_EVERY)
    assert kept.taken == [8]


def test_between_two_looks_nobody_is_asked(follower: Follower, kept: Kept, clock: FakeClock) -> None:
    for _ in range(100):
        follower.look()
    clock.move(LOOK_EVERY - 0.01)
    follower.look()
    assert kept.asked == 1


def test_who_has_to_see_the_last_change_looks_at_once(follower: Follower, kept: Kept) -> None:
    follower.look()
    kept.version = 3
    follower.look_now()
    assert kept.taken == [3]


def test_a_database_that_does_not_answer_changes_nothing(follower: Follower, kept: Kept, clock: FakeClock) -> None:
    kept.fails, kept.version = True, 8
    follower.look()
    clock.move(LOOK_EVERY)
    kept.fails = False
    follower.look()
    assert kept.taken == [8]


def test_while_one_looks_nobody_waits_for_it(kept: Kept, clock: FakeClock) -> None:
    def read() -> int:
        clock.move(LOOK_EVERY)
        other.look()
        return kept.read()

    other = Follower(read, kept.take, 7, clock)
    other.look()
    assert kept.asked == 1

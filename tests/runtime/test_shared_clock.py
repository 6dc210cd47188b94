"""The time of a shop on several hosts: its database's."""

import logging

import pytest

from pos.runtime.shared_clock import LOOK_EVERY, SharedClock
from tests.fakes import NOON, FakeClock


class Database:
    """Says what time it is, `ahead` seconds later than this host, after so many seconds under way."""

    def __init__(self, own: FakeClock, running: FakeClock) -> None:
        self._own, self._running = own, running
        self.ahead: float | None = 0.0
        self.takes = 0.0
        self.asked = 0

    def __call__(self) -> float | None:
        self.asked += 1
        self._running.move(self.takes)
        return None if self.ahead is None else self._own() + self.ahead


@pytest.fixture
def own() -> FakeClock:
    return FakeClock()


@pytest.fixture
def running() -> FakeClock:
    return FakeClock(0)


@pytest.fixture
def theirs(own: FakeClock, running: FakeClock) -> Database:
    return Database(own, running)


@pytest.fixture
def clock(theirs: Database, own: FakeClock, running: FakeClock) -> SharedClock:
    return SharedClock(theirs, own, running)


@pytest.mark.parametrize(("ahead", "way"), [(60, "60 s behind"), (-60, "60 s ahead of")])
def test_a_clock_that_is_off_goes_by_the_databases_and_the_owner_is_told(
    clock: SharedClock, theirs: Database, own: FakeClock, caplog: pytest.LogCaptureFixture, ahead: int, way: str
) -> None:
    theirs.ahead = ahead
    clock.keep()
    own.move(5)
    assert clock() == NOON + ahead + 5
    (told,) = caplog.records
    assert f"{way} the database's" in told.getMessage()
    assert told.levelno == logging.WARNING


@pytest.mark.parametrize("ahead", [1, -1, None])
def test_a_clock_that_is_right_but_for_a_moment_and_one_beside_its_file_go_by_themselves(
    clock: SharedClock, theirs: Database, caplog: pytest.LogCaptureFixture, ahead: int | None
) -> None:
    theirs.ahead = ahead
    clock.keep()
    assert clock() == NOON
    assert not caplog.records


def test_the_database_is_asked_once_a_minute_and_a_clock_that_was_set_is_right_again(
    clock: SharedClock, theirs: Database, running: FakeClock
) -> None:
    theirs.ahead = 60
    clock.keep()
    theirs.ahead = 0.5
    running.move(LOOK_EVERY - 1)
    clock.keep()
    assert (clock(), theirs.asked) == (NOON + 60, 1)
    running.move(1)
    clock.keep()
    assert (clock(), theirs.asked) == (NOON, 2)


def test_time_does_not_jump_to_and_fro_by_a_moment(
    clock: SharedClock, theirs: Database, running: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    theirs.ahead = 60
    clock.keep()
    running.move(LOOK_EVERY)
    theirs.ahead = 60.5
    clock.keep()
    assert clock() == NOON + 60
    assert len(caplog.records) == 1


def test_an_answer_that_was_long_under_way_says_nothing(clock: SharedClock, theirs: Database) -> None:
    theirs.ahead, theirs.takes = 60, 2
    clock.keep()
    assert clock() == NOON

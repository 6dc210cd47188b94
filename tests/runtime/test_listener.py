"""Listening to a wallet: one at a time, as long as this process leads, and again after each failure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

import pytest

from pos.runtime.listener import FIRST_PAUSE, LONGEST_PAUSE, Listener
from pos.wallets.base import WalletBusy, WalletUnreachable
from tests.fakes import FakeClock


@dataclass
class Line:
    """What is listened to: it holds for some seconds, and then ends as a test says."""

    running: FakeClock
    fails: Exception | None = field(default_factory=lambda: WalletUnreachable("down"))
    holds: float = 0
    opened: list[float] = field(default_factory=list)
    before_end: Callable[[Event], None] = lambda _stop: None

    def listen(self, stop: Event) -> None:
        self.opened.append(self.running())
        self.running.move(self.holds)
        self.before_end(stop)
        if self.fails:
            raise self.fails

    def open(self) -> Listener:
        return Listener(self.listen, lambda action: action(), self.running)

    def pauses(self) -> list[float]:
        return [later - at - self.holds for at, later in zip(self.opened, self.opened[1:], strict=False)]


@pytest.fixture
def running() -> FakeClock:
    return FakeClock(0)


@pytest.fixture
def line(running: FakeClock) -> Line:
    return Line(running)


def lead(listener: Listener, running: FakeClock, seconds: float) -> None:
    until = running() + seconds
    while running() < until:
        listener.keep(leads=True)
        running.move(0.5)


def test_one_who_fails_listens_again_after_a_pause_that_grows(line: Line, running: FakeClock) -> None:
    lead(line.open(), running, 300)
    assert line.pauses() == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_line_that_has_held_is_soon_there_again(line: Line, running: FakeClock) -> None:
    listener = line.open()
    lead(listener, running, 100)
    line.opened.clear()
    line.holds = LONGEST_PAUSE
    lead(listener, running, 300)
    assert set(line.pauses()) == {FIRST_PAUSE}


def test_one_who_stops_without_being_told_is_not_called_again_at_once(line: Line, running: FakeClock) -> None:
    line.fails = None
    lead(line.open(), running, 6)
    assert line.pauses() == [1, 2]


def test_a_wallet_that_wants_to_be_left_alone_is_left_alone(line: Line, running: FakeClock) -> None:
    line.fails = WalletBusy("429", 20)
    lead(line.open(), running, 30)
    assert line.pauses() == [20]


def test_a_fault_of_our_own_does_not_end_it_for_ever(line: Line, running: FakeClock) -> None:
    listener, line.fails = line.open(), ValueError("our own fault")
    with pytest.raises(ValueError, match="our own"):
        listener.keep(leads=True)
    line.fails = None
    lead(listener, running, 2)
    assert line.opened == [0, 1]


def test_what_fails_is_logged(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    line.open().keep(leads=True)
    assert "could not be listened to: down" in caplog.text


def test_the_same_failure_again_and_again_is_logged_once_until_the_line_has_held(
    line: Line, running: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A proxy before the wallet may never take a listener, and polling does: no reason to fill the log."""
    listener = line.open()
    lead(listener, running, 300)
    assert len(caplog.records) == 1
    line.fails = WalletUnreachable("another reason")
    lead(listener, running, 300)
    assert len(caplog.records) == 2
    line.opened.clear()
    line.holds = LONGEST_PAUSE
    lead(listener, running, 130)
    assert len(caplog.records) == 2 + len(line.opened)


def test_a_line_that_breaks_because_it_was_told_to_end_is_no_failure(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    line.before_end = Event.set
    listener = line.open()
    listener.keep(leads=True)
    listener.keep(leads=True)
    assert line.opened == [0, 0]
    assert caplog.text == ""


def test_nobody_listens_where_another_process_leads(line: Line) -> None:
    line.open().keep(leads=False)
    assert line.opened == []


def test_there_is_one_connection_also_while_the_old_one_takes_its_time_to_end(line: Line, running: FakeClock) -> None:
    begun: list[Callable[[], None]] = []
    told: list[bool] = []
    line.before_end = lambda stop: told.append(stop.is_set())
    listener = Listener(line.listen, begun.append, running)
    for leads in (True, True, False, True):
        listener.keep(leads=leads)
    assert len(begun) == 1
    begun[0]()
    assert told == [True]
    listener.keep(leads=True)
    assert len(begun) == 2


def test_without_a_thread_to_be_had_it_is_tried_again_later(line: Line, running: FakeClock) -> None:
    tried: list[float] = []

    def no_thread(_action: Callable[[], None]) -> None:
        tried.append(running())
        raise RuntimeError("can't start new thread")

    lead(Listener(line.listen, no_thread, running), running, 4)
    assert tried == [0, 1, 3]

"""How many questions the wallet is asked, and how few while it fails."""

from contextlib import suppress
from itertools import pairwise

import pytest

from pos.runtime.throttle import Calls
from pos.wallets.base import WalletBusy, WalletError, WalletUnreachable
from tests.fakes import FakeClock


def most(_low: float, high: float) -> float:
    return high


@pytest.fixture
def running() -> FakeClock:
    return FakeClock(0)


@pytest.fixture
def calls(running: FakeClock) -> Calls:
    return Calls(5, running, most)


def goes(calls: Calls, failure: WalletError | None = None) -> None:
    """Ask a question, and get an answer or a failure."""
    with suppress(WalletError), calls.question():
        if failure:
            raise failure


def ask(calls: Calls, running: FakeClock, seconds: float, failure: WalletError | None = None) -> list[float]:
    """Try to ask ten times a second; return when it was allowed."""
    asked = []
    for _ in range(round(seconds * 10)):
        if calls.may_ask():
            asked.append(round(running(), 1))
            goes(calls, failure)
        running.move(0.1)
    return asked


def test_no_second_has_more_questions_than_the_budget(calls: Calls, running: FakeClock) -> None:
    asked = []
    for _ in range(5000):
        if calls.may_ask():
            asked.append(running())
        running.move(0.001)
    assert all(later - first > 0.9999 for first, later in zip(asked, asked[5:], strict=False))
    assert len(asked) == 25


def test_one_failure_is_nothing(calls: Calls) -> None:
    goes(calls, WalletUnreachable("gone"))
    assert calls.may_ask()


def test_a_wallet_that_goes_on_failing_is_asked_more_and_more_rarely_up_to_four_seconds(
    calls: Calls, running: FakeClock
) -> None:
    asked = ask(calls, running, 60, WalletUnreachable("gone"))
    pauses = [round(later - first, 1) for first, later in pairwise(asked[1:])]
    assert pauses[:3] == [0.5, 1, 2]
    assert all(4 <= pause <= 4.1 for pause in pauses[3:])


def test_a_wallet_that_fails_is_asked_one_question_at_a_time(calls: Calls, running: FakeClock) -> None:
    for _ in range(5):
        goes(calls, WalletUnreachable("gone"))
    asked = 0
    for _ in range(400):
        asked += calls.may_ask()
        running.move(0.1)
    assert asked <= 10


def test_an_answer_ends_the_patience_at_once(calls: Calls, running: FakeClock) -> None:
    ask(calls, running, 60, WalletUnreachable("gone"))
    goes(calls)
    assert len(ask(calls, running, 2)) == 10


def test_a_question_that_hung_says_nothing_about_a_wallet_that_has_answered_since(
    calls: Calls, running: FakeClock
) -> None:
    for _ in range(5):
        with suppress(WalletError), calls.question():
            running.move(1)
            goes(calls)
            raise WalletUnreachable("hung")
    assert calls.may_ask()


def test_not_all_tills_knock_at_the_same_moment(running: FakeClock) -> None:
    first, second = Calls(5, running, lambda *_: 0.5), Calls(5, running, most)
    for calls in (first, second):
        goes(calls, WalletUnreachable("gone"))
        goes(calls, WalletUnreachable("gone"))
    running.move(0.25)
    assert first.may_ask()
    assert not second.may_ask()


def test_a_wallet_that_wants_to_be_left_alone_is_left_alone(calls: Calls, running: FakeClock) -> None:
    goes(calls, WalletBusy("429", 7))
    goes(calls)
    assert calls.left_alone
    assert ask(calls, running, 8)[0] >= 6.9
    assert not calls.left_alone

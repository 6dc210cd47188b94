"""How many questions the wallet is asked, and how few while it fails."""

from contextlib import suppress
from itertools import pairwise

import pytest

from pos.runtime.throttle import Throttle
from pos.wallets.base import WalletBusy, WalletError, WalletUnreachable
from tests.fakes import FakeClock


def most(_low: float, high: float) -> float:
    return high


@pytest.fixture
def running() -> FakeClock:
    return FakeClock(0)


@pytest.fixture
def throttle(running: FakeClock) -> Throttle:
    return Throttle(5, running, most)


def goes(throttle: Throttle, failure: WalletError | None = None) -> None:
    """Ask a question, and get an answer or a failure."""
    with suppress(WalletError), throttle.question():
        if failure:
            raise failure


def ask(throttle: Throttle, running: FakeClock, seconds: float, failure: WalletError | None = None) -> list[float]:
    """Try to ask ten times a second; return when it was allowed."""
    asked = []
    for _ in range(round(seconds * 10)):
        if throttle.may_ask():
            asked.append(round(running(), 1))
            goes(throttle, failure)
        running.move(0.1)
    return asked


def test_no_second_has_more_questions_than_the_budget(throttle: Throttle, running: FakeClock) -> None:
    asked = []
    for _ in range(5000):
        if throttle.may_ask():
            asked.append(running())
        running.move(0.001)
    assert all(later - first > 0.9999 for first, later in zip(asked, asked[5:], strict=False))
    assert len(asked) == 25


def test_one_failure_is_nothing(throttle: Throttle) -> None:
    goes(throttle, WalletUnreachable("gone"))
    assert throttle.may_ask()


def test_a_wallet_that_goes_on_failing_is_asked_more_and_more_rarely_up_to_four_seconds(
    throttle: Throttle, running: FakeClock
) -> None:
    asked = ask(throttle, running, 60, WalletUnreachable("gone"))
    pauses = [round(later - first, 1) for first, later in pairwise(asked[1:])]
    assert pauses[:3] == [0.5, 1, 2]
    assert all(4 <= pause <= 4.1 for pause in pauses[3:])


def test_a_wallet_that_fails_is_asked_one_question_at_a_time(throttle: Throttle, running: FakeClock) -> None:
    for _ in range(5):
        goes(throttle, WalletUnreachable("gone"))
    asked = 0
    for _ in range(400):
        asked += throttle.may_ask()
        running.move(0.1)
    assert asked <= 10


def test_an_answer_ends_the_patience_at_once(throttle: Throttle, running: FakeClock) -> None:
    ask(throttle, running, 60, WalletUnreachable("gone"))
    goes(throttle)
    assert len(ask(throttle, running, 2)) == 10


def test_a_question_that_hung_says_nothing_about_a_wallet_that_has_answered_since(
    throttle: Throttle, running: FakeClock
) -> None:
    for _ in range(5):
        with suppress(WalletError), throttle.question():
            running.move(1)
            goes(throttle)
            raise WalletUnreachable("hung")
    assert throttle.may_ask()


def test_not_all_tills_knock_at_the_same_moment(running: FakeClock) -> None:
    first, second = Throttle(5, running, lambda *_: 0.5), Throttle(5, running, most)
    for throttle in (first, second):
        goes(throttle, WalletUnreachable("gone"))
        goes(throttle, WalletUnreachable("gone"))
    running.move(0.25)
    assert first.may_ask()
    assert not second.may_ask()


def test_a_wallet_that_wants_to_be_left_alone_is_left_alone(throttle: Throttle, running: FakeClock) -> None:
    goes(throttle, WalletBusy("429", 7))
    goes(throttle)
    assert throttle.left_alone
    assert ask(throttle, running, 8)[0] >= 6.9
    assert not throttle.left_alone


def test_one_charge_is_asked_about_once_a_second_however_many_screens_look(
    throttle: Throttle, running: FakeClock
) -> None:
    asked = []
    for _ in range(24):
        if throttle.may_ask_about("c1"):
            asked.append(running())
        running.move(0.125)
    assert asked == [0, 1, 2]


def test_a_charge_does_not_wait_for_another(throttle: Throttle) -> None:
    assert throttle.may_ask_about("c1")
    assert throttle.may_ask_about("c2")


def test_a_question_that_the_budget_refused_does_not_count_as_asked(throttle: Throttle, running: FakeClock) -> None:
    for _ in range(5):
        throttle.may_ask()
    running.move(0.5)
    assert not throttle.may_ask_about("c1")
    running.move(0.5)
    assert throttle.may_ask_about("c1")


def test_a_hint_goes_before_the_budget_once_a_second(throttle: Throttle, running: FakeClock) -> None:
    for _ in range(5):
        throttle.may_ask()
    assert [throttle.may_follow("h1") for _ in range(3)] == [True, False, False]
    running.move(1)
    assert throttle.may_follow("h1")


def test_what_somebody_of_the_shop_asks_counts_though_it_is_asked_whatever_the_budget(
    throttle: Throttle, running: FakeClock
) -> None:
    for _ in range(6):
        throttle.count()
    assert not throttle.may_ask()
    running.move(1)
    assert throttle.may_ask()


def test_a_wallet_that_wants_an_hour_of_patience_gets_half_a_minute(throttle: Throttle, running: FakeClock) -> None:
    goes(throttle, WalletBusy("429", 3600))
    running.move(29.9)
    assert throttle.left_alone
    running.move(0.1)
    assert not throttle.left_alone


def test_no_hint_is_followed_while_the_wallet_wants_to_be_left_alone(throttle: Throttle, running: FakeClock) -> None:
    goes(throttle, WalletBusy("429", 7))
    assert not throttle.may_follow("h1")
    running.move(7)
    assert throttle.may_follow("h1")


def test_what_was_asked_long_ago_is_forgotten(throttle: Throttle) -> None:
    for number in range(30_000):
        throttle.may_follow(str(number))
    assert len(throttle._asked_at) <= 10_000

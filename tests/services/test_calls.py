"""How many questions the wallet is asked, and how few while it fails."""

from itertools import pairwise

import pytest

from pos.services.calls import Calls


def most(_low: float, high: float) -> float:
    return high


@pytest.fixture
def calls() -> Calls:
    return Calls(5, jitter=most)


def ask(calls: Calls, since: float, until: float, fails: bool = False) -> list[float]:
    """Try to ask ten times a second; return when it was allowed."""
    asked = []
    for tenth in range(round(since * 10), round(until * 10)):
        if calls.may_ask(tenth / 10):
            asked.append(tenth / 10)
            if fails:
                calls.failed(tenth / 10)
            else:
                calls.answered()
    return asked


def test_no_second_has_more_questions_than_the_budget(calls: Calls) -> None:
    asked = [number / 1000 for number in range(5000) if calls.may_ask(number / 1000)]
    assert all(later - first >= 1 for first, later in zip(asked, asked[5:], strict=False))
    assert len(asked) == 25


def test_one_failure_is_nothing(calls: Calls) -> None:
    calls.may_ask(0)
    calls.failed(0)
    assert calls.may_ask(0.1)


def test_a_wallet_that_goes_on_failing_is_asked_more_and_more_rarely_up_to_four_seconds(calls: Calls) -> None:
    asked = ask(calls, 0, 60, fails=True)
    pauses = [round(later - first, 1) for first, later in pairwise(asked[1:])]
    assert pauses[:5] == [0.5, 1, 2, 4, 4]
    assert set(pauses[4:]) == {4}


def test_a_wallet_that_hangs_is_asked_no_more_often_than_one_that_fails(calls: Calls) -> None:
    for _ in range(5):
        calls.failed(0)
    assert len([tenth for tenth in range(400) if calls.may_ask(tenth / 10)]) <= 10


def test_an_answer_ends_the_patience_at_once(calls: Calls) -> None:
    ask(calls, 0, 60, fails=True)
    calls.answered()
    assert len(ask(calls, 60, 62)) == 10


def test_not_all_tills_knock_at_the_same_moment() -> None:
    said = iter([0.5, 1.0])
    first, second = Calls(5, lambda *_: next(said)), Calls(5, lambda *_: 1.0)
    for calls in (first, second):
        calls.failed(0)
    first.failed(0)
    second.failed(0)
    assert first.may_ask(0.25)
    assert not second.may_ask(0.25)


def test_a_wallet_that_wants_to_be_left_alone_is_left_alone(calls: Calls) -> None:
    calls.leave_alone(0, 7)
    calls.answered()
    assert ask(calls, 0, 8)[0] == 7

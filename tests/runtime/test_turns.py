"""Turns: however much long work there is, half of the process is left to others."""

from threading import Thread

import pytest

from pos.runtime.turns import Turns


def test_it_rests_for_as_long_as_a_piece_took() -> None:
    rests: list[float] = []
    assert Turns(rests.append).take(lambda: sum(range(10_000))) == 49_995_000
    assert len(rests) == 1
    assert 0 < rests[0] < 1


def test_a_turn_ends_with_its_rest_and_then_goes_round() -> None:
    made: list[str] = []
    others: list[Thread] = []

    def rest(_seconds: float) -> None:
        if others:
            return
        others.append(Thread(target=turns.take, args=(lambda: made.append("second"),)))
        others[0].start()
        others[0].join(0.1)
        assert made == ["first"]

    turns = Turns(rest)
    turns.take(lambda: made.append("first"))
    turns.take(lambda: made.append("third"))
    others[0].join(5)
    assert made == ["first", "second", "third"]


def test_a_piece_that_fails_ends_its_turn() -> None:
    turns = Turns(lambda _: None)
    with pytest.raises(ZeroDivisionError):
        turns.take(lambda: 1 // 0)
    assert turns.take(lambda: "next") == "next"

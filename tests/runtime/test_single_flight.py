"""Doing a thing once for all who ask at the same time. That they share it: tests/services/test_charge.py."""

import pytest

from pos.runtime.single_flight import SingleFlight


@pytest.fixture
def single_flight() -> SingleFlight:
    return SingleFlight()


def test_who_comes_when_it_is_done_has_it_done_again(single_flight: SingleFlight) -> None:
    assert single_flight.join("k", lambda: 1) == 1
    assert single_flight.join("k", lambda: 2) == 2


def test_one_thing_does_not_wait_for_another(single_flight: SingleFlight) -> None:
    assert single_flight.join("k1", lambda: single_flight.join("k2", lambda: "inner")) == "inner"


def test_what_fails_is_told_and_may_be_tried_again(single_flight: SingleFlight) -> None:
    with pytest.raises(ZeroDivisionError):
        single_flight.join("k", lambda: 1 // 0)
    assert single_flight.join("k", lambda: 1) == 1

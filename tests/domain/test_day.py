"""A shop's day, which may end after midnight."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.day import begins_at, day_of

BERLIN = ZoneInfo("Europe/Berlin")
# Each changes its clocks in a way of its own: at midnight, by half an hour, never, by a quarter more than others.
ZONES = ("Europe/Berlin", "America/Havana", "Africa/Cairo", "Australia/Lord_Howe", "Asia/Kathmandu")
times = st.times().map(lambda it: it.replace(second=0, microsecond=0))


def at(*local: int) -> int:
    return int(datetime(*local, tzinfo=BERLIN).timestamp())  # type: ignore[arg-type, misc]


def test_a_bar_that_closes_at_four_sells_at_two_on_the_day_before() -> None:
    assert day_of(at(2026, 1, 1, 3, 59, 59), time(4), BERLIN) == date(2025, 12, 31)
    assert day_of(at(2026, 1, 1, 4), time(4), BERLIN) == date(2026, 1, 1)
    assert day_of(at(2026, 1, 1), time(0), BERLIN) == date(2026, 1, 1)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), times, st.sampled_from(ZONES))
def test_a_day_begins_in_itself_and_the_second_before_is_the_day_before(day: date, ends: time, zone: str) -> None:
    begins = begins_at(day, ends, ZoneInfo(zone))
    assert day_of(begins, ends, ZoneInfo(zone)) == day
    assert day_of(begins - 1, ends, ZoneInfo(zone)) == day - timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "ends", "around"),
    [
        ("Europe/Berlin", time(2, 30), "2026-03-29T01:00Z"),
        ("Europe/Berlin", time(2, 30), "2026-10-25T01:00Z"),
        ("Australia/Lord_Howe", time(1, 45), "2026-04-04T15:00Z"),
        ("Africa/Cairo", time(0), "2026-04-23T22:00Z"),
        ("America/St_Johns", time(0), "2010-11-07T02:31Z"),
    ],
)
def test_a_time_is_in_its_day_also_in_the_night_in_which_clocks_are_changed(zone: str, ends: time, around: str) -> None:
    clock, middle = ZoneInfo(zone), int(datetime.fromisoformat(around).timestamp())
    for at in range(middle - 3 * 3600, middle + 3 * 3600, 300):
        day = day_of(at, ends, clock)
        assert begins_at(day, ends, clock) <= at < begins_at(day + timedelta(days=1), ends, clock)


def test_a_day_in_spring_has_23_hours_and_one_in_autumn_25() -> None:
    hours = [
        (begins_at(day + timedelta(days=1), time(0), BERLIN) - begins_at(day, time(0), BERLIN)) // 3600
        for day in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 27))
    ]
    assert hours == [23, 25, 24]

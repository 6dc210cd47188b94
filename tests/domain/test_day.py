"""A shop's day, which may end after midnight."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from pos.domain.day import begins_at, day_of

BERLIN = ZoneInfo("Europe/Berlin")
times = st.times().map(lambda it: it.replace(second=0, microsecond=0))


def test_a_bar_that_closes_at_four_sells_at_two_on_the_day_before() -> None:
    assert day_of(datetime(2026, 1, 1, 3, 59, 59), time(4)) == date(2025, 12, 31)
    assert day_of(datetime(2026, 1, 1, 4), time(4)) == date(2026, 1, 1)
    assert day_of(datetime(2026, 1, 1), time(0)) == date(2026, 1, 1)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), times)
def test_a_day_begins_in_itself_and_the_second_before_is_the_day_before(day: date, ends: time) -> None:
    # In an hour that a clock skips or shows twice nobody can say which one was meant.
    if datetime.combine(day, ends, BERLIN).utcoffset() != datetime.combine(day, time(12), BERLIN).utcoffset():
        return
    begins = begins_at(day, ends, BERLIN)
    assert day_of(datetime.fromtimestamp(begins, BERLIN), ends) == day
    assert day_of(datetime.fromtimestamp(begins - 1, BERLIN), ends) == day - timedelta(days=1)


def test_a_day_in_spring_has_23_hours_and_one_in_autumn_25() -> None:
    hours = [
        (begins_at(day + timedelta(days=1), time(0), BERLIN) - begins_at(day, time(0), BERLIN)) // 3600
        for day in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 27))
    ]
    assert hours == [23, 25, 24]

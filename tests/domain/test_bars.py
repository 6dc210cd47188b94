"""The pieces of a span: hours of the clock on the wall, days, months, and never too many."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from pos.domain.bars import Bucket, Step, days_of, hours_of, in_pieces, step_of
from pos.domain.day import begins_at
from pos.domain.money import SAT
from pos.domain.report import Booked
from pos.domain.span import EARLIEST, LATEST, Span, Unit, span_of

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


def hours(day: date, ends: time = time(), zone: ZoneInfo = BERLIN) -> list[str]:
    begin, end = begins_at(day, ends, zone), begins_at(date.fromordinal(day.toordinal() + 1), ends, zone)
    edges = hours_of(begin, end, zone)
    assert (edges[0], edges[-1]) == (begin, end)
    return [f"{datetime.fromtimestamp(it, zone):%H:%M}" for it in edges]


def test_a_day_has_the_hours_that_its_clock_shows() -> None:
    assert hours(date(2026, 9, 21)) == [f"{hour % 24:02}:00" for hour in range(25)]
    assert hours(date(2026, 9, 21), time(4))[:2] == ["04:00", "05:00"]


def test_a_day_that_ends_within_an_hour_has_a_part_of_it_at_either_end() -> None:
    edges = hours(date(2026, 9, 21), time(4, 30))
    assert (edges[:2], edges[-2:]) == (["04:30", "05:00"], ["04:00", "04:30"])


def test_the_day_on_which_clocks_change_has_an_hour_less_or_more() -> None:
    assert hours(date(2026, 3, 29))[:4] == ["00:00", "01:00", "03:00", "04:00"]
    assert hours(date(2026, 10, 25))[:5] == ["00:00", "01:00", "02:00", "02:00", "03:00"]
    # By half an hour, on one island.
    assert hours(date(2026, 10, 4), zone=LORD_HOWE)[:5] == ["00:00", "01:00", "02:30", "03:00", "04:00"]


@pytest.mark.parametrize(
    ("span", "step", "bars"),
    [
        (span_of(date(2026, 9, 21), Unit.DAY), Step.HOUR, 1),
        (span_of(date(2026, 9, 21), Unit.WEEK), Step.DAY, 7),
        (span_of(date(2026, 9, 21), Unit.MONTH), Step.DAY, 30),
        (Span(date(2026, 9, 1), date(2026, 10, 12)), Step.DAY, 42),
        (Span(date(2026, 9, 1), date(2026, 10, 13)), Step.MONTH, 2),
        (Span(date(2026, 9, 15), date(2027, 2, 1)), Step.MONTH, 6),
        (Span(date(2024, 1, 31), date(2026, 12, 1)), Step.MONTH, 36),
        (Span(date(2024, 1, 31), date(2027, 1, 1)), Step.YEAR, 4),
        (Span(EARLIEST, LATEST), Step.YEAR, 1000),
    ],
)
def test_a_span_has_not_too_many_bars(span: Span, step: Step, bars: int) -> None:
    assert step_of(span) is step
    days = days_of(span, step)
    assert len(days) == bars + 1
    assert days == sorted(set(days))
    assert (days[0], days[-1].toordinal()) == (span.first, span.last.toordinal() + 1)
    if step in (Step.MONTH, Step.YEAR):
        assert {it.day for it in days[1:-1]} <= {1}


def test_pieces_add_up_the_hours_that_are_in_them() -> None:
    buckets = [Bucket((Booked("EUR", 1, price),)) for price in (1, 20, 300, 4000)]
    assert [it.in_unit("EUR").price for it in in_pieces(buckets, [0, 5, 9, 12, 15], [0, 9, 15])] == [21, 4300]
    assert in_pieces([], [], [0, 9, 15]) == [Bucket(), Bucket()]


def test_sales_of_every_currency_are_known_in_sat_and_in_a_currency_its_own() -> None:
    bucket = Bucket((Booked("EUR", 2, 500, 50, 8000, 800), Booked("JPY", 1, 90, 0, 700, 0), Booked(SAT, 1, 5, 1, 5, 1)))
    assert bucket.count == 4
    assert bucket.in_unit("EUR") == Booked("EUR", 2, 500, 50, 8000, 800)
    assert bucket.in_unit("USD") == Booked("USD")
    assert bucket.in_unit(SAT) == Booked(SAT, 4, 8705, 801, 8705, 801)

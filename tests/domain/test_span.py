"""Spans of days: one follows on the other, and none is left out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.span import EARLIEST, LATEST, Span, Unit, read_day, span_of

DAYS = st.dates(date(2001, 1, 1), date(2998, 1, 1))
DAY = timedelta(days=1)


@given(DAYS, st.sampled_from([Unit.DAY, Unit.WEEK, Unit.MONTH]))
def test_a_day_is_in_its_span_and_the_next_one_begins_where_it_ends(day: date, unit: Unit) -> None:
    span = span_of(day, unit)
    assert span.first <= day <= span.last
    assert span.after.first == span.last + DAY
    assert span.after.before == span
    assert span.before.last == span.first - DAY


@given(DAYS, st.integers(0, 400))
def test_so_many_days_are_followed_by_as_many(day: date, more: int) -> None:
    span = Span(day, day + more * DAY)
    assert span.after == Span(span.last + DAY, span.last + DAY + more * DAY)
    assert span.before == Span(span.first - DAY - more * DAY, span.first - DAY)


def test_a_week_begins_on_monday_and_a_month_on_its_first() -> None:
    day = date(2026, 11, 27)
    assert span_of(day, Unit.WEEK) == Span(date(2026, 11, 23), date(2026, 11, 29), Unit.WEEK)
    assert span_of(day, Unit.MONTH) == Span(date(2026, 11, 1), date(2026, 11, 30), Unit.MONTH)
    assert span_of(date(2024, 2, 29), Unit.MONTH).last == date(2024, 2, 29)


def test_before_the_first_and_after_the_last_day_there_are_spans_too() -> None:
    for unit in (Unit.DAY, Unit.WEEK, Unit.MONTH):
        assert span_of(EARLIEST, unit).before.first < EARLIEST
        assert span_of(LATEST, unit).after.last > LATEST


@pytest.mark.parametrize(
    "text", ["", "2026-02-30", "2026-13-01", "1999-12-31", "3000-01-01", "today", "2026-11", "\0", "9" * 5000]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert read_day(text) is None


@pytest.mark.parametrize("text", ["2026-11-27", " 2026-11-27 ", "20261127"])
def test_a_day_is_read_as_a_browser_sends_it(text: str) -> None:
    assert read_day(text) == date(2026, 11, 27)

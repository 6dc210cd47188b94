"""A shop's day: from the hour at which it ends to the same hour of the next, on the shop's clock."""

from datetime import date, datetime, time, timedelta, tzinfo

_DAY = timedelta(days=1)


def day_of(at: int, ends: time, zone: tzinfo | None) -> date:
    """Return the day that a time (unix seconds) belongs to: until `ends` it is still the day before.

    `zone` None is the machine's.
    """
    date_ = datetime.fromtimestamp(at, zone).date()
    # By when days begin, not by what the clock shows: that skips an hour in spring, and shows one twice in autumn.
    return max(day for day in (date_ - _DAY, date_, date_ + _DAY) if begins_at(day, ends, zone) <= at)


def begins_at(day: date, ends: time, zone: tzinfo | None) -> int:
    """Return when a day begins (unix seconds); `zone` None is the machine's."""
    return int(datetime.combine(day, ends, zone).timestamp())

"""A shop's day: from the hour at which it ends to the same hour of the next, on the shop's clock."""

from datetime import date, datetime, time, timedelta, tzinfo


def day_of(local: datetime, ends: time) -> date:
    """Return the day that a time of the shop's clock belongs to: until `ends` it is still the day before."""
    return local.date() if local.time() >= ends else local.date() - timedelta(days=1)


def begins_at(day: date, ends: time, zone: tzinfo | None) -> int:
    """Return when a day begins (unix seconds); `zone` None is the machine's."""
    return int(datetime.combine(day, ends, zone).timestamp())

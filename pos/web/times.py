"""When something was, as it is said on one day of a shop."""

from pos.shop import Shop
from pos.web.i18n import write_day, write_time


def write_times(shop: Shop, *times: int) -> list[str]:
    """Write when something was (unix seconds): without the day where all of it is today."""
    if {shop.day(it) for it in times} == {shop.day(shop.now())}:
        return [write_time(it) for it in times]
    return [f"{write_day(shop.day(it))}, {write_time(it)}" for it in times]

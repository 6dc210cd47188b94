"""What a process does again and again as long as it lives, whatever fails meanwhile."""

import logging
from collections.abc import Callable

from pos.store import StoreError

log = logging.getLogger(__name__)


def keep_going(name: str, tick: Callable[[], object], every: float, is_over: Callable[[float], bool]) -> None:
    """Call `tick` every so many seconds until it is over. What goes wrong is logged under a name, once in a row.

    `is_over` waits for the end, at most so many seconds, and tells whether it has come, as the `wait` of an Event does.
    """
    failing = False
    while True:
        try:
            tick()
            failing = False
        except StoreError as error:
            if not failing:
                log.error("%s cannot use the database, and goes on trying: %s", name, error)
            failing = True
        except Exception:
            # Whatever is wrong with us, nothing is worse than to stop.
            if not failing:
                log.exception("%s stumbled, and goes on", name)
            failing = True
        if is_over(every):
            return

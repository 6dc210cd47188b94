"""The time of a shop that runs on several hosts: that of their one database.

A host writes down when the wallet was asked, and when a sale was cancelled; another one reads it and counts from there.
Were each to go by its own clock, one that is a minute off would tell of a silence that is none, or hide one.
"""

import logging
from collections.abc import Callable
from math import inf
from time import monotonic, time

log = logging.getLogger(__name__)

# Seconds between two looks at the database's clock.
LOOK_EVERY = 60
# Up to this many seconds apart, this host's own clock is good: the answer takes its time, too.
TOLERATED = 1.0


class SharedClock:
    """Unix seconds by this host's `own` clock, put right by what `ask` says: None where no other host can be there.

    `running` gives seconds that only go forward.
    """

    def __init__(
        self,
        ask: Callable[[], float | None],
        own: Callable[[], float] = time,
        running: Callable[[], float] = monotonic,
    ) -> None:
        self._ask = ask
        self._own = own
        self._running = running
        self._behind = 0.0
        self._looked_at = -inf

    def __call__(self) -> float:
        return self._own() + self._behind

    def keep(self) -> None:
        """Look whether the database's time is another one, now and then. To be called all the time.

        Raises StoreError.
        """
        began = self._running()
        if began - self._looked_at < LOOK_EVERY:
            return
        self._looked_at = began
        theirs = self._ask()
        # An answer that was long under way tells of a time that may be long gone.
        if theirs is None or self._running() - began > TOLERATED:
            return
        behind = theirs - self._own()
        if abs(behind) <= TOLERATED:
            behind = 0.0
        if abs(behind - self._behind) > TOLERATED:
            self._behind = behind
            self._tell()

    def _tell(self) -> None:
        if not self._behind:
            log.info("the clock of this host agrees with the database's")
            return
        way = "behind" if self._behind > 0 else "ahead of"
        log.warning(
            "the clock of this host is %.0f s %s the database's, and the shop goes by that one: set the clock",
            abs(self._behind),
            way,
        )

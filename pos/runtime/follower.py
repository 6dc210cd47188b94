"""Follows what any process may change in the database, by the number that each change makes another one."""

from collections.abc import Callable
from math import inf
from threading import Lock
from time import monotonic

from pos.store import StoreError

# Seconds. To ask takes a few hundred microseconds, and a page may be asked for a thousand times in them.
LOOK_EVERY = 0.5


class Follower:
    """Calls `take` after each change. `version` asks the database; `running` gives seconds that only go forward."""

    def __init__(
        self, version: Callable[[], int], take: Callable[[], int], seen: int, running: Callable[[], float] = monotonic
    ) -> None:
        self._version = version
        self._take = take
        self._seen = seen
        self._running = running
        self._not_before = -inf
        self._lock = Lock()

    def look(self) -> None:
        """Look whether there was a change, unless somebody has just looked, or does.

        Where the database cannot be asked all stays as it is: whoever needs it hears of that anyway.
        """
        if self._running() < self._not_before or not self._lock.acquire(blocking=False):
            return
        try:
            self._ask()
        except StoreError:
            return
        finally:
            self._lock.release()

    def look_now(self) -> None:
        """Look at once, for whoever has to see the last change. Raises StoreError."""
        with self._lock:
            self._ask()

    def _ask(self) -> None:
        self._not_before = self._running() + LOOK_EVERY
        if self._version() != self._seen:
            self._seen = self._take()

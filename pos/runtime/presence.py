"""Who looks at what: charges with a screen before them are asked about more often. Kept here, then written down.

The process that asks the wallet may be another one than that of the screen, so the database has to carry it.
"""

from collections.abc import Collection
from threading import Lock

# Seconds between two times that a look at the same charge is written down; see domain/due.py, LOOKED_AT_FOR.
WRITE_EVERY = 4.0


class Presence:
    """The looks of this process that are not written down yet, and when those that are were."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._new: set[str] = set()
        self._written: dict[str, float] = {}

    def note(self, charge_id: str) -> None:
        """Note that somebody looks at a charge now."""
        with self._lock:
            self._new.add(charge_id)

    def take(self, waiting: Collection[str], now: float) -> set[str]:
        """Return the charges whose looks are to be written down: the noted and the waiting, each every few seconds."""
        with self._lock:
            looked, self._new = self._new.union(waiting), set()
            self._written = {it: at for it, at in self._written.items() if now - at < WRITE_EVERY}
            due = looked - self._written.keys()
            self._written |= dict.fromkeys(due, now)
            return due

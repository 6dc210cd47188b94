"""How much SQLite does for a store, which no clock tells: the same each time, on every machine."""

import sqlite3
from collections.abc import Callable

from sqlalchemy import event

from pos.store import Store


class Steps:
    """Counts what SQLite does for a store, in steps of its own machine."""

    EACH = 20

    def __init__(self, store: Store) -> None:
        self._taken = 0
        event.listen(store.engine, "checkout", lambda connection, *_: self._follow(connection))

    def of(self, act: Callable[[], object]) -> int:
        """Do something, and return how many steps it took."""
        self._taken = 0
        act()
        return self._taken

    def _follow(self, connection: sqlite3.Connection) -> None:
        connection.set_progress_handler(self._step, self.EACH)

    def _step(self) -> None:
        self._taken += self.EACH

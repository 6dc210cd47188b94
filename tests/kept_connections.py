"""Connections to PostgreSQL that go from till to till: each test has a till of its own."""

from contextlib import suppress
from typing import Any

import psycopg
from psycopg._preparing import PrepareManager

from pos.store.engine import Impatient

_AS_NEW = "RESET ALL; DEALLOCATE ALL; UNLISTEN *; SELECT pg_advisory_unlock_all()"
# The connections of tills that were closed, by what they were opened with, for those that open next: to connect anew
# takes longer than most tests do.
_idle: dict[str, list["KeptConnection"]] = {}


class KeptConnection(Impatient):
    """A connection that outlives its till."""

    opened_with = ""

    @classmethod
    def connect(cls, *words: Any, **options: Any) -> "KeptConnection":
        """Connect, by an idle connection if there is one."""
        # Each engine brings the same adapters.
        key = str((words, sorted((name, it) for name, it in options.items() if name != "context")))
        while idle := _idle.get(key):
            with suppress(psycopg.Error):
                connection = idle.pop()
                # Its server may have ended it meanwhile.
                connection.execute("SELECT")
                connection.set_autocommit(False)
                return connection
        connection = super().connect(*words, **options)
        connection.opened_with = key
        return connection

    def leave(self) -> None:
        """Let a till go: whoever connects next finds nothing of it."""
        with suppress(psycopg.Error):
            self.rollback()
            self.set_autocommit(True)
            self.execute(_AS_NEW, prepare=False)
            self._prepared = PrepareManager()
            self.__dict__.pop("patience", None)
            _idle.setdefault(self.opened_with, []).append(self)
            return
        self.close()


def idle_connections(database: str) -> list[int]:
    """Return the server's processes for those connections to a database, by its name, that no till has."""
    idle = [it.info for them in _idle.values() for it in them if not it.closed]
    return [it.backend_pid for it in idle if it.dbname == database]


def forget_idle() -> None:
    """Close those that no till has."""
    for idle in _idle.values():
        while idle:
            idle.pop().close()

"""How one process hears that another has written news down: it is told by PostgreSQL, and looks in SQLite.

News are a charge that is paid or cancelled, and whatever changes at a till or in a jar.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, text

_CHANNEL = "till_news"
# SQLite tells nobody anything; to ask for its counter of changes takes some ten microseconds.
LOOK_EVERY = 0.1

_NOTIFY = text("SELECT pg_notify(:channel, :topic)")


def tell(connection: Connection, topic: str) -> None:
    """Say in the transaction that writes news down that it does; it is heard when, and if, that is committed.

    The topic is the charge, the till or the jar, as the broker calls it. Who hears it looks for all that they wait for.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_NOTIFY, {"channel": _CHANNEL, "topic": topic})


@contextmanager
def listen(engine: Engine) -> Iterator[Callable[[float], None]]:
    """Give a function that waits until something may have been written, and at most so many seconds.

    What was written before is not told: look once after this, then wait. Keeps a connection of its own.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"LISTEN {_CHANNEL}")
            driver: Any = connection.connection.driver_connection
            try:
                yield lambda seconds: _wait_to_be_told(driver, seconds)
            finally:
                # Whoever got it next would be told, too, and keep it all.
                connection.invalidate()
        else:
            yield _Looking(connection.connection.driver_connection)


def _wait_to_be_told(driver: Any, seconds: float) -> None:
    for _ in driver.notifies(timeout=seconds, stop_after=1):
        pass


class _Looking:
    """SQLite counts, for each connection, what others have committed (sqlite.org, PRAGMA data_version)."""

    def __init__(self, driver: Any) -> None:
        # Past SQLAlchemy, which takes ten times as long as the question.
        self._driver = driver
        self._seen = self._version()

    def __call__(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (version := self._version()) == self._seen and time.monotonic() < until:
            time.sleep(LOOK_EVERY)
        self._seen = version

    def _version(self) -> object:
        return self._driver.execute("PRAGMA data_version").fetchone()

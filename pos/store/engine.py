"""How the database is opened, an SQLite file or a PostgreSQL, so that nobody waits for it without end."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection as Psycopg
from psycopg import OperationalError
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select

from pos.store.file import BUSY_MS

# Seconds. A request asks a pooled connection whether it lives, and connects anew if not: both together are the longest
# wait. libpq takes 2 as its least, and spends it on each address of a name.
CONNECT = 2
FREE_CONNECTION = 2
ANSWER = 3
# A migration rewrites tables, and may have to wait for another host's.
MIGRATION = 60
# Milliseconds. At its start a till waits in C for whoever writes to an SQLite file: nobody is there who has to go on.
START_MS = 5000
_POSTGRESQL = {
    "connect_timeout": CONNECT,
    # Whatever the database's own encoding is, texts come and go as they are.
    "client_encoding": "UTF8",
    # The server gives up first, and says why. A host that lost its power holds its locks no longer than the last.
    "options": "-c statement_timeout=2500 -c lock_timeout=2000 -c idle_in_transaction_session_timeout=10000",
    # A server that is gone without a word is noticed on connections that are idle, too.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": ANSWER * 1000,
}


class Impatient(Psycopg[Any]):
    """A connection that is closed when the server does not answer in time, frozen or cut off as it may be."""

    patience: float = ANSWER

    def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for an answer, at most as long as patience lasts unless somebody says for how long."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.patience)
        except OperationalError as error:
            # An error of the server ends the statement. One that is still under way would answer the next question.
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise
            self.close()
            raise OperationalError(f"the database did not answer within {self.patience:g} s") from error


def open_engine(url: str) -> Engine:
    """Prepare a database of either kind; it is connected to when it is first asked."""
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, hide_parameters=True, pool_timeout=FREE_CONNECTION)
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    engine = create_engine(
        url, hide_parameters=True, pool_pre_ping=True, pool_timeout=FREE_CONNECTION, connect_args=_POSTGRESQL
    )
    event.listen(engine, "do_connect", _connect)
    return engine


def reason(error: Exception) -> str:
    """Say on one line why the database did not do it, in its own words, without our statement and its values."""
    return " ".join(str(getattr(error, "orig", None) or error).split())


@contextmanager
def patient(connection: Connection) -> Iterator[None]:
    """Let a transaction take as long as a migration may."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {START_MS}")
        try:
            yield
        finally:
            driver.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        return
    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        connection.execute(select(func.set_config(name, f"{MIGRATION}s", True)))
    driver.patience = MIGRATION
    try:
        yield
    finally:
        driver.patience = ANSWER


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    # FULL: a charge that was shown survives a power cut, which a market stall has now and then.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    cursor.close()


def _connect(_dialect: Any, _record: Any, words: list[Any], options: dict[str, Any]) -> Impatient:
    return Impatient.connect(*words, **options)

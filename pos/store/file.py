"""The SQLite file: who may write to it next, whether it is still there, and whether it is sound.

SQLite waits for a lock in C, where nothing else of the process can run. So it is told not to wait, and who wants to
write tries again now and then, while everybody else goes on.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, Engine

from pos.store.errors import DatabaseGone, StoreError

# Seconds for which a writer tries to get the lock that another program may hold.
PATIENCE = 5.0
_TRY_EVERY = 0.02
# What SQLite itself waits for, in milliseconds: a reader meets a lock only for the moment of a recovery.
BUSY_MS = 20
# Less room on the disk than this is none: SQLite writes whole pages, and each of them twice.
LEAST_FREE_BYTES = 1024 * 1024
# A file up to this size is looked through as a whole; of a larger one only the newest charges are.
_LOOKED_THROUGH_BYTES = 4 * 1024 * 1024
_MAGIC = b"SQLite format 3\0"


def free_bytes(folder: Path) -> int:
    """Return how much room is left on the disk of a folder."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def lone_log(database: Path) -> bool:
    """Tell whether there is a log of a database which is not there itself: SQLite would empty it for a new one."""
    return not _size(database) and bool(_size(database.with_name(f"{database.name}-wal")))


def is_locked(error: BaseException | None) -> bool:
    """Tell whether SQLite says that another program has the lock."""
    # What Python's driver itself has to say has no number.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


class File:
    """The file behind an engine. `patience` is in seconds; `free` tells how many bytes the disk of a folder has."""

    def __init__(self, engine: Engine, patience: float = PATIENCE, free: Callable[[Path], int] = free_bytes) -> None:
        self._free = free
        # Wherever the process goes: it has the file open.
        self._path = Path(engine.url.database or "").absolute()
        self._patience = patience
        self._log_path = self._path.with_name(f"{self._path.name}-wal")
        self._identity: tuple[int, int] | None = None
        self._log: tuple[int, int] | None = None
        self._next_to_write = Lock()
        self._descriptor: int | None = None

    def verify(self) -> None:
        """See whether file and log are those that were opened first, and a database still. Raises DatabaseGone.

        A process goes on reading and writing a file that was deleted, and all of that is lost when it ends.
        """
        if self._log is not None and _identity(self._log_path) != self._log:
            raise DatabaseGone(f"the log of the database {self._log_path} is gone: {_WRITE_DOWN}")
        try:
            found = self._path.stat()
        except FileNotFoundError as error:
            raise DatabaseGone(f"the database file {self._path} is gone: {_BRING_BACK}") from error
        except OSError as error:
            raise StoreError(f"{self._path}: {error.strerror}") from error
        identity = (found.st_dev, found.st_ino)
        if self._identity is None:
            self._identity = identity
        elif identity != self._identity:
            raise DatabaseGone(f"another file is in the place of the database {self._path}: {_BRING_BACK}")
        # SQLite believes its memory, and the next start would find no database.
        if self._log is not None and self._beginning() != _MAGIC:
            raise DatabaseGone(f"{self._path} is damaged, it is no SQLite database any more: {_BRING_BACK}")

    def note_log(self) -> None:
        """Keep in mind which log belongs to the file, after a transaction: while a connection is open, it stays."""
        if self._log is None:
            self._log = _identity(self._log_path)

    @contextmanager
    def writing(self, engine: Engine) -> Iterator[Connection]:
        """Give a connection in a transaction that nobody else writes beside; those of this process take turns.

        Raises StoreError if another program keeps the lock for longer than patience lasts.
        """
        deadline = monotonic() + self._patience
        if not self._next_to_write.acquire(timeout=self._patience):
            raise StoreError("database is locked")
        try:
            with self._locked(engine, deadline) as connection:
                yield connection
        finally:
            self._next_to_write.release()

    @contextmanager
    def _locked(self, engine: Engine, deadline: float) -> Iterator[Connection]:
        while True:
            # Given back before each wait: who only wants to read needs one, too.
            with engine.connect() as connection:
                if _try_to_begin(connection, is_last=monotonic() >= deadline):
                    with connection.begin():
                        yield connection
                    self.note_log()
                    return
            sleep(_TRY_EVERY)

    def check(self) -> None:
        """Look at the disk and at what is on it, past whatever this process remembers. Raises StoreError."""
        if self._free(self._path.parent) < LEAST_FREE_BYTES:
            raise StoreError(f"the disk of {self._path.parent} is full")
        if self._beginning() != _MAGIC:
            raise StoreError(f"{self._path} is damaged: it is no SQLite database any more")
        uri = f"{self._path.as_uri()}?mode=ro"
        try:
            # Without a cache of its own a new connection reads what is there.
            with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_MS / 1000)) as connection:
                _look_through(connection, self._path)
        except sqlite3.Error as error:
            if is_locked(error):
                raise StoreError("database is locked") from error
            raise StoreError(f"{self._path} is damaged: {error}") from error

    def close(self) -> None:
        """Let go of the file, after the last connection: a process that is about to fork holds nothing open."""
        self._log = None
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _beginning(self) -> bytes:
        """Read the first bytes of the file itself, where SQLite may read a newer page in the log."""
        if self._descriptor is None:
            # Kept open while there are connections: to close any descriptor of a file ends all locks that this process
            # has on it (fcntl(2)), and the next process to leave would delete the log that this one writes.
            self._descriptor = os.open(self._path, os.O_RDONLY)
        return os.pread(self._descriptor, len(_MAGIC), 0)


# What is in the log gets into the file when the last connection is closed.
_WRITE_DOWN = "stop the till, which saves what is in it, and start it again"
_BRING_BACK = "stop the till, bring the file back (flask restore puts a backup in its place), and start it again"


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _try_to_begin(connection: Connection, *, is_last: bool) -> bool:
    """Try to get the lock for a transaction; tell whether. The last try raises what the others swallow."""
    driver: Any = connection.connection.driver_connection
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if not is_locked(error):
            raise
        if is_last:
            raise StoreError("database is locked") from error
        return False
    return True


def _look_through(connection: sqlite3.Connection, path: Path) -> None:
    if path.stat().st_size > _LOOKED_THROUGH_BYTES:
        connection.execute("SELECT * FROM charge ORDER BY rowid DESC LIMIT 20").fetchall()
        return
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise StoreError(f"{path} is damaged: {found}")

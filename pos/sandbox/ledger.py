"""The sandbox's SQLite file: every SQL statement of the sandbox. What the rows mean is elsewhere."""

import fcntl
import os
import sqlite3
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple
from pathlib import Path

from pos.sandbox.transactions import Deposit, LightningTransaction

_SCHEMA = """
CREATE TABLE IF NOT EXISTS made_once (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lntx (
    id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    payment_request TEXT NOT NULL UNIQUE,
    r_hash_decoded TEXT NOT NULL,
    preimage TEXT NOT NULL,
    memo TEXT NOT NULL,
    description_hash TEXT,
    num_satoshis INTEGER NOT NULL,
    expiry INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    payable_until INTEGER NOT NULL,
    pass_thru TEXT NOT NULL,
    settled INTEGER NOT NULL,
    settled_at INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wtx (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    lntx_id TEXT NOT NULL UNIQUE REFERENCES lntx (id),
    num_satoshis INTEGER NOT NULL
);
"""
# A LightningTransaction has the columns of its table, in their order.
_INSERT = "INSERT INTO lntx VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_BY_ID = "SELECT * FROM lntx WHERE id = ?"
_BY_PAYMENT_REQUEST = "SELECT * FROM lntx WHERE payment_request = ?"
_SETTLE = "UPDATE lntx SET settled = 1, settled_at = ?, updated_at = ?, num_satoshis = ? WHERE id = ? AND settled = 0"
_DEPOSITS = (
    "SELECT wtx.id, lntx.* FROM wtx JOIN lntx ON lntx.id = wtx.lntx_id ORDER BY wtx.number DESC LIMIT ? OFFSET ?"
)
# How long to wait for another writer, in seconds. Every transaction here is over in milliseconds.
_BUSY = 5.0

_Idle = dict[int, deque[sqlite3.Connection]]


class Ledger:
    """The file, for threads, greenlets and several processes at once. Open it with `open_ledger`.

    A connection serves one statement or transaction at a time, then waits for the next caller. A child process
    never touches its parent's connections: SQLite forbids it (sqlite.org, "How To Corrupt An SQLite Database File").
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        # By process id.
        self._idle: _Idle = {}
        weakref.finalize(self, _close_own, self._idle)

    def close(self) -> None:
        """Close what lies idle; what is asked next opens the file again."""
        idle = self._idle.get(os.getpid(), deque())
        while idle:
            idle.pop().close()

    def recall(self, name: str, make: Callable[[], str]) -> str:
        """Return the value of that name. Whoever asks first makes it; everybody gets the same one."""
        with self._connection() as connection:
            connection.execute("INSERT OR IGNORE INTO made_once VALUES (?, ?)", (name, make()))
            (value,) = connection.execute("SELECT value FROM made_once WHERE name = ?", (name,)).fetchone()
        return str(value)

    def add(self, transaction: LightningTransaction) -> None:
        """Remember a new invoice."""
        with self._connection() as connection:
            connection.execute(_INSERT, astuple(transaction))

    def get(self, lntx_id: str) -> LightningTransaction | None:
        """Look an invoice up by its id."""
        return self._find(_BY_ID, lntx_id)

    def get_by_payment_request(self, payment_request: str) -> LightningTransaction | None:
        """Look an invoice up by its BOLT 11 text, lower case."""
        return self._find(_BY_PAYMENT_REQUEST, payment_request)

    def settle(self, deposit: Deposit) -> bool:
        """Record a payment and tell whether it was the first: whoever changes the row has paid."""
        paid = deposit.transaction
        with self._connection() as connection, _transaction(connection):
            values = (paid.settled_at, paid.updated_at, paid.num_satoshis, paid.id)
            if connection.execute(_SETTLE, values).rowcount != 1:
                return False
            row = (deposit.id, paid.id, paid.num_satoshis)
            connection.execute("INSERT INTO wtx (id, lntx_id, num_satoshis) VALUES (?, ?, ?)", row)
            return True

    def balance(self) -> int:
        """Return the sum of all payments in sat."""
        with self._connection() as connection:
            return int(connection.execute("SELECT coalesce(sum(num_satoshis), 0) FROM wtx").fetchone()[0])

    def count(self) -> int:
        """Return the number of payments."""
        with self._connection() as connection:
            return int(connection.execute("SELECT count(*) FROM wtx").fetchone()[0])

    def deposits(self, limit: int, offset: int = 0) -> list[Deposit]:
        """List payments, newest first."""
        with self._connection() as connection:
            rows = connection.execute(_DEPOSITS, (limit, offset)).fetchall()
        return [Deposit(wtx_id, LightningTransaction(*transaction)) for wtx_id, *transaction in rows]

    def _find(self, query: str, value: str) -> LightningTransaction | None:
        with self._connection() as connection:
            row = connection.execute(query, (value,)).fetchone()
        return LightningTransaction(*row) if row else None

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        idle = self._idle.setdefault(os.getpid(), deque())
        try:
            connection = idle.pop()
        except IndexError:
            connection = _connect(self._path)
        try:
            yield connection
        finally:
            idle.append(connection)


def open_ledger(folder: Path) -> Ledger:
    """Open the ledger in that folder, both made if need be, for the owner's eyes only."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "sandbox.db"
    with _alone(folder):
        with suppress(FileExistsError):
            path.touch(mode=0o600, exist_ok=False)
        with closing(_connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA)
    return Ledger(path)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
    # With WAL a power cut can lose the last payments, but not damage the file. It is play money.
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _close_own(idle: _Idle) -> None:
    for connection in idle.get(os.getpid(), ()):
        connection.close()


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write alone from the first statement on, so that two writers wait instead of failing."""
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        yield


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time through: SQLite refuses rather than waits when two switch to WAL at once."""
    # A file object, for os.close() leaves the file open, and locked, until gevent's loop next runs.
    lock = folder / "lock"
    lock.touch(mode=0o600)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield

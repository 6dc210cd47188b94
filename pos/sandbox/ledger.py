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

from pos.sandbox.lnpay_wallet import Holding, LNPayWallet
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
    num_satoshis INTEGER NOT NULL,
    wallet_id TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS wallet (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    user_label TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS wallet_key (
    key TEXT PRIMARY KEY,
    wallet_id TEXT NOT NULL REFERENCES wallet (id),
    role TEXT NOT NULL
) WITHOUT ROWID;
"""
# A ledger of a till before there was more than one wallet: whose money it was stands in what was passed through.
_ADD_WALLET_ID = """
ALTER TABLE wtx ADD COLUMN wallet_id TEXT;
UPDATE wtx SET wallet_id = (SELECT json_extract(pass_thru, '$.wallet_id') FROM lntx WHERE lntx.id = wtx.lntx_id);
"""
_INDEX = "CREATE INDEX IF NOT EXISTS wtx_by_wallet ON wtx (wallet_id, number, num_satoshis)"
# A LightningTransaction has the columns of its table, in their order.
_INSERT = "INSERT INTO lntx VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_BY_ID = "SELECT * FROM lntx WHERE id = ?"
_BY_PAYMENT_REQUEST = "SELECT * FROM lntx WHERE payment_request = ?"
_SETTLE = "UPDATE lntx SET settled = 1, settled_at = ?, updated_at = ?, num_satoshis = ? WHERE id = ? AND settled = 0"
_DEPOSITS = """
SELECT wtx.id, lntx.* FROM wtx JOIN lntx ON lntx.id = wtx.lntx_id WHERE {} ORDER BY wtx.number DESC LIMIT ? OFFSET ?
"""
_COUNT = "SELECT count(*) FROM wtx WHERE {}"
# A list of one wallet, or of the whole account.
_OF_ONE = "wtx.wallet_id = ?"
_OF_ALL = "? IS NULL"
_HOLDING = """
SELECT coalesce(sum(wtx.num_satoshis), 0),
    (SELECT lntx.settled_at FROM wtx JOIN lntx ON lntx.id = wtx.lntx_id WHERE wtx.wallet_id = :id
        ORDER BY wtx.number DESC LIMIT 1)
FROM wtx WHERE wtx.wallet_id = :id
"""
_WALLET = "SELECT id, user_label, created_at FROM wallet"
_KEY = "SELECT wallet_id, role FROM wallet_key WHERE key = ?"
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
            row = (deposit.id, paid.id, paid.num_satoshis, paid.wallet_id)
            connection.execute("INSERT INTO wtx (id, lntx_id, num_satoshis, wallet_id) VALUES (?, ?, ?, ?)", row)
            return True

    def holding(self, wallet_id: str) -> Holding:
        """Return what a wallet received."""
        with self._connection() as connection:
            return Holding(*connection.execute(_HOLDING, {"id": wallet_id}).fetchone())

    def count_deposits(self, wallet_id: str | None) -> int:
        """Return the number of payments to a wallet, or to all of them."""
        query = _COUNT.format(_OF_ONE if wallet_id else _OF_ALL)
        with self._connection() as connection:
            return int(connection.execute(query, (wallet_id,)).fetchone()[0])

    def deposits(self, wallet_id: str | None, limit: int, offset: int = 0) -> list[Deposit]:
        """List payments to a wallet, or to all of them, newest first."""
        query = _DEPOSITS.format(_OF_ONE if wallet_id else _OF_ALL)
        with self._connection() as connection:
            rows = connection.execute(query, (wallet_id, limit, offset)).fetchall()
        return [Deposit(wtx_id, LightningTransaction(*transaction)) for wtx_id, *transaction in rows]

    def add_wallet(self, wallet: LNPayWallet, keys: dict[str, str]) -> None:
        """Remember a wallet with the role of each of its keys; one that is known already stays as it is."""
        with self._connection() as connection, _transaction(connection):
            row = (wallet.id, wallet.user_label, wallet.created_at)
            connection.execute("INSERT OR IGNORE INTO wallet (id, user_label, created_at) VALUES (?, ?, ?)", row)
            rows = [(key, wallet.id, role) for key, role in keys.items()]
            connection.executemany("INSERT OR IGNORE INTO wallet_key VALUES (?, ?, ?)", rows)

    def wallet(self, wallet_id: str) -> LNPayWallet | None:
        """Look a wallet up by its id."""
        with self._connection() as connection:
            row = connection.execute(f"{_WALLET} WHERE id = ?", (wallet_id,)).fetchone()
        return LNPayWallet(*row) if row else None

    def wallet_key(self, key: str) -> tuple[str, str] | None:
        """Return the id of the wallet that a key opens, and the key's role."""
        with self._connection() as connection:
            row = connection.execute(_KEY, (key,)).fetchone()
        return (str(row[0]), str(row[1])) if row else None

    def count_wallets(self) -> int:
        """Return the number of wallets."""
        with self._connection() as connection:
            return int(connection.execute("SELECT count(*) FROM wallet").fetchone()[0])

    def wallets(self, limit: int, offset: int) -> list[LNPayWallet]:
        """List wallets, newest first."""
        with self._connection() as connection:
            rows = connection.execute(f"{_WALLET} ORDER BY number DESC LIMIT ? OFFSET ?", (limit, offset)).fetchall()
        return [LNPayWallet(*row) for row in rows]

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
            if "wallet_id" not in {column[1] for column in connection.execute("PRAGMA table_info(wtx)")}:
                connection.executescript(_ADD_WALLET_ID)
            connection.execute(_INDEX)
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

"""The databases that a till's book may be in: a file, or one of a PostgreSQL that is started for the tests alone."""

import os
import pwd
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from pos.migrations import migrate
from pos.store import Store
from pos.store.tables import metadata
from tests.kept_connections import forget_idle, idle_connections

OWNER = "till"
_SETTINGS = {"listen_addresses": ""}
# What is lost with this machine's power is thrown away anyhow.
_CARELESS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    # Nobody follows it, so what made a table need not be told of its rows, too.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Room for a hundred thousand charges: with less each page is written and read again and again.
    "shared_buffers": "64MB",
}
# What its guard leaves in its folder once the server has ended, or never began.
_ENDED = "ended"
# The server ends and its folder goes when the pipe closes: whichever way the process that holds its other end dies.
# What a shell starts in the background is deaf to SIGQUIT until it listens itself: it is told until it is gone.
# Whoever is not its owner needs a password.
_GUARD = f"""
binaries=$1 folder=$2; shift 2
exec 3<&0 >log 2>&1
if "$binaries/initdb" -D data -U {OWNER} -E UTF8 --no-locale --no-sync; then
    printf 'local all {OWNER} trust\nlocal all all scram-sha-256\n' >data/pg_hba.conf
    "$binaries/postgres" -D data -k "$folder" "$@" & server=$!
    {{ cat <&3; while kill -QUIT $server; do sleep 0.1; done; }} &
    wait $server
fi
touch {_ENDED}
cat <&3
rm -rf "$folder"
"""
# What a migrated database begins with is tables without a row. To truncate them would take ten times as long.
_DELETE_ALL = "".join(f'DELETE FROM "{table.name}";' for table in reversed(metadata.sorted_tables)) + (
    "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence"
)
_WRITERS = "SELECT FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND datname = current_database()"
# Seconds, on a machine that has much else to do.
_MAX_WAIT = 300


class NoServer(Exception):
    """The PostgreSQL did not start; the text is its log."""


class Postgres:
    """A server that answers on a socket in its folder, and nowhere else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._empty: list[str] = []
        self._migrated: list[str] = []
        self._cleaners: dict[str, psycopg.Connection[Any]] = {}
        self._administrator = psycopg.connect(host=str(folder), user=OWNER, dbname="postgres", autocommit=True)

    def create(self) -> str:
        """Return the address of a database in which nothing is."""
        if self._empty:
            return self._empty.pop()
        name = f"till{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Empty a database for whoever wants one next; to make a new one takes ten times as long."""
        self._end_connections(url)
        self._cleaner(url).execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        self._empty.append(url)

    def create_migrated(self) -> str:
        """Return the address of a database of today's shape, without a sale: to make it takes a fifth of a second."""
        if self._migrated:
            return self._migrated.pop()
        url = self.create()
        bring_up_to_date(url, self._folder)
        return url

    def forget_sales(self, url: str) -> None:
        """Delete every row of a database that `create_migrated` made, for whoever wants one next."""
        self._end_connections(url, idle_connections(name_of(url)))
        try:
            self._cleaner(url).execute(_DELETE_ALL)
        except psycopg.errors.UndefinedTable:
            # A test took a table away, to see what the till says.
            self.drop(url)
        else:
            self._migrated.append(url)

    def copy(self, url: str) -> str:
        """Return the address of a database like another one, that nobody is connected to."""
        self._end_connections(url)
        if cleaner := self._cleaners.pop(url, None):
            cleaner.close()
        name = f"till{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {name_of(url)}")
        return self.url(name)

    def remove(self, url: str) -> None:
        """Throw a database away that is too full to be emptied for somebody else."""
        self.execute(f"DROP DATABASE {name_of(url)} WITH (FORCE)")

    def url(self, name: str, user: str = OWNER) -> str:
        """Return the address of a database."""
        return f"postgresql+psycopg://{user}@/{name}?host={self._folder}"

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Do something as the server's administrator, from outside of any till."""
        cursor = self._administrator.execute(statement)
        return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        """Let go of the server."""
        for connection in self._cleaners.values():
            connection.close()
        forget_idle()
        self._administrator.close()

    def close_door(self, url: str) -> None:
        """Take a database away from whoever uses it."""
        self.execute(f"ALTER DATABASE {name_of(url)} ALLOW_CONNECTIONS false")
        self._end_connections(url)

    def open_door(self, url: str) -> None:
        """Give it back."""
        self.execute(f"ALTER DATABASE {name_of(url)} ALLOW_CONNECTIONS true")

    @contextmanager
    def changed(self, url: str, setting: str, value: str) -> Iterator[None]:
        """Change a setting of a database for whoever connects to it while the block runs."""
        self._alter(url, f"SET {setting} = {value}")
        try:
            yield
        finally:
            self._alter(url, f"RESET {setting}")

    def _alter(self, url: str, change: str) -> None:
        self.execute(f"ALTER DATABASE {name_of(url)} {change}")
        self._end_connections(url)

    def _cleaner(self, url: str) -> psycopg.Connection[Any]:
        """Return the connection that empties a database. It is kept: a new one takes longer than what it does."""
        if url not in self._cleaners or self._cleaners[url].closed:
            # Several statements at once cannot be prepared.
            self._cleaners[url] = psycopg.connect(
                host=str(self._folder), user=OWNER, dbname=name_of(url), autocommit=True, prepare_threshold=None
            )
        return self._cleaners[url]

    def _end_connections(self, url: str, kept: Iterable[int] = ()) -> None:
        """End whatever else is connected to a database but what is kept, and wait until it is gone."""
        kept = [*kept, self._cleaners[url].info.backend_pid if url in self._cleaners else 0]
        others = f"datname = '{name_of(url)}' AND pid NOT IN ({', '.join(map(str, kept))})"
        deadline = time.monotonic() + _MAX_WAIT
        # To wait is ours: PostgreSQL would look again after a tenth of a second.
        while self.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"):
            assert time.monotonic() < deadline, others
            time.sleep(0.002)


def bring_up_to_date(url: str, folder: Path) -> None:
    """Give a database today's shape, as the first start of a till does. The folder is for its lock."""
    store = Store(url, "bcrt")
    migrate(store.engine, folder / "migrate.lock")
    store.close()


def is_being_written(url: str) -> bool:
    """Tell whether anybody has begun to write to a database, and is not done."""
    if url.startswith("postgresql"):
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            return bool(connection.execute(_WRITERS).fetchall())
    with closing(sqlite3.connect(urlsplit(url).path[1:], timeout=0)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
    return False


def name_of(url: str) -> str:
    """Return what the database of an address is called."""
    return urlsplit(url).path.removeprefix("/")


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[Postgres]:
    """Start a PostgreSQL of this machine in a folder of its own, and stop it whichever way the block is left.

    A durable one takes as long over a sale as a shop's does: it waits for the disk.

    Raises NoServer.
    """
    programs, identity = binaries(), _identity()
    folder = Path(tempfile.mkdtemp(prefix="till-postgres-"))
    if identity:
        os.chown(folder, identity["user"], identity["group"])
    chosen = _SETTINGS if durable else {**_SETTINGS, **_CARELESS}
    settings = [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
    guard = subprocess.Popen(
        ["/bin/sh", "-c", _GUARD, "sh", programs, folder, *settings],
        cwd=folder,
        stdin=subprocess.PIPE,
        start_new_session=True,
        **identity,
    )
    assert guard.stdin
    try:
        with closing(_when_it_answers(guard, folder)) as server:
            yield server
    finally:
        guard.stdin.close()
        guard.wait()


def _when_it_answers(guard: subprocess.Popen[bytes], folder: Path) -> Postgres:
    deadline = time.monotonic() + _MAX_WAIT
    while guard.poll() is None and not (folder / _ENDED).exists() and time.monotonic() < deadline:
        with suppress(psycopg.OperationalError):
            return Postgres(folder)
        time.sleep(0.02)
    raise NoServer((folder / "log").read_text())


def binaries() -> Path:
    """Return the folder that `pg_config` names, else the newest of those where Debian keeps them."""
    try:
        named = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        named = "nowhere"
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    found = next((folder for folder in (Path(named), *debian) if (folder / "initdb").exists()), None)
    if not found:
        raise NoServer("There is no PostgreSQL. Install one (Debian: apt-get install postgresql).")
    return found


def _identity() -> dict[str, Any]:
    """Say as whom to run it: PostgreSQL refuses to be root, and its packages bring a user for it."""
    if os.geteuid() != 0:
        return {}
    postgres = pwd.getpwnam("postgres")
    return {"user": postgres.pw_uid, "group": postgres.pw_gid, "extra_groups": []}

"""A copy of the database in a file: made while the till sells, looked over, and put in the database's place.

For SQLite. A PostgreSQL has programs of its own for this; here is only what to tell them.
"""

import fcntl
import os
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url

from pos.store.file import lone_log

# What SQLite keeps beside a database that is open, or was when its process died.
COMPANIONS = ("-wal", "-shm", "-journal")


class BackupError(Exception):
    """A backup that was not made, or not restored. The text says what is wrong; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a till's database. `revision` is its shape (Alembic), `newest_at` in unix seconds, if there is any."""

    revision: str
    charges: int
    newest_at: int | None


@dataclass(frozen=True, slots=True)
class Doors:
    """Who comes in, by a database: the names of the owners, and of the devices that are paired."""

    owners: list[str]
    devices: list[str]


def database_file(url: str) -> Path | None:
    """Return the file that the database is; None where it is a PostgreSQL."""
    address = make_url(url)
    return Path(str(address.database)) if address.get_backend_name() == "sqlite" else None


def pg_dump(url: str, file: Path) -> str:
    """Return what backs a PostgreSQL up, as a shell takes it, without the password, which would stay on the screen.

    The dump is for its owner's eyes alone, as the copy of a file is.
    """
    options = ("--format=custom", "--no-owner", f"--file={file}")
    dump = shlex.join(("pg_dump", *options, f"--dbname={_without_password(url)}"))
    return f"(umask 077 && {dump})"


def pg_restore(url: str, file: Path) -> str:
    """Return what restores such a backup, as a shell takes it.

    A newer till has tables that the backup knows nothing of, and `--clean` would stumble over: all is taken away first,
    once the backup was found to be one.
    """
    address = f"--dbname={_without_password(url)}"
    steps = (
        ("pg_restore", "--list", "--file=/dev/null", str(file)),
        ("psql", address, "--command=DROP SCHEMA public CASCADE; CREATE SCHEMA public"),
        ("pg_restore", "--no-owner", "--single-transaction", address, str(file)),
    )
    return " &&\n".join(shlex.join(step) for step in steps)


def copy(database: Path, file: Path, *, still: bool = False, in_place: bool = False) -> None:
    """Copy a database as it is at one moment, whoever writes to it meanwhile, into a file for its owner's eyes alone.

    `still` is one that nobody can be writing to. With `in_place` root leaves the copy to whoever has its folder.

    Raises BackupError; a file that is there is never written over.
    """
    _claim(file, in_place=in_place)
    try:
        with _opened(_to_read(database, still=still)) as source, _opened(file.absolute().as_uri()) as target:
            # All pages in one go: in steps, it would begin again with every sale.
            source.backup(target)
            # One file, without companions: it can be carried away as it is.
            target.execute("PRAGMA journal_mode = DELETE")
    except (sqlite3.Error, OSError) as error:
        remove(file)
        raise BackupError(f"{database} cannot be copied to {file}: {error}") from error


def look_over(file: Path) -> Contents:
    """Read all of a file that nobody can be writing to, and say what is in it.

    Raises BackupError if it is damaged, or not a till's database.
    """
    if not file.is_file():
        raise BackupError(f"{file} is a folder" if file.is_dir() else f"there is no file {file}")
    try:
        with _opened(_to_read(file, still=True)) as database:
            damage = database.execute("PRAGMA integrity_check").fetchone()[0]
            if damage != "ok":
                raise BackupError(f"{file} is damaged: {damage}")
            [(revision,)] = database.execute("SELECT version_num FROM alembic_version").fetchall()
            charges, newest_at = database.execute("SELECT count(*), max(created_at) FROM charge").fetchone()
    except (sqlite3.Error, ValueError, OSError) as error:
        raise BackupError(f"{file} is not the database of a till: {error}") from error
    return Contents(revision, charges, newest_at)


def sign_out(file: Path, now: int) -> Doors:
    """End all sessions of owners and all that they have offered, in a database of today's shape; return who is left.

    What was ended after a backup was made is open in it still. Raises BackupError.
    """
    try:
        with _opened(file.absolute().as_uri()) as database, database:
            database.execute("DELETE FROM owner_session")
            database.execute("UPDATE owner_link SET used_at = ? WHERE used_at IS NULL", (now,))
            database.execute("UPDATE pairing SET used_at = ? WHERE used_at IS NULL", (now,))
            owners = database.execute("SELECT name FROM owner ORDER BY created_at, id").fetchall()
            devices = database.execute(
                "SELECT name FROM device WHERE revoked_at IS NULL ORDER BY paired_at, id"
            ).fetchall()
    except sqlite3.Error as error:
        raise BackupError(f"nobody could be signed out in {file}: {error}") from error
    return Doors([name for (name,) in owners], [name for (name,) in devices])


def has_sales(file: Path) -> bool:
    """Tell whether a file is a till's database in which something was sold; it is neither made nor changed."""
    try:
        with _opened(_to_read(file, still=True)) as database:
            return bool(database.execute("SELECT EXISTS (SELECT 1 FROM charge)").fetchone()[0])
    except (sqlite3.Error, OSError):
        return False


@contextmanager
def alone(database: Path, lock: Path) -> Iterator[None]:
    """Keep every till out of a database until the block is left. Raises BackupError if one has it open.

    A till that is started meanwhile waits for the lock, which it takes to bring its database up to date.
    """
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if database.exists() and not lone_log(database):
            _close_log(database)
        yield


def swap_in(file: Path, database: Path, aside: Path) -> None:
    """Put a file in the place of the database, which is kept aside, if there was one. To be done `alone`.

    Raises BackupError.
    """
    try:
        for companion in ("", *COMPANIONS):
            with suppress(FileNotFoundError):
                Path(f"{database}{companion}").rename(f"{aside}{companion}")
        file.replace(database)
    except OSError as error:
        raise BackupError(f"{database} cannot be replaced: {error}. What was there is {aside}") from error


def remove(file: Path) -> None:
    """Remove a database that was not wanted in the end, with all that SQLite has beside it."""
    for companion in ("", *COMPANIONS):
        # Where its folder is none it was never made.
        with suppress(FileNotFoundError, NotADirectoryError):
            Path(f"{file}{companion}").unlink()


def _close_log(database: Path) -> None:
    """Write the log of the last sales into the database itself, which SQLite does for nobody while another has it open.

    A database that is damaged has no such log to be kept, and cannot tell who has it open.
    """
    try:
        with _opened(database.absolute().as_uri()) as last:
            last.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise BackupError(f"{database} is in use ({error}). Stop the till, and whatever else has it open") from error
    except sqlite3.DatabaseError:
        return


@contextmanager
def _opened(uri: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(uri, timeout=0.5, uri=True)) as connection:
        yield connection


def _to_read(file: Path, *, still: bool) -> str:
    """Return the address of a database that is only read: one that is not there is not made."""
    # SQLite would leave companions beside a backup that was copied by hand, or fail where none can be written.
    is_whole = still and not Path(f"{file}-wal").exists()
    return f"{file.absolute().as_uri()}?mode=ro{'&immutable=1' if is_whole else ''}"


def _claim(file: Path, *, in_place: bool) -> None:
    try:
        new = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        if in_place and os.geteuid() == 0:
            owner = file.parent.stat()
            os.fchown(new, owner.st_uid, owner.st_gid)
        os.close(new)
    except FileExistsError as error:
        raise BackupError(f"{file} is there already, and is not written over") from error
    except OSError as error:
        raise BackupError(f"{file} cannot be written: {error}") from error


def _without_password(url: str) -> str:
    of = make_url(url)
    return URL.create("postgresql", of.username, None, of.host, of.port, of.database, of.query).render_as_string()

"""The database's shape and its history (Alembic): `migrate` brings any older one to today's, at every start.

All of it is one transaction: whoever is stopped in the middle leaves the database as it was.
"""

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from pos.store import DatabaseInUse, StoreError, TrialDatabase
from pos.store.engine import patient, reason
from pos.store.file import is_locked, lone_log
from pos.store.in_use import is_in_use

# Any number, as long as every till has the same.
ADVISORY_LOCK = 7_411_525_350_016
_HERE = Path(__file__).parent


def migrate(engine: Engine, lock: Path, *, gently: bool = False) -> None:
    """Bring the database to today's shape. Of several processes that start at once, one goes first.

    Raises StoreError; `gently`, DatabaseInUse where an older one would be changed under whoever has it open.
    """
    try:
        with _alone(engine, lock) as connection:
            # Most starts, and worth the asking: to load what could change something takes a tenth of a start.
            shape = _shape(connection)
            if shape == today():
                return
            _refuse_trial(connection)
            _refuse_newer(shape)
            if gently and shape is not None and is_in_use(connection):
                raise DatabaseInUse(
                    f"The database is of an older till (it has the shape {shape}), and is in use: were it brought up to"
                    " date now, that till could sell no more. Stop every till on it, start them anew, and ask again."
                )
            _upgrade(connection)
    except SQLAlchemyError as error:
        raise _cannot(engine, reason(error), locked=is_locked(getattr(error, "orig", None))) from error
    except OSError as error:
        raise _cannot(engine, f"{error.filename}: {error.strerror}") from error


def _upgrade(connection: Connection) -> None:
    # Here and not above: most tills that start, and all commands, have nothing to bring up to date.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise _cannot(connection.engine, str(error)) from error


def _cannot(engine: Engine, why: str, *, locked: bool = False) -> StoreError:
    """Say why, and what to do with a database of this kind."""
    if locked:
        helps = (
            "Another program keeps it for itself, perhaps one to look into databases: close it there, and try again."
            " Nothing is damaged"
        )
    elif engine.dialect.name == "sqlite":
        helps = (
            "Is POS_DATABASE_URL right, its folder there and writable, the disk not full? A damaged file is replaced by"
            " a backup: flask restore FILE"
        )
    else:
        helps = "Is that PostgreSQL running, and POS_DATABASE_URL right: host, port, user, password and name?"
    return StoreError(f"The database cannot be opened or brought up to date: {why.rstrip('.?')}. {helps}")


def _shape(connection: Connection) -> str | None:
    """Read which migration was the last; none was yet in a database that is new."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    last: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return last


def today() -> str:
    """Return which shape is today's."""
    return max(revisions())


@cache
def revisions() -> frozenset[str]:
    """Return the shapes that a database can have which this till can bring up to date, today's among them."""
    return frozenset(file.name.partition("_")[0] for file in (_HERE / "versions").glob("[0-9]*_*.py"))


def _refuse_newer(shape: str | None) -> None:
    if shape is not None and shape not in revisions():
        raise StoreError(
            f"The database is of a newer till (it has the shape {shape}): update this one first, or restore the backup"
            " from before the update: flask restore FILE"
        )


def _refuse_trial(connection: Connection) -> None:
    """Refuse a database of the days before the first release, when the first migration was still another one."""
    tables = inspect(connection)
    if tables.has_table("charge") and "network" not in {column["name"] for column in tables.get_columns("charge")}:
        raise TrialDatabase(
            f"{connection.engine.url.render_as_string()} was made by a trial version of the till, before 0.1.0, and"
            " cannot be brought up to date. Keep it in another place, or name a new one in POS_DATABASE_URL, and start"
            " again: the till makes what it needs."
        )


def _alone(engine: Engine, lock: Path) -> AbstractContextManager[Connection]:
    return _alone_in_file(engine, lock) if engine.dialect.name == "sqlite" else _alone_on_server(engine)


@contextmanager
def _alone_in_file(engine: Engine, lock: Path) -> Iterator[Connection]:
    """Keep the other processes of this host out; a file that is new cannot be locked by SQLite's own means.

    Whoever else may write to it is kept out, too, if there is something to change.
    """
    # The database holds what proves payments: it is nobody else's.
    lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        _touch(engine.url.database)
        with engine.begin() as connection, patient(connection):
            # Most commands only read, and can do so while another program keeps the lock for itself.
            if _shape(connection) != today():
                # Python's driver begins a transaction before a row is changed, but not before a table is.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection


@contextmanager
def _alone_on_server(engine: Engine) -> Iterator[Connection]:
    """Keep every other host out, by a lock that ends with the transaction."""
    with engine.begin() as connection, patient(connection):
        _check_encoding(connection.connection.driver_connection)
        connection.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))
        yield connection


def _check_encoding(driver: Any) -> None:
    encoding = driver.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StoreError(f"the database's encoding is {encoding}, which holds no emoji: create it with ENCODING 'UTF8'")


def _touch(file: str | None) -> None:
    """Make an SQLite file that is not there yet, for its owner's eyes only. Raises StoreError if its log is there."""
    if not file:
        return
    if lone_log(Path(file)):
        raise StoreError(
            f"the database file {file} is gone or empty, but its log {file}-wal is there, with sales in it: stop the"
            " till, bring the file back (or put a backup in its place: flask restore FILE), and start it again"
        )
    Path(file).touch(mode=0o600)

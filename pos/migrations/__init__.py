"""The database's shape and its history (Alembic): `migrate` brings any older one to today's, at every start."""

import fcntl
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from pos.store import StoreError


def migrate(engine: Engine, lock: Path) -> None:
    """Bring the database to today's shape. Of several processes on one host that start at once, one goes first.

    SQLite has no lock of its own that spans a whole migration, hence the lock file.

    Raises StoreError.
    """
    config = AlembicConfig()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    try:
        # The book holds what proves payments: it is nobody else's.
        lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _touch(engine.url.database)
        with lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            with engine.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
    except (SQLAlchemyError, CommandError, OSError) as error:
        raise StoreError(f"the database cannot be opened or brought up to date: {error}") from error


def _touch(file: str | None) -> None:
    """Make an SQLite file that is not there yet, for its owner's eyes only."""
    if file:
        Path(file).touch(mode=0o600)

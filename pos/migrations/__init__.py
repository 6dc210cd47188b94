"""The database's shape and its history (Alembic): `migrate` brings any older one to today's, at every start."""

import fcntl
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
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
        with lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            with engine.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(f"the database cannot be opened or brought up to date: {error}") from error

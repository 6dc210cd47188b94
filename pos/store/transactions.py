"""The transactions of one database: every statement runs in one. What is read or written is not known here."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from pos.store.engine import reason
from pos.store.errors import StoreError
from pos.store.file import File


class Transactions:
    """Begins transactions. `patience` is for how many seconds a writer waits for the lock of an SQLite file."""

    def __init__(self, engine: Engine, patience: float) -> None:
        self._engine = engine
        self._file = File(engine, patience) if engine.dialect.name == "sqlite" else None
        # Said with BEGIN, so it is no further question to the server. SQLite knows no other level.
        self._steady = engine if self._file else engine.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Begin a transaction that mostly reads. Raises StoreError, or IntegrityError.

        What others write meanwhile may be in what it reads next.
        """
        with self._begin(self._engine) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Begin a transaction that only reads, and always the same, whatever others write meanwhile. Raises StoreError.

        It locks nobody out.
        """
        with self._begin(self._steady) as connection:
            if self._file:
                driver: Any = connection.connection.driver_connection
                # Python begins none before it writes: each question would read what is there by then.
                driver.execute("BEGIN")
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Begin a transaction that writes: of one SQLite file there is one at a time. Raises as `begin` does."""
        if self._file is None:
            with self.begin() as connection:
                yield connection
            return
        with self.errors():
            self._file.verify()
            with self._file.writing(self._engine) as connection:
                yield connection

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn what the database says into StoreError; that something stands there already is for who wrote it."""
        try:
            yield
        except IntegrityError:
            raise
        except (SQLAlchemyError, psycopg.Error, sqlite3.Error, OSError) as error:
            raise StoreError(reason(error)) from error

    def verify_file(self) -> None:
        """Look whether an SQLite database is still the file that it was. Raises StoreError, or OSError."""
        if self._file:
            self._file.verify()

    def check_file(self) -> None:
        """Look whether the file of an SQLite database is sound. Raises StoreError."""
        if self._file:
            with self.errors():
                self._file.check()

    def close(self) -> None:
        """Let go of every open connection; what is asked next opens new ones."""
        self._engine.dispose()
        if self._file:
            self._file.close()

    @contextmanager
    def _begin(self, engine: Engine) -> Iterator[Connection]:
        with self.errors():
            if self._file:
                # Before a sale asks the wallet for an invoice it looks for its idempotency key, and so comes by here.
                self._file.verify()
            with engine.begin() as connection:
                yield connection
                if self._file:
                    self._file.note_log()

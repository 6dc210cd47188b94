"""Whether anybody else has the database open, as a till that serves has it all the time."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

# What the server itself does there has no user.
_OTHERS = text(
    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND usesysid IS NOT NULL"
    " AND pid <> pg_backend_pid())"
)
# SQLite does so for nobody while another has the file open.
_GIVE_UP_LOG = text("PRAGMA journal_mode = DELETE")
_KEEP_LOG = text("PRAGMA journal_mode = WAL")


def is_in_use(connection: Connection) -> bool:
    """Tell in a transaction whether the database is open over any other connection, of this process or another one.

    A transaction of an SQLite file must have written nothing yet: it is ended, and begun anew.
    """
    if connection.dialect.name == "postgresql":
        return bool(connection.scalar(_OTHERS))
    driver: Any = connection.connection.driver_connection
    driver.rollback()
    try:
        connection.scalar(_GIVE_UP_LOG)
    except OperationalError as error:
        if isinstance(error.orig, sqlite3.Error) and error.orig.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            return True
        raise
    connection.scalar(_KEEP_LOG)
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    return False

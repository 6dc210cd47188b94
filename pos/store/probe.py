"""A write that reaches the disk and is about nothing: whether the database still takes one."""

from sqlalchemy import Connection, text

# Nobody reads this number of an SQLite file (sqlite.org, PRAGMA user_version); to change it writes the first page.
_READ = text("PRAGMA user_version")
_MOST = 2**31 - 1
# To have a number a transaction of PostgreSQL is written down, though it changes nothing.
_NUMBER = text("SELECT txid_current()")


def write(connection: Connection) -> None:
    """Write so little that nobody notices, and so that the commit has to reach the disk."""
    if connection.dialect.name == "postgresql":
        connection.execute(_NUMBER)
        return
    (seen,) = connection.execute(_READ).one()
    connection.exec_driver_sql(f"PRAGMA user_version = {(seen + 1) % _MOST}")

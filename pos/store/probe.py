"""Whether the database still takes a write, by one that reaches the disk and is about nothing; and whose it is."""

from sqlalchemy import Connection, text

from pos.store.errors import OtherShape

# Nobody reads this number of an SQLite file (sqlite.org, PRAGMA user_version); to change it writes the first page.
_READ = text("PRAGMA user_version")
_MOST = 2**31 - 1
# To have a number a transaction of PostgreSQL is written down, though it changes nothing.
_NUMBER = text("SELECT txid_current()")
_SHAPE = text("SELECT version_num FROM alembic_version")


def write(connection: Connection) -> None:
    """Write so little that nobody notices, and so that the commit has to reach the disk."""
    if connection.dialect.name == "postgresql":
        connection.execute(_NUMBER)
        return
    (seen,) = connection.execute(_READ).one()
    connection.exec_driver_sql(f"PRAGMA user_version = {(seen + 1) % _MOST}")


def check_shape(connection: Connection, shape: str) -> None:
    """Raise OtherShape where the database has another one than `shape` (Alembic's)."""
    found = connection.scalar(_SHAPE)
    if found != shape:
        raise OtherShape(
            f"another version of the till has changed the database (it has the shape {found}, and this till's is"
            f" {shape}): bring this till up to date, and start it anew"
        )

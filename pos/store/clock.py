"""The database's own clock."""

from sqlalchemy import Connection, text

_READ = text("SELECT extract(epoch FROM clock_timestamp())")


def read(connection: Connection) -> float:
    """Return what a PostgreSQL's clock says, in unix seconds."""
    return float(connection.execute(_READ).scalar_one())

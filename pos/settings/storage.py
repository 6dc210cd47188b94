"""The settings of what is kept: the folder and the database."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from pos.environment import Group, Wrong, setting

_POSTGRESQL = re.compile(
    r"""postgresql\+psycopg://
        # Who: what the address itself has a sign for is written %XX.
        (?:[^\s:/?#@%]|%(?!00)[0-9a-f]{2})+ (?::(?:[^\s:/?#@%]|%(?!00)[0-9a-f]{2})+)? @
        (?: # A server and its database, or a database and the folder of its server's socket.
            (?:[^\s:/?#@%\[\]]+|\[[0-9a-f:.]+\]) (?::[0-9]{1,5})? /[^\s/?#@%]+
            (?:\?ssl\w+=[^\s&#]+ (?:&ssl\w+=[^\s&#]+)*)?
          | /[^\s/?#@%]+ \?host=/[^\s&#]+ (?:&port=[0-9]{1,5})?
        )""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)


def database_url(given: str) -> str:
    """Take the address of an SQLite file or of a PostgreSQL."""
    file = given.removeprefix("sqlite:///")
    is_file = file not in ("", given, ":memory:") and "?" not in file
    if is_file or _POSTGRESQL.fullmatch(given):
        return given
    raise Wrong(
        "must be an SQLite file (sqlite:///var/till.db) or a PostgreSQL with user and name, special signs as %XX"
    )


def sqlite_file(folder: Path) -> str:
    """Return the address of the database of a till that keeps all in one folder."""
    return sqlite_url(folder / "till.db")


def sqlite_url(file: Path) -> str:
    """Return the address of a database that is this file, whatever signs are in its path."""
    return f"sqlite:///{quote(str(file))}"


@dataclass(frozen=True, kw_only=True)
class StorageSettings(Group):
    """What is kept, and where."""

    title: ClassVar[str] = "Storage"

    var: Path = setting(
        "POS_VAR",
        Path,
        default="var",
        example="/var/lib/till",
        about="The folder of what the till keeps.",
    )
    database_url: str = setting(
        "POS_DATABASE_URL",
        database_url,
        default=sqlite_file(Path("var")),
        example="postgresql+psycopg://till:password@127.0.0.1:5432/till",
        about="An SQLite file, or a PostgreSQL: on a socket `postgresql+psycopg://user@/name?host=/folder`.",
        unset="always in the folder of POS_VAR",
        secret=True,
    )

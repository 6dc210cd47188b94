"""Which version this till is: the first one of CHANGELOG.md. It stands nowhere else."""

import re
from functools import lru_cache
from pathlib import Path

CHANGELOG = Path(__file__).parent.parent / "CHANGELOG.md"
_HEADING = re.compile(r"^## \[([0-9]+\.[0-9]+\.[0-9]+)\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$", re.MULTILINE)


class NoVersion(Exception):
    """A till that is not whole: it cannot say which version it is. The text says what is missing."""


@lru_cache
def version() -> str:
    """Return this till's version, such as "0.3.0". Raises NoVersion."""
    return read_version(CHANGELOG)


def read_version(changelog: Path) -> str:
    """Return the first version that a changelog has a heading for. Raises NoVersion."""
    try:
        heading = _HEADING.search(changelog.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise NoVersion(f"{changelog}, which says its version, cannot be read: {error}") from error
    if heading is None:
        raise NoVersion(f"{changelog} names no version. Example of a heading: ## [1.0.0] - 2027-01-31")
    return heading[1]

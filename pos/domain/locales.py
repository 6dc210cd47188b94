"""How languages write: Babel's data, with that of each kept apart from the others'. Imported before any of it is read.

A locale shares with its parent whatever it has no own of, and Babel writes into what they share which name it found for
one of them: somebody reads a month in Japanese, and whoever reads next finds it in German pages as well
(https://github.com/python-babel/babel/issues/1234).
"""

from copy import deepcopy
from functools import cache
from typing import Any

from babel import Locale, localedata


class Apart(dict[Any, Any]):
    """A part of what all languages come from: each gets one of its own."""

    def copy(self) -> "Apart":
        """Return a copy that shares nothing with this one."""
        return deepcopy(self)


_root = localedata.load("root")
_root.update({name: Apart(part) for name, part in _root.items() if isinstance(part, dict)})


@cache
def locale(code: str) -> Locale:
    """Return how a language writes."""
    return Locale.parse(code)

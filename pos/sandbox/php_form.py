"""A form as PHP reads it: `a[b]=c` is an array with a key, `a[]=c` one more item, and the last of a name counts.

The rules are those of PHP's manual, "Variables From External Sources"; what the fields mean is in parameters.py.
"""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

# `name[b][c]`: PHP reads no further than the first bracket that is not closed, or whatever else follows the last one.
_NAME = re.compile(r"(?P<name>[^\[]+)(?P<keys>(?:\[[^\]]*\])*)", re.DOTALL)
_KEY = re.compile(r"\[([^\]]*)\]", re.DOTALL)
# A key that counts as a position.
_POSITION = re.compile(r"0|[1-9][0-9]{0,17}")
# PHP's max_input_nesting_level and max_input_vars: what is deeper, and what comes after, is left out.
_MAX_DEPTH = 64
_MAX_FIELDS = 1000


class Fields(dict[str, Any]):
    """An array of PHP's. Items without a key have "0", "1", ..."""

    _next = 0

    def put(self, key: str, value: Any) -> None:
        """Set an item, or add one where the key is empty."""
        key = key or str(self._next)
        if _POSITION.fullmatch(key):
            self._next = max(self._next, int(key) + 1)
        self[key] = value

    def within(self, key: str) -> "Fields":
        """Return the array under a key; what else stood there is gone, as in PHP."""
        inner = self.get(key)
        if not isinstance(inner, Fields):
            inner = Fields()
            self.put(key, inner)
        return inner


def read_form(items: Iterable[tuple[str, str]]) -> Fields:
    """Nest the fields of a form."""
    fields = Fields()
    for written, value in islice(items, _MAX_FIELDS):
        keys = _keys(written.lstrip(" "))
        if 0 < len(keys) <= _MAX_DEPTH:
            array = fields
            for key in keys[:-1]:
                array = array.within(key)
            array.put(keys[-1], value)
    return fields


def _keys(written: str) -> list[str]:
    """Return the name of a field and the keys within it; none for a field without a name."""
    found = _NAME.match(written)
    if not found:
        return []
    keys = _KEY.findall(found["keys"])
    # Without keys, a bracket that is not closed is a part of the name.
    return [re.sub(r"[ .]", "_", found["name"] if keys else written.replace("[", "_")), *keys]

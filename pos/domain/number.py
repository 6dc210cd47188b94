"""The number of a sale: it counts up in each year of a shop, and a person can read it out on a phone."""

import re
from dataclasses import dataclass

from pos.domain.figures import plain_figures

_NUMBER = re.compile(r"(?:([0-9]{4})\s?[-－/. ]\s?)?([0-9]{1,12})")


@dataclass(frozen=True, slots=True, order=True)
class Number:
    """The `count`-th sale of a `year`. It names a sale in the shop, and is no secret."""

    year: int
    count: int

    def __str__(self) -> str:
        """Write it whole: 2026-1047."""
        return f"{self.year}-{self.count}"

    def within(self, year: int) -> str:
        """Write it as it is said in a year: 1047, or whole where it is of another year."""
        return str(self.count) if year == self.year else str(self)


def read_number(text: str, year: int) -> Number | None:
    """Read what somebody typed or was told in a year: 1047, 2026-1047, 2026 1047. None if it is no number of a sale.

    In the digits of any script, as amounts are read: Japanese keyboards write wide ones.
    """
    found = _NUMBER.fullmatch(plain_figures(text[:64]).strip())
    if not found or int(found[2]) == 0:
        return None
    return Number(int(found[1] or year), int(found[2]))

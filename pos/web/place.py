"""A place in the list of all sales, as an address or a cursor has it: the pages and programs read the same."""

import re

from pos.domain.report import Place

_PLACE = re.compile(r"([0-9]{1,12})-([!-~]{1,64})")


def write_place(place: Place) -> str:
    """Write a place, for whoever asks for what follows on it."""
    at, sale_id = place
    return f"{at}-{sale_id}"


def read_place(text: str) -> Place | None:
    """Read a place as it was written; None if it is none."""
    found = _PLACE.fullmatch(text)
    return (int(found[1]), found[2]) if found else None

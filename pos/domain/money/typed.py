"""What a person types as a number, and the ways in which it can be read. Which way counts is decided in parse.py."""

import re
from dataclasses import dataclass

from pos.domain.figures import plain_figures
from pos.domain.money.format import DIRECTION_MARKS

# Kinds of one sign that keyboards know, and marks that come along with a copied text.
_SAME: dict[int, str | None] = {
    **dict.fromkeys(map(ord, "\u00a0\u2009\u202f"), " "),
    **DIRECTION_MARKS,
    ord("’"): "'",
    ord("．"): ".",
    ord("，"): ",",
}
_GROUP = "[ '_.,٬]"
_WHOLE = re.compile(
    rf"[0-9]+|[1-9][0-9]{{0,2}}(?:(?P<sign>{_GROUP})[0-9]{{3}})(?:(?P=sign)[0-9]{{3}})*"
    # India groups by hundreds above the thousand, and by commas alone.
    r"|[1-9][0-9]?,(?:[0-9]{2},)+[0-9]{3}"
)
_PARTS = re.compile(r"(?P<whole>.*)(?P<sign>[.,٫])(?P<fraction>[0-9]*)")


@dataclass(frozen=True, slots=True)
class Number:
    """One way to read what was typed: the digits before and after the decimal sign, and which sign that is."""

    whole: str
    sign: str = ""
    fraction: str = ""


def clean(text: str) -> str:
    """Return a text with the digits of every script as 0 to 9, and with one kind of each sign."""
    return plain_figures(text.translate(_SAME)).strip()


def as_whole(text: str) -> Number | None:
    """Read a clean text as a whole number, its thousands apart or not. None if it is not one."""
    return Number(_digits(text)) if _WHOLE.fullmatch(text) else None


def as_decimal(text: str) -> Number | None:
    """Read a clean text as a number with a decimal sign, before or after which nothing may stand. None if not one."""
    parts = _PARTS.fullmatch(text)
    if parts is None or text == parts["sign"] or parts["sign"] in parts["whole"]:
        return None
    if parts["whole"] and not _WHOLE.fullmatch(parts["whole"]):
        return None
    return Number(_digits(parts["whole"]), parts["sign"], parts["fraction"])


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)

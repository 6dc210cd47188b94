"""The number of a charge: what a person reads out on a phone. It names a charge in the shop, and is no secret."""

import re

# Crockford's base 32: one case, and no letter that is taken for a digit or for another letter.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_HEARD = str.maketrans("OIL", "011")
_LENGTH = 8
# How many different ones there are.
NUMBERS = len(_ALPHABET) ** _LENGTH
_NUMBER = re.compile(rf"[{_ALPHABET}]{{{_LENGTH}}}")


def to_number(value: int) -> str:
    """Write a whole number from 0 to NUMBERS - 1 as the number of a charge."""
    digits = ""
    for _ in range(_LENGTH):
        value, digit = divmod(value, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits


def read_number(text: str) -> str | None:
    """Read what somebody typed or was told, in whichever case and groups; None if it is the number of no charge."""
    heard = re.sub(r"[\s.\-_]", "", text[:64]).upper().translate(_HEARD)
    return heard if _NUMBER.fullmatch(heard) else None


def spoken(number: str) -> str:
    """Write a number in two groups, as one reads it out."""
    return f"{number[: _LENGTH // 2]} {number[_LENGTH // 2 :]}"

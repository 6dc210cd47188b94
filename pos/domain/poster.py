"""A poster: what is said on it, and on which papers it is printed."""

from dataclasses import dataclass, field
from enum import StrEnum


class Size(StrEnum):
    """What it is printed on: a sheet, a card, a sheet of stickers, or a sheet that is folded and stands on a table."""

    A4 = "a4"
    A6 = "a6"
    STICKERS = "stickers"
    TENT = "tent"


@dataclass(frozen=True, slots=True)
class Poster:
    """Texts in the language of who reads them. `lnurl` is what wallets read in its code, in upper case.

    `address` is the Lightning address, and `price` what a product costs; empty where there is none. `picture` is a
    JPEG, or empty.
    """

    title: str
    text: str
    price: str
    how: str
    address: str
    lnurl: str
    picture: bytes = field(repr=False)

"""Languages that say each thing as the most long-winded of ours does: a page that holds with them holds with all.

They are those that are written from the left; Arabic is not only longer or shorter than they are.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from babel import Locale
from babel.support import NullTranslations
from PIL import ImageFont

from pos.translations.languages import LANGUAGES, catalog
from tests.browser.fonts import WIDE

# As wide as one of Japan's letters, and lines may break beside it; of those the fonts of the tests have none.
STAND_IN = "☁"
_pen = ImageFont.truetype(f"{WIDE.replace(' ', '')}.ttf", 100)


def line(text: str) -> float:
    """Return how wide a text is that stands on one line."""
    return _pen.getlength(text)


def word(text: str) -> tuple[float, float]:
    """Return how wide a text is at least, on however many lines; of two such texts the longer counts."""
    return max(map(line, re.split(rf"\s|(?<={STAND_IN})", text))), line(text)


def drawn(text: str) -> str:
    """Return a text as the fonts of the tests can draw it."""
    return "".join(STAND_IN if unicodedata.east_asian_width(letter) in "WF" else letter for letter in text)


@cache
def longest(width: Callable[[str], object], texts: frozenset[str]) -> str:
    """Return that of some texts which is the widest as it is drawn."""
    return max(sorted(map(drawn, texts)), key=width)  # type: ignore[arg-type]


class Longest(NullTranslations):
    """Says each thing as that language does in which it is the longest."""

    def __init__(self, width: Callable[[str], object]) -> None:
        super().__init__()
        self._width = width
        self._said = [catalog(code) for code in LANGUAGES if Locale.parse(code).text_direction == "ltr"]

    def gettext(self, message: str) -> str:
        return longest(self._width, frozenset(it.gettext(message) for it in self._said))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return longest(self._width, frozenset(it.ngettext(msgid1, msgid2, n) for it in self._said))

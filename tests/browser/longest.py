"""A language that says each thing at least as wide as any of ours does: a page that holds with it holds with all.

They are those that are written from the left; Arabic is not only longer or shorter than they are.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, time, timedelta
from functools import cache

from babel import Locale, localedata
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.support import NullTranslations
from PIL import ImageFont

from pos.translations.languages import LANGUAGES, catalog
from tests.browser.fonts import WIDE

# The code that Unicode has for a language nobody speaks and all texts of which are too long.
LONGEST = "en_XA"
# As wide as one of Japan's letters, and lines may break beside it; of those the fonts of the tests have none.
STAND_IN = "☁"
OURS = tuple(code for code in LANGUAGES if Locale.parse(code).text_direction == "ltr")
_pen = ImageFont.truetype(f"{WIDE.replace(' ', '')}.ttf", 100)
_VALUE = re.compile(r"%\(\w+\)s|\{\w+\}")


def line(text: str) -> float:
    """Return how wide a text is that stands on one line, but for the values in it."""
    return _pen.getlength(_VALUE.sub("", text))


def parts(text: str) -> list[str]:
    """Return what of a text stays on one line, however little room there is."""
    return re.split(rf"\s|(?<=[-/–{STAND_IN}])", text)


def longest_part(text: str) -> str:
    """Return the widest word of a text that has no value in it."""
    return max((it for it in parts(text) if not _VALUE.search(it)), key=line, default="")


def drawn(text: str) -> str:
    """Return a text as the fonts of the tests can draw it."""
    return "".join(STAND_IN if unicodedata.east_asian_width(letter) in "WF" else letter for letter in text)


@cache
def longest(texts: frozenset[str]) -> str:
    """Return a text that is as wide as the widest of some texts, and the widest word of all of which is one of its own.

    It is no wider than it has to be: what fits into its place in each language has to fit.
    """
    lines = sorted(map(drawn, texts), key=lambda it: (line(it), it))
    widest = max(map(longest_part, lines), key=line)
    own = longest_part(lines[-1])
    if line(widest) <= line(own):
        return lines[-1]
    # What is a value and nothing else has no word to give, and gets one more.
    return _shortened(lines[-1].replace(own, widest, 1) if own else f"{lines[-1]} {widest}", widest, line(lines[-1]))


def _shortened(text: str, kept: str, width: float) -> str:
    """Take letters away from a text, but from none of its values and not from one word, until it is just so wide."""
    words = text.split(" ")
    for place in range(len(words) - 1, -1, -1):
        if kept in words[place] or _VALUE.search(words[place]):
            continue
        while words[place]:
            words[place] = words[place][:-1]
            short = " ".join(filter(None, words))
            if line(short) < width:
                while line(" ".join(filter(None, words))) < width:
                    words[place] += "i"
                return " ".join(filter(None, words))
    return " ".join(filter(None, words))


class Longest(NullTranslations):
    """Says each thing in at least as much room as any language of ours."""

    def __init__(self) -> None:
        super().__init__()
        self._said = [catalog(code) for code in OURS]

    def gettext(self, message: str) -> str:
        return longest(frozenset(it.gettext(message) for it in self._said))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return longest(frozenset(it.ngettext(msgid1, msgid2, n) for it in self._said))


def _ages(code: str) -> Iterable[str]:
    for seconds in (1, 45, 12 * 60, 2 * 60 * 60, 3 * 24 * 60 * 60):
        yield format_timedelta(timedelta(seconds=-seconds), add_direction=True, locale=code)


def _times(code: str) -> Iterable[str]:
    for form in ("short", "medium"):
        yield format_time(time(22, 48, 48), form, locale=code)


def _days(code: str) -> Iterable[str]:
    for month in range(1, 13):
        day = date(2026, month, 27)
        yield from (format_skeleton(form, day, locale=code) for form in ("MMMEd", "yMMMEd", "yMMMM"))
        yield format_date(day, "medium", locale=code)


# What is written by which of the parts that Babel knows of a language.
_WRITTEN: dict[Callable[[str], Iterable[str]], tuple[str, ...]] = {
    _ages: ("date_fields", "plural_form"),
    _times: ("time_formats", "day_periods"),
    _days: ("date_formats", "datetime_formats", "datetime_skeletons", "months", "days"),
}


def _wide(written: Iterable[str]) -> float:
    return sum(map(line, map(drawn, written)))


def learn() -> None:
    """Let Babel know how the longest language writes: ages, times and days as whoever needs the most room for them."""
    # Amounts are as French has them: as wide as most. One scene has an amount wider than any language writes others.
    data = dict(localedata.load("fr"))
    for write, names in _WRITTEN.items():
        writer = max(OURS, key=lambda code: _wide(write(code)))
        data |= {name: localedata.load(writer)[name] for name in names}
    localedata._cache[LONGEST] = data

"""How many there are of something, as each language says it: with its duals and plurals, by CLDR's word for it."""

import re
from datetime import timedelta

import pytest
from babel.dates import format_timedelta

from pos.translations.collect import read
from pos.translations.languages import LANGUAGES, catalog

# In one language or another each of them is counted in a way of its own.
COUNTS = (1, 2, 3, 5, 11, 21, 22, 25, 59, 100, 101, 103)
# With what an Arabic word may end after 11 to 99, and not after a full hundred.
TANWIN = re.compile("ًا")


def bare(text: str) -> str:
    """Return a text without its number."""
    return re.sub(r"[0-9\s\u200f]+", " ", text).strip()


def of_cldr(language: str, unit: str, count: int) -> list[str]:
    """Write so much time by itself, and before and after now: in any case that a sentence may have it in."""
    spans = timedelta(**{f"{unit}s": count}), timedelta(**{f"{unit}s": -count})
    return [
        bare(format_timedelta(it, granularity=unit, threshold=10**6, add_direction=directed, locale=language))  # type: ignore[arg-type]
        for it in spans
        for directed in (False, True)
    ]


@pytest.mark.parametrize("unit", ["second", "minute", "hour", "day"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_span_of_time_is_said_as_the_language_does(language: str, unit: str) -> None:
    for count in COUNTS:
        said = catalog(language).ngettext(f"%(num)s {unit}", f"%(num)s {unit}s", count) % {"num": count}
        assert any(bare(said) in it for it in of_cldr(language, unit, count)), said
        # A dual says by itself how many it is.
        assert str(count) in said or count in (1, 2)


@pytest.mark.parametrize("message", [it.id for it in read("ar") if it.id and it.pluralizable], ids=lambda it: it[0])
def test_a_hundred_in_arabic_are_not_counted_as_eleven_are(message: tuple[str, str]) -> None:
    assert not TANWIN.search(catalog("ar").ngettext(*message, 100))


def test_eleven_things_in_arabic_are_in_the_accusative() -> None:
    said = catalog("ar").ngettext("%(num)s item", "%(num)s items", 11) % {"num": 11}
    assert said == "11 بندًا"

"""What people write beside an amount to say in which unit it is: "5 €", "eur 5", "1500円", "4200 sats", "5 euros".

The unit itself is never guessed from it: it is chosen before, and what belongs to another one is not taken away.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from babel import Locale
from babel.numbers import get_currency_name, get_currency_symbol

from pos.domain.money.currency import SAT
from pos.domain.money.typed import clean

# In whose words an amount may be typed, whatever language the page is in: those that the till speaks.
SPOKEN = (
    *("ar", "cs", "de", "en", "es", "fi", "fr", "id", "it", "ja", "ko", "nl", "pl", "pt", "sv", "sw", "tr", "uk", "vi"),
    "zh_Hans",
)
_SAT = ("sat", "sats", "satoshi", "satoshis", "سات", "ساتوشي", "サトシ")
# Numbers of things, so that each plural of every language is among them.
_COUNTS = (0, 1, 2, 3, 11, 100, 1_000_000)


def without_sign(typed: str, currency: str, own: str, locale: str) -> str:
    """Take a sign or a name of the currency away from either end of a clean text, be it in small letters or large.

    `own` is the sign in the language of the page, `locale`. Only where more than that was written the language's names
    are read, and only where that will not do those of all: each language takes its time to load.
    """
    if typed.lower().startswith(f"{currency.lower()}."):
        # Nobody shortens "EUR" by a dot, and not everybody means cents by "EUR.50": it is no amount.
        return typed
    short = _cut(typed.lower(), (currency.lower(), own.lower()))
    if not has_sign(short):
        return short
    # "Rs" may be all that one language knows of another's "Rs.": what is left of that would be another amount.
    named = _cut(typed.lower(), signs(currency, (locale,)))
    is_bare = named[:1].isdigit() and named[-1:].isdigit() and not has_sign(named)
    return named if is_bare else _cut(typed.lower(), signs(currency, SPOKEN))


def has_sign(text: str) -> bool:
    """Tell whether there is more in a text than digits and what stands between them."""
    return any(character.isalpha() or unicodedata.category(character) == "Sc" for character in text)


def _cut(text: str, known: Iterable[str]) -> str:
    before = next((sign for sign in known if text.startswith(sign)), "")
    text = text.removeprefix(before)
    if before[-1:].isalpha():
        # "Rs.50" is fifty: the dot belongs to what is shortened.
        text = text.removeprefix(".")
    text = text.lstrip()
    after = next((sign for sign in known if text.endswith(sign)), "")
    return text.removesuffix(after).rstrip()


@cache
def signs(currency: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return all of a currency's signs and names in some languages, in small letters, the longest first."""
    written = set(_SAT) if currency == SAT else {currency, *_written(currency, languages)}
    small = {clean(each).lower() for each in written}
    return tuple(sorted(small | {each.strip(".") for each in small} - {""}, key=lambda sign: (-len(sign), sign)))


def _written(currency: str, languages: tuple[str, ...]) -> Iterator[str]:
    for locale in map(Locale.parse, languages):
        symbol = get_currency_symbol(currency, locale)
        # Who lives with Canadian dollars writes $, and not CA$.
        yield from (symbol, *(sign for sign in symbol if unicodedata.category(sign) == "Sc"))
        for name in (get_currency_name(currency, locale=locale), *_names(currency, locale)):
            # A yen is a yen, and not "Japanese yen" each time.
            yield from (name, *(word for word in name.replace("-", " ").split() if len(word) > 1))


def _names(currency: str, locale: Locale) -> Iterator[str]:
    for count in _COUNTS:
        yield get_currency_name(currency, count, locale)

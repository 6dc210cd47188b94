"""The reader's language: which it is, and sentences, amounts and times written in it.

What is said lies in pos/translations, one file a language; English is what stands in the code and the templates.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.dates import format_time, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, current_app, request
from flask_babel import Babel, Domain, get_locale, gettext

from pos.domain.money import SAT, Money, format_money, format_number
from pos.domain.sentence import Sentence

CATALOGS = Path(__file__).parent.parent / "translations"
# Each in its own words, as somebody who looks for it knows them.
LANGUAGES = {
    "en": "English",
    "es": "Español",
    "pt": "Português",
    "de": "Deutsch",
    "fr": "Français",
    "ja": "日本語",
    "ar": "العربية",
}
COOKIE = "language"


class _Catalogs(Domain):  # type: ignore[misc]
    """Flask-Babel would read compiled files, anew for every request. Ours are read as they were written, once."""

    def get_translations(self) -> NullTranslations:
        read: Callable[[str], NullTranslations] = current_app.extensions["catalogs"]
        return read(language())


class _Babel(Babel):  # type: ignore[misc]
    @property
    def domain_instance(self) -> Domain:
        return _Catalogs(domain=self.domain)


@lru_cache
def catalog(code: str) -> NullTranslations:
    """Return what is said in a language, by its English words."""
    if code == "en":
        return NullTranslations()
    compiled = BytesIO()
    with (CATALOGS / f"{code}.po").open("rb") as file:
        write_mo(compiled, read_po(file, code))
    compiled.seek(0)
    return Translations(compiled)


def init_app(app: Flask) -> None:
    """Let the pages of an app be in the language of whoever reads them."""
    _Babel(app, locale_selector=_chosen)
    app.extensions["catalogs"] = catalog
    app.jinja_env.filters |= {"money": write_money, "number": write_number, "clock_time": write_time}
    app.jinja_env.globals |= {"language": language, "direction": direction, "in_sat": in_sat}


def language() -> str:
    """Return the code of the language that the answer to this request is in."""
    return str(get_locale())


def direction() -> str:
    """Say which way that language is written: "ltr" or "rtl"."""
    locale = get_locale()
    return str(locale.text_direction) if locale else "ltr"


def say(sentence: Sentence) -> str:
    """Return a sentence in the reader's language, with its values as that language writes them."""
    values = {name: write_money(it) if isinstance(it, Money) else it for name, it in sentence.values.items()}
    return str(gettext(sentence.words).format_map(values))


def write_money(money: Money) -> str:
    """Write an amount with its unit."""
    if money.currency == SAT:
        return str(gettext("{number} sat").format(number=write_number(money)))
    return format_money(money, language())


def write_number(money: Money) -> str:
    """Write an amount without its unit."""
    return format_number(money, language())


def in_sat(amount: int) -> Money:
    """Return so many sat as an amount that can be written."""
    return Money(amount, SAT)


def write_time(at: int) -> str:
    """Write the time of day (`at` in unix seconds) in the server's time zone."""
    return str(format_time(datetime.fromtimestamp(at), "short", locale=language()))


def write_age(seconds: int) -> str:
    """Write how long ago something was; what is of now was a second ago."""
    return str(format_timedelta(timedelta(seconds=-max(1, seconds)), add_direction=True, locale=language()))


def _chosen() -> str:
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    # Not best_match: it takes the English that comes last before the first of all that is from another country.
    wanted = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((code for code in wanted if code in LANGUAGES), "en")

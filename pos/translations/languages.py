"""The languages that the till speaks, and what is said in each."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

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
_CATALOGS = Path(__file__).parent


@lru_cache
def catalog(code: str) -> NullTranslations:
    """Return what is said in a language, by its English words. Each is read once, as it was written."""
    if code == "en":
        return NullTranslations()
    compiled = BytesIO()
    with (_CATALOGS / f"{code}.po").open("rb") as file:
        write_mo(compiled, read_po(file, code))
    compiled.seek(0)
    return Translations(compiled)

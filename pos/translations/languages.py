"""The languages that the till speaks, and what is said in each."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

# Each in its own words, as somebody who looks for it knows them, and in the order of those.
LANGUAGES = {
    "id": "Bahasa Indonesia",
    "cs": "Čeština",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "it": "Italiano",
    "sw": "Kiswahili",
    "nl": "Nederlands",
    "pl": "Polski",
    "pt": "Português",
    "fi": "Suomi",
    "sv": "Svenska",
    "vi": "Tiếng Việt",
    "tr": "Türkçe",
    "uk": "Українська",
    "ar": "العربية",
    "ko": "한국어",
    "ja": "日本語",
    "zh_Hans": "简体中文",
}
# How browsers ask for Chinese in its older letters. A plain "zh" may follow.
_OLDER_LETTERS = re.compile(r"zh-(hant|tw|hk|mo)\b.*", re.IGNORECASE)
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


def tag(code: str) -> str:
    """Return how a page and a browser call a language: zh-Hans, which is zh_Hans to us and to gettext."""
    return code.replace("_", "-")


def best(tags: Sequence[str], languages: Iterable[str] = LANGUAGES) -> str:
    """Return that of some languages which somebody wants who asks for some by their tags, the dearest first.

    Whoever reads Chinese in its older letters gets it in ours only if nothing else that they ask for is spoken.
    """
    spoken = {code.partition("_")[0]: code for code in languages}
    wanted = [spoken[it] for it in (each.partition("-")[0].lower() for each in tags) if it in spoken]
    chinese = next((each for each in tags if each.lower().startswith("zh")), "")
    if _OLDER_LETTERS.fullmatch(chinese):
        wanted.sort(key=lambda code: code == "zh_Hans")
    return next(iter(wanted), "en")

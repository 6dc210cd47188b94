"""Who stands before the screens: three readers, and what they find wrong with a page in every size and font."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.support import NullTranslations
from flask import Flask
from playwright.sync_api import Page, ViewportSize

from pos.translations.languages import catalog
from tests.browser.conftest import PHONE, TABLET
from tests.browser.fonts import NARROW, WIDE, seen_in
from tests.browser.longest import Longest, line, word
from tests.browser.scenes import LANDSCAPE

LOOK = (Path(__file__).parent / "scene.js").read_text()


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody before a screen: what they read, how large it is when the page comes, and in which font first."""

    name: str
    language: str
    direction: str
    words: NullTranslations
    size: ViewportSize
    fonts: tuple[str, ...]


# A page that holds with the longest of what all languages say, by lines and by words, holds with each of them; French
# has the longest ages, and English the longest times. One is read from the right. What has no room has the least of it
# in the wide font; what lies elsewhere in a narrow one does so for whoever reads the longest words, too.
READERS = (
    Reader("longest lines", "fr", "ltr", Longest(line), PHONE, (WIDE,)),
    Reader("longest words", "en", "ltr", Longest(word), LANDSCAPE, (NARROW, WIDE)),
    Reader("Arabic", "ar", "rtl", catalog("ar"), TABLET, (WIDE,)),
)


def speak_to_readers(app: Flask) -> None:
    """Let a shop say to each reader what they read, whose language it is otherwise."""
    app.extensions["catalogs"] = {it.language: it.words for it in READERS}.__getitem__


def seen(
    page: Page, script: str, sizes: Iterable[ViewportSize], families: Iterable[str] = (NARROW, WIDE)
) -> dict[str, Any]:
    """Run a script in a page that is shown in each size and font, and return what it found in each."""
    found, fonts = {}, list(families)
    for size in sizes:
        page.set_viewport_size(size)
        for font, it in seen_in(page, fonts, script).items():
            found[f"{font}, {size['width']}x{size['height']}"] = it
        # In the font that it wears by now it is laid out already.
        fonts.reverse()
    return found

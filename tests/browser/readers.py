"""Who stands before the screens: two readers, and what they find wrong with a page in every size and font."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from babel.support import NullTranslations
from flask import Flask
from playwright.sync_api import Page, ViewportSize

from pos.translations.languages import LANGUAGES, catalog, tag
from tests.browser.conftest import PHONE
from tests.browser.fonts import NARROW, WIDE, seen_in
from tests.browser.longest import LONGEST, Longest, learn
from tests.browser.scenes.stage import LANDSCAPE

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


# A page that holds with the longest of what all languages say holds with each of them. One is read from the right. What
# has no room has the least of it in the wide font; what lies elsewhere in a narrow one does so for the first, too. One
# sees pages come on a phone, the other on a large screen.
READERS = (
    Reader("longest", tag(LONGEST), "ltr", Longest(), PHONE, (WIDE, NARROW)),
    Reader("Arabic", "ar", "rtl", catalog("ar"), LANDSCAPE, (WIDE,)),
)


def speak_to_readers(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a shop say to each reader what they read."""
    learn()
    # Whoever reads the longest asks for it by its first part, and gets what was added last. Plain English is for who is
    # nobody's reader, such as the office's own history.
    monkeypatch.setitem(LANGUAGES, LONGEST, "Language of the longest words")
    longest, arabic = READERS
    app.extensions["catalogs"] = {LONGEST: longest.words, "en": longest.words, "ar": arabic.words}.__getitem__


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

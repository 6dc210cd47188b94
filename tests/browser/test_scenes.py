"""Every screen in every state: nothing is cut off or too small to hit, nothing moves, and axe finds nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

from pos.settings import Settings
from tests.browser.conftest import PATIENCE, PHONE
from tests.browser.scenes import SCENES, SIZES, Stage, read, stage

LOOK = (Path(__file__).parent / "scene.js").read_text()
# How much of the page has moved, by how far, since it was loaded: the sum of its layout shifts, where that is seen.
MOVES = """() => new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => {
        for (const { value, hadRecentInput } of list.getEntries()) sum += hadRecentInput ? 0 : value;
    }).observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => done(sum > 0.01 ? sum : 0)));
})"""
# One that reads from the right, and one whose words are long; each comes in another size, and is then seen in all.
LANGUAGES = dict(zip(("en", "ar", "de"), SIZES, strict=True))
# To axe, words are words.
LOOKED_OVER_IN = "en"
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")

pytestmark = pytest.mark.only_on("sqlite", reason="how a page looks does not depend on what the book is kept in")


@pytest.fixture
def put_up(settings: Settings) -> Iterator[Stage]:
    with stage(settings) as put_up:
        yield put_up


@contextmanager
def seen(browser: Browser, put_up: Stage, name: str, size: ViewportSize, language: str) -> Iterator[Page]:
    """Bring a browser to a scene, until the block is left."""
    put_up.mend()
    # Axe has to come in, which the pages' own policy would not let.
    with browser.new_context(viewport=size, bypass_csp=True, reduced_motion="reduce") as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        read(page, language)
        SCENES[name](put_up, page)
        yield page


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_cut_off_or_too_small_nothing_moves_and_axe_finds_nothing(
    browser: Browser, put_up: Stage, name: str, language: str
) -> None:
    with seen(browser, put_up, name, LANGUAGES[language], language) as page:
        wrong = {"moved": page.evaluate(MOVES)}
        for size in SIZES:
            page.set_viewport_size(size)
            wrong[f"{size['width']}x{size['height']}"] = page.evaluate(LOOK)
        if language == LOOKED_OVER_IN:
            wrong |= {scheme: found_by_axe(page, scheme) for scheme in SCHEMES}
    assert {where: what for where, what in wrong.items() if what} == {}


def found_by_axe(page: Page, scheme: Literal["light", "dark"]) -> str:
    """Look a page over as it is on a phone, by day or by night, and tell what is wrong with it."""
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme=scheme)
    results = Axe().run(page)
    return str(results.generate_report()) if results.violations_count else ""

"""Every screen in every state: nothing is cut off or too small to hit, nothing moves, and axe finds nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

from pos.config import Config
from tests.browser.conftest import PATIENCE
from tests.browser.scenes import PHONE, SCENES, SIZES, Stage, read, stage

WRONG = (Path(__file__).parent / "scene.js").read_text()
# One that reads from the right, and one whose words are long.
LANGUAGES = ("en", "ar", "de")
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")

every_scene = pytest.mark.parametrize("name", SCENES)


@pytest.fixture
def put_up(config: Config) -> Iterator[Stage]:
    with stage(config) as put_up:
        yield put_up


def bring(browser: Browser, put_up: Stage, name: str, size: tuple[int, int], language: str) -> Page:
    """Open a browser of its own and bring it to a scene."""
    put_up.mend()
    viewport: ViewportSize = {"width": size[0], "height": size[1]}
    # Axe has to come in, which the pages' own policy would not let.
    context = browser.new_context(viewport=viewport, bypass_csp=True, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    read(page, language)
    SCENES[name](put_up, page)
    return page


@every_scene
@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
def test_nothing_is_cut_off_or_too_small_and_nothing_moves(
    browser: Browser, put_up: Stage, name: str, size: tuple[int, int]
) -> None:
    wrong = {}
    for language in LANGUAGES:
        page = bring(browser, put_up, name, size, language)
        wrong[language] = page.evaluate(WRONG)
        page.context.close()
    assert wrong == {language: [] for language in LANGUAGES}


@every_scene
def test_axe_finds_nothing(browser: Browser, put_up: Stage, name: str) -> None:
    page = bring(browser, put_up, name, PHONE, "en")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        results = Axe().run(page)
        assert results.violations_count == 0, f"{scheme}: {results.generate_report()}"
    page.context.close()

"""Every screen in every state: nothing is cut off or too small to hit, nothing moves, and axe finds nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from pos.settings import Settings
from tests.browser.axe import found_by_axe, found_in_other_colours
from tests.browser.conftest import PATIENCE, PHONE, TABLET
from tests.browser.fonts import NARROW, WIDE, wear, wear_from_the_start
from tests.browser.people import Watch
from tests.browser.scenes import LANDSCAPE, SCENES, SIZES, Stage, read, stage

LOOK = (Path(__file__).parent / "scene.js").read_text()
# How much of the page has moved, by how far, since it was loaded: the sum of its layout shifts, but for what follows a
# touch at once. A word of another length moves itself: on a phone, a whole line that moves by its height is the least.
MOVES = """() => new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => {
        for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) sum += value;
    }).observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => done(sum > 0.001 ? sum : 0)));
})"""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody before a screen: what they read, how large it is when the page comes, and in which font."""

    language: str
    size: ViewportSize
    font: str


# One that reads from the right, and one whose words are long. What each has loaded is then seen in all sizes and fonts.
READERS = (Reader("en", PHONE, NARROW), Reader("ar", TABLET, WIDE), Reader("de", LANDSCAPE, WIDE))
# To colours, words are words.
SEES_ALL_COLOURS = READERS[0]


@pytest.fixture
def put_up(settings: Settings) -> Iterator[Stage]:
    with stage(settings) as put_up:
        yield put_up


@contextmanager
def seen(browser: Browser, put_up: Stage, name: str, reader: Reader, watch: Watch) -> Iterator[Page]:
    """Bring a browser to a scene, until the block is left."""
    put_up.mend()
    # Axe has to come in, which the pages' own policy would not let.
    with browser.new_context(viewport=reader.size, bypass_csp=True, reduced_motion="reduce") as context:
        context.set_default_timeout(PATIENCE)
        wear_from_the_start(context, reader.font)
        watch.over(context)
        page = context.new_page()
        read(page, reader.language)
        SCENES[name](put_up, page)
        yield page


def looked_at(page: Page) -> dict[str, object]:
    """Tell what is cut off or too small, in each size and font."""
    wrong = {}
    for font in (NARROW, WIDE):
        wear(page, font)
        for size in SIZES:
            page.set_viewport_size(size)
            wrong[f"{font}, {size['width']}x{size['height']}"] = page.evaluate(LOOK)
    return wrong


@pytest.mark.parametrize("name", SCENES)
def test_nothing_is_cut_off_or_too_small_nothing_moves_and_axe_finds_nothing(
    browser: Browser, put_up: Stage, name: str
) -> None:
    wrong: dict[str, object] = {}
    # Scenes provoke refusals of every kind.
    watch = Watch(put_up.live.address, may_fail={put_up.live.address})
    for reader in READERS:
        with seen(browser, put_up, name, reader, watch) as page:
            found = {"moved": page.evaluate(MOVES)} | looked_at(page)
            page.set_viewport_size(reader.size)
            found["axe"] = found_by_axe(page)
            if reader is SEES_ALL_COLOURS:
                found |= found_in_other_colours(page)
        wrong |= {f"{reader.language}, {where}": what for where, what in found.items() if what}
    assert wrong == {}
    assert watch.complaints == []

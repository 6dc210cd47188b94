"""Every screen in every state: nothing is cut off or too small to hit, nothing moves, and axe finds nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

import tests.browser.scenes_of_devices
import tests.browser.scenes_of_refunds
import tests.browser.scenes_of_settings
import tests.browser.scenes_of_shifts
import tests.browser.scenes_of_staff
import tests.browser.scenes_of_the_office  # noqa: F401 - its scenes are among all
from pos.settings import Settings
from tests.browser.axe import found_by_axe, found_in_other_colours
from tests.browser.conftest import NO_WORKERS, PATIENCE, PHONE
from tests.browser.fonts import wear_from_the_start
from tests.browser.people import Watch
from tests.browser.readers import LOOK, READERS, Reader, seen, speak_to_readers
from tests.browser.scenes import LANDSCAPE, SCENES, SIZES, Stage, read, stage

# How much of the page has moved, by how far, since it was loaded: the sum of its layout shifts, but for what follows a
# touch at once. A word of another length moves itself: on a phone, a whole line that moves by its height is the least.
MOVES = """() => new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => {
        for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) sum += value;
    }).observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => done(sum > 0.001 ? sum : 0)));
})"""


# To axe a word is a word, and all that it looks for is in the templates and styles: names, roles, order, colours.
USES_AXE = READERS[0]


@pytest.fixture
def put_up(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with stage(settings) as put_up:
        speak_to_readers(put_up.live.app, monkeypatch)
        yield put_up


@contextmanager
def brought(browser: Browser, put_up: Stage, name: str, reader: Reader, watch: Watch) -> Iterator[Page]:
    """Bring a browser to a scene, until the block is left."""
    put_up.mend()
    # Axe has to come in, which the pages' own policy would not let.
    with browser.new_context(viewport=reader.size, bypass_csp=True, reduced_motion="reduce") as context:
        context.set_default_timeout(PATIENCE)
        context.add_init_script(NO_WORKERS)
        wear_from_the_start(context, reader.fonts[0])
        watch.over(context)
        page = context.new_page()
        read(page, reader.language)
        SCENES[name](put_up, page)
        yield page


@pytest.mark.parametrize("name", SCENES)
def test_nothing_is_cut_off_or_on_something_or_too_small_nothing_moves_and_axe_finds_nothing(
    browser: Browser, put_up: Stage, name: str
) -> None:
    wrong: dict[str, object] = {}
    # Scenes provoke refusals of every kind.
    watch = Watch(put_up.live.address, may_fail={put_up.live.address})
    for reader in READERS:
        with brought(browser, put_up, name, reader, watch) as page:
            found = {"moved": page.evaluate(MOVES)} | seen(page, LOOK, SIZES, reader.fonts)
            speaks = page.evaluate("[document.documentElement.lang, document.documentElement.dir]")
            assert speaks == [reader.language, reader.direction]
            if reader is USES_AXE:
                for size in (LANDSCAPE, PHONE):
                    page.set_viewport_size(size)
                    found[f"axe, {size['width']}x{size['height']}"] = found_by_axe(page)
                found |= found_in_other_colours(page)
        wrong |= {f"{reader.name}, {where}": what for where, what in found.items() if what}
    assert wrong == {}
    assert watch.complaints == []

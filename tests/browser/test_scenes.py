"""Every screen in every state: nothing is cut off or too small to hit, nothing moves, and axe finds nothing."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from playwright.sync_api import Browser, Page

from bench.server import hold_port
from pos.settings import Settings
from tests.browser.axe import found_by_axe, found_in_other_colours
from tests.browser.conftest import NO_WORKERS, PATIENCE, PHONE, port_of
from tests.browser.fonts import wear_from_the_start
from tests.browser.people import Watch
from tests.browser.readers import LOOK, READERS, Reader, seen, speak_to_readers
from tests.browser.scenes.every import SCENES
from tests.browser.scenes.stage import LANDSCAPE, SIZES, Stage, read, stage

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


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where all shops are, one after the other: what a window has loaded in one, it has in the next."""
    with hold_port() as held:
        yield port_of(held)


@pytest.fixture
def put_up(settings: Settings, port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with stage(settings, port) as put_up:
        speak_to_readers(put_up.live.app, monkeypatch)
        yield put_up


class Windows:
    """The readers' windows. Each goes from shop to shop with one: a new one takes longer than most scenes do."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._clean: dict[str, tuple[Page, Watch]] = {}

    @contextmanager
    def brought(self, put_up: Stage, name: str, reader: Reader) -> Iterator[tuple[Page, Watch]]:
        """Bring a reader's window to a scene, until the block is left. It has nothing from an earlier one."""
        put_up.mend()
        clean = self._clean.pop(reader.name, None)
        page, watch = clean or self._opened(reader)
        # Scenes provoke refusals of every kind.
        watch.address, watch.may_fail = put_up.live.address, {put_up.live.address}
        watch.complaints.clear()
        with ExitStack() as closing:
            closing.callback(page.context.close)
            page.context.clear_cookies()
            page.emulate_media(color_scheme="light", contrast="no-preference")
            page.set_viewport_size(reader.size)
            SCENES[name](put_up, page)
            yield page, watch
            has_own_time = page.evaluate("!String(Date).includes('[native code]')")
            page.unroute_all()
            put_up.open(page, "/healthz")
            # The next shop has this one's address.
            page.evaluate("localStorage.clear(); sessionStorage.clear()")
            # A clock that a scene has put in stays for good.
            if not has_own_time:
                closing.pop_all()
                self._clean[reader.name] = page, watch

    def _opened(self, reader: Reader) -> tuple[Page, Watch]:
        # Axe has to come in, which the pages' own policy would not let.
        context = self._browser.new_context(viewport=reader.size, bypass_csp=True, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        context.add_init_script(NO_WORKERS)
        wear_from_the_start(context, reader.fonts[0])
        watch = Watch("")
        watch.over(context)
        page = context.new_page()
        read(page, reader.language)
        return page, watch

    def close(self) -> None:
        for page, _ in self._clean.values():
            page.context.close()


@pytest.fixture(scope="module")
def windows(browser: Browser) -> Iterator[Windows]:
    windows = Windows(browser)
    yield windows
    windows.close()


@pytest.mark.parametrize("name", SCENES)
def test_nothing_is_cut_off_or_on_something_or_too_small_nothing_moves_and_axe_finds_nothing(
    windows: Windows, put_up: Stage, name: str
) -> None:
    wrong: dict[str, object] = {}
    complaints: list[str] = []
    for reader in READERS:
        with windows.brought(put_up, name, reader) as (page, watch):
            found = {"moved": page.evaluate(MOVES)} | seen(page, LOOK, SIZES, reader.fonts)
            speaks = page.evaluate("[document.documentElement.lang, document.documentElement.dir]")
            assert speaks == [reader.language, reader.direction]
            if reader is USES_AXE:
                found |= found_by_axe(page, (LANDSCAPE, PHONE)) | found_in_other_colours(page)
        wrong |= {f"{reader.name}, {where}": what for where, what in found.items() if what}
        complaints += watch.complaints
    assert wrong == {}
    assert complaints == []

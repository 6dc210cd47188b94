"""The till's page in every language and size: no key moves, and no text lies on another, whatever is typed."""

from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from pos.settings import Settings
from pos.web.i18n import LANGUAGES
from tests.browser.conftest import PHONE, TABLET, OpenTill
from tests.browser.fonts import NARROW, WIDE, wear
from tests.browser.people import LiveShop
from tests.browser.scenes import LANDSCAPE, read
from tests.browser.test_scenes import LOOK
from tests.browser.test_till import QUOTE

SIZES: tuple[ViewportSize, ...] = (
    {"width": 390, "height": 664},
    {"width": 360, "height": 560},
    {"width": 740, "height": 360},
    PHONE,
    TABLET,
    LANDSCAPE,
)
# Where the keys are, and which two texts share a place: what is typed is written at the end of its field.
PLACES = """() => [...document.querySelectorAll('.key, .charge, .memo, .recent, .ticket')].map((it) => {
    const { x, y, width, height } = it.getBoundingClientRect();
    return [x, y, width, height].map(Math.round).join();
})"""
OVERLAPS = """() => {
    const pen = document.createElement('canvas').getContext('2d');
    const shown = (it) => it.checkVisibility({ visibilityProperty: true, opacityProperty: true })
        && !it.closest('.visually-hidden');
    const texts = [];
    const clip = (element, box) => {
        for (let it = element; it !== document.body; it = it.parentElement) {
            if (getComputedStyle(it).overflowX === 'visible') continue;
            const { left, right } = it.getBoundingClientRect();
            [box.left, box.right] = [Math.max(box.left, left), Math.min(box.right, right)];
        }
        return box;
    };
    const nodes = document.createTreeWalker(document.querySelector('#sale'), NodeFilter.SHOW_TEXT);
    while (nodes.nextNode()) {
        const { currentNode: { data, parentElement }, currentNode } = nodes;
        if (!data.trim() || !shown(parentElement)) continue;
        const range = document.createRange();
        range.selectNodeContents(currentNode);
        for (const { left, right, top, bottom } of range.getClientRects()) {
            // A line is higher than its letters.
            const rim = (bottom - top) / 5;
            const letters = { left, right, top: top + rim, bottom: bottom - rim };
            texts.push({ text: data.trim(), ...clip(parentElement, letters) });
        }
    }
    const field = document.querySelector('#amount');
    const { font, fontSize, direction } = getComputedStyle(field);
    const { left, right, top, bottom } = field.getBoundingClientRect();
    pen.font = font;
    const [wide, high] = [pen.measureText(field.value).width, parseFloat(fontSize) * 0.36];
    const middle = (top + bottom) / 2;
    const at = direction === 'rtl' ? { left, right: left + wide } : { left: right - wide, right };
    texts.push({ text: field.value, top: middle - high, bottom: middle + high, ...at });
    const meet = (one, other) => Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1
        && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1;
    return texts.flatMap((one, place) => texts.slice(place + 1).filter((it) => meet(one, it))
        .map((it) => `${one.text} / ${it.text}`));
}"""


@pytest.fixture(params=["", "EUR"], ids=["sat only", "with a currency"])
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    return replace(settings, currency=request.param or None, rate_fixed=Decimal(50_000) if request.param else None)


def seen(page: Page, script: str) -> dict[str, object]:
    """Run a script in every size and font."""
    found = {}
    for font in (NARROW, WIDE):
        wear(page, font)
        for size in SIZES:
            page.set_viewport_size(size)
            found[f"{font}, {size['width']}x{size['height']}"] = page.evaluate(script)
    return found


def types(page: Page, *keys: str) -> None:
    for key in keys:
        with page.expect_response(QUOTE):
            page.keyboard.press(key)


def test_no_key_moves_and_no_text_lies_on_another(live: LiveShop, open_till: OpenTill) -> None:
    till = open_till(live, reduced_motion="reduce")
    till.may_fail("/")
    page = till.page
    for language in LANGUAGES:
        read(page, language)
        till.open()
        before = seen(page, PLACES)
        page.locator("#amount").focus()
        # Nothing is charged: the sentence about that is gone with the next key.
        page.keyboard.press("Enter")
        expect(page.locator("[role=alert]")).to_be_visible()
        word = page.locator(".charge").inner_text()
        assert seen(page, PLACES) == before, language
        types(page, "4", "2", "0", "0", "+", "3", "5", "0", "+", "9")
        expect(page.locator("[role=alert]")).to_have_count(0)
        expect(page.locator(".charge b")).not_to_be_empty()
        assert page.locator(".charge").inner_text().startswith(word.strip())
        assert seen(page, PLACES) == before, language
        assert {where: it for where, it in seen(page, OVERLAPS).items() if it} == {}, language
        assert {where: it for where, it in seen(page, LOOK).items() if it} == {}, language


def test_the_customers_display_greets_in_every_language_on_a_low_screen(live: LiveShop, open_till: OpenTill) -> None:
    screen = open_till(live, viewport={"width": 1024, "height": 600}).page
    for language in LANGUAGES:
        read(screen, language)
        screen.goto(f"{live.address}/screen/till")
        for font in (NARROW, WIDE):
            wear(screen, font)
            assert screen.evaluate(LOOK) == [], (language, font)
            word = screen.locator("h1").evaluate("it => [it.scrollWidth, it.clientWidth]")
            assert word[0] <= word[1], (language, font)

"""The receipt on paper: printed by a browser on rolls and sheets, nothing of it is lost."""

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from pos.domain.charge import Charge
from pos.settings import Settings
from tests.browser.conftest import PATIENCE
from tests.browser.scenes.stage import LINES, Stage, read, stage

# What is printed on, and how wide its print is, in mm.
PAPERS = {"58": (58, 48), "80": (80, 72), "A4": (210, 180)}
# UTC+12:45 as it is written, and UTC+13:45 in its summer.
LONGEST_ZONE = ZoneInfo("Pacific/Chatham")
PIXELS, POINTS, DOTS = 96 / 25.4, 72 / 25.4, 203 / 25.4
# Of all that is printed: the smallest letters (in points), the thinnest lines (in dots of a printer with 203 an inch),
# what is not black, and what runs over the rim.
PRINTED = """() => {
    const wide = document.documentElement.clientWidth;
    const found = {letters: 99, lines: 99, colours: [], over: []};
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        const { fontSize, color } = getComputedStyle(element);
        if (!texts.currentNode.data.trim() || !element.checkVisibility()) continue;
        if (element.closest('.visually-hidden')) continue;
        const range = document.createRange();
        range.selectNodeContents(texts.currentNode);
        for (const { left, right } of range.getClientRects())
            if (left < -0.5 || right > wide + 0.5) found.over.push(texts.currentNode.data);
        found.letters = Math.min(found.letters, parseFloat(fontSize) * 0.75);
        if (color !== 'rgb(0, 0, 0)') found.colours.push(color);
    }
    for (const element of document.querySelectorAll('.slip, .slip *')) {
        if (!element.checkVisibility()) continue;
        const style = getComputedStyle(element);
        for (const side of ['Top', 'Bottom', 'Left', 'Right']) {
            const width = parseFloat(style[`border${side}Width`]);
            if (width) found.lines = Math.min(found.lines, width * 203 / 96);
        }
    }
    return found;
}"""


@pytest.fixture
def put_up(settings: Settings) -> Iterator[Stage]:
    with stage(replace(settings, shop_name="Marta's Stall", timezone=LONGEST_ZONE)) as put_up:
        yield put_up


@pytest.fixture
def paid(put_up: Stage) -> Charge:
    return put_up.pay(put_up.charge_lines(*LINES, tip=125))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(device_scale_factor=DOTS / PIXELS) as context:
        context.set_default_timeout(PATIENCE)
        yield context.new_page()


def printed(page: Page, width: float) -> None:
    """Lay a page out as it is on paper of a width (mm)."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": int(width * PIXELS), "height": 600})


def assert_good_for_a_printer(page: Page, where: str) -> None:
    """All of it is there, black on white, and large enough."""
    found: dict[str, Any] = page.evaluate(PRINTED)
    assert (found["over"], found["colours"]) == ([], []), where
    assert found["letters"] >= 8, where
    assert found["lines"] >= 2, where


def test_a_browser_prints_it_on_the_paper_that_was_chosen_and_its_qr_is_read_from_the_dots_of_the_print(
    put_up: Stage, paid: Charge, page: Page
) -> None:
    address = f"{put_up.live.shop.settings.public_url}/pay/{paid.id}/receipt"
    for paper, (wide, width) in PAPERS.items():
        put_up.open(page, f"/pay/{paid.id}/receipt?paper={paper}")
        pdf = page.pdf(prefer_css_page_size=True)
        sheets = [float(it) for it in re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) [\d.]+\]", pdf)]
        assert sheets == [pytest.approx(wide * POINTS, abs=1)], paper
        printed(page, width)
        dots = Image.open(BytesIO(page.screenshot(full_page=True))).convert("L").point(lambda grey: 255 * (grey > 127))
        assert [it.text for it in zxingcpp.read_barcodes(dots)] == [address], paper


def test_all_of_it_is_black_on_white_and_large_enough_for_a_printer(put_up: Stage, paid: Charge, page: Page) -> None:
    for language in ("en", "de", "ar", "ja"):
        read(page, language)
        for paper, (_, width) in PAPERS.items():
            page.emulate_media(media="screen")
            put_up.open(page, f"/pay/{paid.id}/receipt?paper={paper}")
            said = words(page)
            printed(page, width)
            assert_good_for_a_printer(page, f"{language}, {paper}")
            assert words(page) == said, f"{language}, {paper}"
            expect(page.locator("#print")).to_be_hidden()
    # Nor does a dark screen print dark paper.
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert_good_for_a_printer(page, "dark")


def words(page: Page) -> list[str]:
    return page.locator(".slip").inner_text().split()


def test_without_a_script_all_but_the_buttons_is_there(put_up: Stage, paid: Charge, browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        put_up.open(page, f"/pay/{paid.id}/receipt")
        expect(page.get_by_text(paid.invoice.payment_hash)).to_be_visible()
        expect(page.get_by_role("link", name="58 mm")).to_be_visible()
        expect(page.get_by_role("button")).to_have_count(0)


def test_a_tap_prints_it_and_gives_its_address_away_where_the_browser_can(
    put_up: Stage, paid: Charge, page: Page
) -> None:
    page.add_init_script("window.print = () => { document.title = 'printed'; };")
    put_up.open(page, f"/pay/{paid.id}/receipt")
    page.get_by_role("button", name="Print").click()
    expect(page).to_have_title("printed")
    expect(page.locator("#share")).to_be_hidden()
    page.add_init_script("navigator.share = async ({ url }) => { document.title = url; };")
    put_up.open(page, f"/pay/{paid.id}/receipt?paper=58")
    page.get_by_role("button", name="Share").click()
    expect(page).to_have_title(f"{put_up.live.address}/pay/{paid.id}/receipt")


@pytest.mark.parametrize("copies", [True, False], ids=["copied", "not copied"])
def test_where_the_browser_refuses_to_give_it_away_its_address_is_copied_or_stands_there(
    put_up: Stage, paid: Charge, page: Page, copies: bool
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda it: errors.append(it.message))
    page.add_init_script("navigator.share = async () => { throw new DOMException('', 'NotAllowedError'); };")
    page.add_init_script(f"navigator.clipboard.writeText = async () => {{ if (!{str(copies).lower()}) throw 0; }};")
    put_up.open(page, f"/pay/{paid.id}/receipt?paper=58")
    page.get_by_role("button", name="Share").click()
    address = f"{put_up.live.address}/pay/{paid.id}/receipt"
    expect(page.locator("#shared")).to_have_text("Copied" if copies else address)
    assert errors == []

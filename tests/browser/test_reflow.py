"""Who needs larger text, or more room between its letters, sees everything: WCAG 2.2, 1.4.4, 1.4.10 and 1.4.12."""

import pytest
from playwright.sync_api import ViewportSize

from tests.browser.conftest import OpenTill
from tests.browser.fonts import call
from tests.browser.people import OPEN, LiveShop, Till
from tests.browser.readers import seen

# What a window of 1280 pixels becomes at 200 and at 400 percent, and a narrow phone.
ZOOMED: list[ViewportSize] = [
    {"width": 640, "height": 400},
    {"width": 320, "height": 256},
    {"width": 360, "height": 640},
]
FACES = ("/kiosk", "/kiosk/rest", "/tips", "/language", "/screen/till", "/nowhere")
SPACED = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }"
# What sticks out of the window, and texts that are wider or higher than the box that hides the rest of them.
HIDDEN = """() => [...document.querySelectorAll('body *')]
    .filter((it) => it.checkVisibility({visibilityProperty: true, opacityProperty: true}))
    .filter((it) => !it.closest('.visually-hidden, svg'))
    .filter((it) => {
        const box = it.getBoundingClientRect();
        const hides = getComputedStyle(it).overflow !== 'visible' && it.tagName !== 'INPUT' && !it.matches('.shop > *');
        return box.left < -1 || box.right > innerWidth + 1
            || (hides && (it.scrollWidth > it.clientWidth + 1 || it.scrollHeight > it.clientHeight + 2));
    })
    .map((it) => it.outerHTML.slice(0, 120))"""
HIDDEN_AND_FITS = f"() => [{call(HIDDEN)}, document.documentElement.scrollWidth <= innerWidth]"


@pytest.fixture(params=["en-GB", "ar-EG"])
def reader(live: LiveShop, open_till: OpenTill, request: pytest.FixtureRequest) -> Till:
    return open_till(live, bypass_csp=True, reduced_motion="reduce", locale=request.param)


def assert_all_is_seen(reader: Till) -> None:
    found = seen(reader.page, HIDDEN_AND_FITS, ZOOMED)
    assert found == {where: [[], True] for where in found}


@pytest.mark.parametrize("path", FACES)
def test_nothing_is_cut_however_large_or_spaced(reader: Till, path: str) -> None:
    reader.may_fail("/nowhere")
    reader.open(path)
    assert_all_is_seen(reader)
    reader.page.add_style_tag(content=SPACED)
    assert_all_is_seen(reader)


def test_nothing_of_an_open_sale_is_cut_on_the_customers_screen(till: Till, reader: Till) -> None:
    till.sell(9_999_999, "2 flat whites")
    reader.open("/screen/till")
    reader.shows(OPEN)
    assert_all_is_seen(reader)
    reader.page.add_style_tag(content=SPACED)
    assert_all_is_seen(reader)

"""Who needs larger text, or more room between its letters, sees everything: WCAG 2.2, 1.4.4, 1.4.10 and 1.4.12."""

import pytest
from playwright.sync_api import ViewportSize

from pos.domain.charge import Channel
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.services.charge import charge
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
    """Nothing of this page is cut, nor once there is more room between its letters."""
    for _ in range(2):
        found = seen(reader.page, HIDDEN_AND_FITS, ZOOMED)
        assert found == {where: [[], True] for where in found}, reader.page.url
        reader.page.add_style_tag(content=SPACED)


def test_nothing_is_cut_however_large_or_spaced(reader: Till) -> None:
    reader.may_fail("/nowhere")
    for path in FACES:
        reader.open(path)
        assert_all_is_seen(reader)
    # An open sale on the customer's screen.
    charge(reader.live.shop, Channel.TILL, Sale(Money(9_999_999, SAT), "2 flat whites", till="till"), "k")
    reader.open("/screen/till")
    reader.shows(OPEN)
    assert_all_is_seen(reader)


def test_nobody_scrolls_sideways_whose_letters_are_twice_as_large(reader: Till) -> None:
    """On a phone whose browser was told to write everything larger."""
    reader.page.set_viewport_size({"width": 390, "height": 844})
    reader.page.context.new_cdp_session(reader.page).send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    shop = reader.live.shop
    made = [
        charge(shop, channel, Sale(Money(4620, SAT), "2 flat whites", till="till"), channel)
        for channel in (Channel.TILL, Channel.KIOSK, Channel.TIPS)
    ]

    def sees(*paths: str) -> None:
        for path in paths:
            reader.open(path)
            wide = reader.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert wide[0] <= wide[1], path

    pages = [f"/pay/{it.id}" for it in made]
    sees(*pages, "/kiosk", "/kiosk/rest", "/tips", "/language", "/sales", "/till/till/shift")
    for it in made:
        reader.live.pay(it.invoice.payment_request)
        reader.live.pays_attention(it.id)
    sees(*pages, "/sales")

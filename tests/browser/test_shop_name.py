"""A shop with a long name: on a phone it is there to read, on every page, and so is what stands beside it."""

from dataclasses import replace

import pytest
from playwright.sync_api import ViewportSize, expect

from pos.domain.charge import Channel
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.services.charge import charge
from pos.settings import Settings
from tests.browser.conftest import OpenTill
from tests.browser.fonts import NARROW, WIDE, wear
from tests.browser.people import LiveShop
from tests.browser.readers import LOOK

# Without any place to break it, and with many.
ONE_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauamt1"
WORDS = "The Old Harbour Coffee House and Bakery of Saint Margaret 12"
PHONES: tuple[ViewportSize, ...] = ({"width": 740, "height": 360}, {"width": 390, "height": 664})
NARROWEST: ViewportSize = {"width": 320, "height": 568}
# Pixels: what is narrower is no name any more.
LEAST = 48
# As far as it is hidden, in pixels; a line is higher than its letters.
HIDDEN = "(name) => Math.max(name.scrollHeight - name.clientHeight, name.scrollWidth - name.clientWidth)"


@pytest.fixture(params=[ONE_WORD, WORDS])
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    return replace(settings, shop_name=request.param)


def test_a_long_name_is_shown_whole_and_keeps_its_place_on_the_narrowest_phone(
    live: LiveShop, open_till: OpenTill
) -> None:
    """On that there is not room for all of it: what is left out gives way to dots, and a reader hears it whole."""
    till = open_till(live)
    page = till.page
    seen: dict[str, object] = {}
    made = charge(live.shop, Channel.TILL, Sale(Money(2100, SAT), till="till"), "k")
    for path in ("/", "/kiosk", "/screen/till", f"/pay/{made.id}"):
        page.goto(f"{live.address}{path}")
        name = page.locator(".shop > span")
        expect(name).to_be_visible()
        expect(name).to_have_text(live.shop.settings.shop_name)
        for font in (NARROW, WIDE):
            wear(page, font)
            for size in PHONES:
                page.set_viewport_size(size)
                # Upright and in wide letters the last of it may give way to dots.
                whole = name.evaluate(HIDDEN) <= 2 or (font == WIDE and size["height"] > size["width"])
                seen[f"{path} {font} {size['width']}"] = (whole, page.evaluate(LOOK))
            page.set_viewport_size(NARROWEST)
            box = name.bounding_box()
            assert box
            wrong = [it for it in page.evaluate(LOOK) if not it.startswith("cut:")]
            fits = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            seen[f"{path} {font}"] = (fits and box["width"] >= LEAST and box["height"] >= LEAST / 2, wrong)
    assert {where: what for where, what in seen.items() if what != (True, [])} == {}

"""The code over the whole screen, for a customer who stands further away."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Locator, Route, expect

from tests.browser.conftest import OpenTill
from tests.browser.people import OPEN, PAID, LiveShop, Till
from tests.browser.test_scan import assert_readable

# Of screens with so many pixels to a pixel of style.
SIZES = {3: [(360, 740)], 2.625: [(360, 740)], 1: [(820, 1180), (740, 360)], 2: [(1280, 800)]}

# The button is tapped while the browser has yet to make the step back with which the code closes.
CLOSES_AND_TAPS = """(button) => {
    window.steps = [];
    addEventListener("popstate", (step) => steps.push(step));
    const shown = document.querySelector("dialog");
    shown.addEventListener("close", () => button.click());
    shown.close();
}"""


def enlarge(till: Till) -> Locator:
    till.page.get_by_role("button", name="Enlarge the QR code").click()
    expect(large(till)).to_be_visible()
    return large(till)


def large(till: Till) -> Locator:
    return till.page.get_by_role("dialog", name="QR code of the Lightning invoice over 2,100 sat")


@pytest.mark.parametrize("ratio", SIZES)
def test_it_is_as_large_as_whole_pixels_allow_and_can_be_scanned(
    live: LiveShop, open_till: OpenTill, ratio: float
) -> None:
    till = open_till(live, device_scale_factor=ratio, color_scheme="dark")
    asked = till.sell()
    for width, height in SIZES[ratio]:
        till.page.set_viewport_size({"width": width, "height": height})
        picture = enlarge(till).locator("img")
        expect(picture).to_be_visible()
        shot = till.page.screenshot()
        assert_readable(shot, asked)
        # The border, four modules wide, belongs to the image; around it is nothing but white.
        assert Image.open(BytesIO(shot)).convert("RGB").getpixel((0, 0)) == (255, 255, 255)
        box = picture.bounding_box()
        assert box
        modules = int(picture.evaluate("image => image.naturalWidth")) // 4
        pixels = box["width"] * ratio / modules
        assert pixels == pytest.approx(int(min(width, height) * ratio / modules), abs=0.01)
        large(till).get_by_role("button", name="Close").click()
        expect(large(till)).to_have_count(0)


def test_a_tap_a_key_and_a_step_back_close_it_and_it_follows_a_tablet_that_is_turned(till: Till) -> None:
    asked = till.sell()
    shown = enlarge(till)
    shown.get_by_role("button", name="Close").click()
    expect(shown).to_have_count(0)
    # By keyboard, and the focus is where it was.
    button = till.page.get_by_role("button", name="Enlarge the QR code")
    for closing in ("Escape", "Enter", "Space"):
        button.focus()
        till.page.keyboard.press("Enter")
        expect(shown).to_be_visible()
        till.page.keyboard.press(closing)
        expect(shown).to_have_count(0)
        expect(button).to_be_focused()
    # A step back closes it, and the pay page stays.
    enlarge(till)
    till.page.go_back()
    expect(shown).to_have_count(0)
    assert till.asked() == asked
    picture = enlarge(till).locator("img")
    expect(picture).to_be_visible()
    till.page.set_viewport_size({"width": 1180, "height": 600})
    assert_readable(till.page.screenshot(), asked)
    box = picture.bounding_box()
    assert box
    assert box["height"] <= 600
    # Once closed it is no step back.
    till.page.keyboard.press("Escape")
    expect(shown).to_have_count(0)
    till.page.wait_for_function("() => history.state === null")
    till.page.go_back()
    till.page.wait_for_url(f"{till.live.address}/")


def test_it_opens_again_at_once_and_only_once_however_often_it_is_tapped(till: Till) -> None:
    till.sell()
    till.page.locator("#grow").evaluate("button => { button.click(); button.click(); }")
    expect(large(till)).to_have_count(1)
    # Closed and tapped again, before the browser has made its step back.
    till.page.locator("#grow").evaluate(CLOSES_AND_TAPS)
    till.page.wait_for_function("() => steps.length")
    expect(large(till)).to_be_visible()
    till.page.go_back()
    expect(large(till)).to_have_count(0)
    till.shows(OPEN)


def test_a_payment_closes_it(till: Till) -> None:
    asked = till.sell()
    shown = enlarge(till)
    till.pay(asked)
    till.shows(PAID)
    expect(shown).to_have_count(0)


def test_nor_does_it_open_over_one_that_came_before_its_script(till: Till) -> None:
    asked = till.sell()
    scripts: list[Route] = []
    till.page.route("**/enlarge_qr.js", lambda it: scripts.append(it))
    with till.page.expect_request("**/enlarge_qr.js"):
        till.page.locator("#grow").click()
    till.pay(asked)
    till.shows(PAID)
    with till.page.expect_response("**/enlarge_qr.js"):
        scripts[0].continue_()
    # Imported twice it is there once, and has run by then.
    script = scripts[0].request.url
    till.page.evaluate("(script) => import(script).then(() => new Promise(requestAnimationFrame))", script)
    expect(till.page.locator("dialog")).to_have_count(0)


def test_what_has_to_be_told_closes_it(till: Till) -> None:
    till.may_fail("/status")
    till.hears_nothing()
    till.page.clock.install()
    till.sell()
    shown = enlarge(till)
    with till.page.expect_event("requestfailed"):
        till.page.route("**/status", lambda route: route.abort())
    till.page.clock.fast_forward(4000)
    expect(shown).to_have_count(0)
    expect(till.page.get_by_text("Connection lost, still checking.").first).to_be_visible()


def test_without_a_script_there_is_no_button_for_it(live: LiveShop, open_till: OpenTill) -> None:
    till = open_till(live, java_script_enabled=False)
    till.sell()
    expect(till.page.get_by_role("button", name="Enlarge the QR code")).to_have_count(0)

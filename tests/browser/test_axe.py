"""Every screen in every state, looked over by axe: by day, by night, and for who needs more contrast."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import OpenTill
from tests.browser.people import EXPIRED, OPEN, PAID, LiveShop, Till

pytestmark = pytest.mark.only_on("sqlite", reason="how a page looks does not depend on what the book is kept in")

SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
CONTRASTS: tuple[Literal["no-preference"], Literal["more"]] = ("no-preference", "more")


@pytest.fixture
def till(live: LiveShop, open_till: OpenTill) -> Till:
    """A browser that lets axe in, which the pages' own policy would not, and in which nothing moves."""
    return open_till(live, bypass_csp=True, reduced_motion="reduce")


@pytest.fixture
def odd_till(odd_live: LiveShop, open_till: OpenTill) -> Till:
    return open_till(odd_live, bypass_csp=True, reduced_motion="reduce")


def assert_accessible(till: Till) -> None:
    for scheme in SCHEMES:
        for contrast in CONTRASTS:
            till.page.emulate_media(color_scheme=scheme, contrast=contrast)
            results = Axe().run(till.page)
            assert results.violations_count == 0, f"{till.page.url}, {scheme}, {contrast}: {results.generate_report()}"


@pytest.mark.parametrize("path", ["/", "/kiosk", "/kiosk/rest", "/tips", "/language", "/screen/till"])
def test_the_faces(till: Till, path: str) -> None:
    till.open(path)
    assert_accessible(till)


@pytest.mark.parametrize("path", ["/", "/kiosk", "/kiosk/rest", "/tips", "/language", "/screen/till"])
def test_the_faces_from_right_to_left(live: LiveShop, open_till: OpenTill, path: str) -> None:
    till = open_till(live, bypass_csp=True, reduced_motion="reduce", locale="ar-EG")
    till.open(path)
    expect(till.page.locator("html[dir=rtl]")).to_have_count(1)
    assert till.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_accessible(till)


def test_the_customers_screen_in_every_state(odd_live: LiveShop, open_till: OpenTill) -> None:
    till = open_till(odd_live)
    screen = open_till(odd_live, bypass_csp=True, reduced_motion="reduce", locale="ar-EG")
    asked = till.sell(4620, "2 flat whites")
    screen.open("/screen/till")
    screen.shows(OPEN)
    assert_accessible(screen)
    till.expires()
    screen.shows(EXPIRED)
    assert_accessible(screen)
    till.live.settle(asked, 4000)
    screen.shows(PAID)
    assert_accessible(screen)
    asked = till.sell(2100)
    screen.shows(OPEN)
    till.live.settle(asked, 2100)
    screen.shows(PAID)
    assert_accessible(screen)


def test_the_till_with_an_error(till: Till) -> None:
    till.refuses("0", "The amount must be at least 1 sat.")
    assert_accessible(till)


@pytest.mark.parametrize(("path", "button"), [("/kiosk", "Pay"), ("/tips", "Tip")])
def test_the_kiosk_and_the_tip_jar_with_an_error(till: Till, path: str, button: str) -> None:
    till.may_fail(path)
    till.open(path)
    till.page.locator("#other").fill("0")
    till.page.get_by_role("button", name=button).click()
    expect(till.page.get_by_role("alert")).to_be_visible()
    assert_accessible(till)


def test_a_charge_that_is_open_and_then_paid(till: Till) -> None:
    asked = till.sell(4620, "2 flat whites")
    assert_accessible(till)
    till.page.locator("summary").click()
    assert_accessible(till)
    till.pay(asked)
    till.shows(PAID)
    assert_accessible(till)


def test_a_charge_that_expired_and_was_paid_late(odd_till: Till) -> None:
    till = odd_till
    asked = till.sell(2100, "Espresso")
    till.expires()
    till.shows(EXPIRED)
    assert_accessible(till)
    till.live.clock.move(60)
    till.live.settle(asked, 2000)
    till.page.reload()
    till.shows(PAID)
    assert_accessible(till)


def test_a_lost_connection(till: Till) -> None:
    till.may_fail("/status")
    till.hears_nothing()
    till.page.clock.install()
    till.sell()
    with till.page.expect_event("requestfailed"):
        till.page.route("**/status", lambda route: route.abort())
    till.page.clock.fast_forward(4000)
    expect(till.page.locator("html[data-lost]")).to_have_count(1)
    assert_accessible(till)


def test_a_page_that_is_not_there(till: Till) -> None:
    till.may_fail("/nowhere")
    till.open("/nowhere")
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Not here")
    assert_accessible(till)


def test_a_form_that_was_open_too_long(till: Till) -> None:
    till.may_fail("/")
    till.type_sale(4620, "2 flat whites")
    till.page.context.clear_cookies()
    till.page.get_by_role("button", name="Charge").click()
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Open too long")
    assert_accessible(till)
    till.page.get_by_role("button", name="Try again").click()
    till.asked()
    expect(till.page.locator(".ask")).to_contain_text("2 flat whites")


def test_a_form_that_was_already_used(till: Till) -> None:
    till.may_fail("/")
    till.type_sale(2100, "Espresso")
    key = till.page.locator("[name=key]").input_value()
    till.page.get_by_role("button", name="Charge").click()
    asked = till.asked()
    till.type_sale(4620)
    till.page.locator("[name=key]").evaluate("(field, key) => { field.value = key; }", key)
    till.page.get_by_role("button", name="Charge").click()
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Already used")
    assert_accessible(till)
    till.page.get_by_role("link", name="Go to that sale").click()
    assert till.asked() == asked

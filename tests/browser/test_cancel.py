"""Cancelling, and that nothing on the pay page moves from one state to the next."""

import pytest
from playwright.sync_api import ViewportSize, expect

from pos.domain.charge import Channel
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.services.cancel import cancel
from pos.services.charge import charge
from tests.browser.conftest import PHONE, TABLET, OpenTill
from tests.browser.people import EXPIRED, OPEN, PAID, LiveShop, Till

LYING: ViewportSize = {"width": 1280, "height": 800}
SMALL: ViewportSize = {"width": 360, "height": 640}
FLAT: ViewportSize = {"width": 740, "height": 360}
GRID = """() => ["h1", ".asked", ".qr", ".countdown", ".status", ".actions", ".more"].map((part) => {
    const { x, y, width, height } = document.querySelector(part).getBoundingClientRect();
    return [part, x, y, width, height].join();
})"""


def test_one_tap_cancels_and_the_sale_is_ready_to_be_changed(till: Till) -> None:
    till.sell()
    pay_page = till.page.url
    till.page.get_by_role("button", name="Cancel").click()
    till.page.wait_for_url(f"{till.live.address}/")
    expect(till.page.get_by_label("Amount")).to_have_value("2100")
    till.page.goto(pay_page)
    till.shows(EXPIRED)
    expect(till.page.get_by_role("heading", name="Cancelled")).to_be_visible()
    till.page.get_by_role("button", name="New invoice, same amount").click()
    till.pay()
    till.shows(PAID)


def test_the_customers_own_screen_closes_as_well(till: Till) -> None:
    till.sell()
    customer = Till(till.live, till.page.context.new_page(), till.watch)
    customer.page.goto(till.page.url)
    customer.asked()
    till.page.get_by_role("button", name="Cancel").click()
    customer.shows(EXPIRED)
    expect(customer.announcer).to_have_text("This sale was cancelled.")
    expect(customer.page).to_have_title("Cancelled")


def test_a_kiosk_starts_again(till: Till) -> None:
    till.open("/kiosk")
    till.page.get_by_role("button", name="2,100 sat").click()
    till.asked()
    till.page.get_by_role("button", name="Cancel").click()
    till.page.wait_for_url("**/kiosk")


def test_cancelling_without_javascript(live: LiveShop, open_till: OpenTill) -> None:
    till = open_till(live, java_script_enabled=False)
    till.sell()
    till.page.get_by_role("button", name="Cancel").click()
    till.page.wait_for_url(f"{till.live.address}/?sale=*")
    expect(till.page.get_by_label("Amount")).to_have_value("2100")


def grids(till: Till) -> dict[str, list[str]]:
    """Return where everything on the page is, on a screen of each size."""
    found = {}
    for size in (PHONE, SMALL, TABLET, LYING, FLAT):
        till.page.set_viewport_size(size)
        found[f"{size['width']}x{size['height']}"] = till.page.evaluate(GRID)
    return found


@pytest.mark.parametrize("memo", ["", "Two flat whites, one with oat milk, and a very large slice of cheesecake"])
def test_nothing_moves_from_one_state_to_the_next(live: LiveShop, till: Till, memo: str) -> None:
    till.sell(4620, memo)
    when_open = grids(till)
    till.page.evaluate("document.documentElement.dataset.lost = ''")
    assert grids(till) == when_open
    till.page.evaluate("delete document.documentElement.dataset.lost")
    made = charge(live.shop, Channel.TILL, Sale(Money(4620, SAT), memo), "k")
    till.live.expires()
    till.shows(EXPIRED)
    assert grids(till) == when_open
    live.clock.move(-live.shop.settings.invoice_expiry)
    cancel(live.shop, made)
    till.open(f"/pay/{made.id}")
    till.shows(EXPIRED)
    expect(till.page.get_by_role("heading", name="Cancelled")).to_be_visible()
    assert grids(till) == when_open


def test_on_the_sellers_own_device_cancel_is_on_the_first_screen_of_the_smallest_phone(
    live: LiveShop, open_till: OpenTill
) -> None:
    till = open_till(live, viewport={"width": 360, "height": 560})
    till.sell(4620, "2 flat whites, 1 croissant")
    box = till.page.get_by_role("button", name="Cancel").bounding_box()
    assert box
    assert box["y"] + box["height"] <= 560


def test_on_the_customers_own_device_cancel_is_away_from_what_the_page_is_for(till: Till) -> None:
    till.open("/tips")
    till.page.get_by_role("button", name="Tip").click()
    till.asked()
    pay, cancelling = (
        till.page.get_by_role("link", name="Open in wallet").bounding_box(),
        till.page.get_by_role("button", name="Cancel").bounding_box(),
    )
    assert pay
    assert cancelling
    assert cancelling["y"] > pay["y"] + pay["height"]
    assert cancelling["x"] > pay["x"] + pay["width"] / 2
    till.shows(OPEN)

"""A whole sale in Arabic, from right to left."""

from playwright.sync_api import expect

from pos.translations.languages import catalog
from tests.browser.conftest import PHONE, OpenTill
from tests.browser.people import OPEN, PAID, LiveShop

said = catalog("ar").gettext


def test_a_whole_sale_in_arabic(live: LiveShop, open_till: OpenTill) -> None:
    till = open_till(live, locale="ar-EG", viewport=PHONE, has_touch=True, is_mobile=True)
    page = till.page
    till.open()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    # The keypad is the one of every till: 1 stands on the left of 2.
    one, two = (page.get_by_role("button", name=digit, exact=True).bounding_box() for digit in "12")
    assert one
    assert two
    assert one["x"] < two["x"]
    for digit in "2100":
        page.get_by_role("button", name=digit, exact=True).tap()
    page.get_by_label(said("Memo")).fill("قهوة")
    page.get_by_role("button", name=said("Charge")).tap()
    till.shows(OPEN)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"2,100 {said('sat')}")
    expect(page.locator(".asked")).to_contain_text("قهوة")
    till.pay()
    till.shows(PAID)
    expect(page.get_by_role("heading", level=1)).to_have_text(said("Paid"))
    expect(page).to_have_title(said("Paid"))
    expect(till.announcer).to_contain_text("2,100")
    page.get_by_role("link", name=said("New sale")).tap()
    page.wait_for_url(f"{live.address}/")
    expect(page.locator("#recents")).to_contain_text(said("paid"))

"""A page whose script did not come: it notices, loads itself again, and does what it does without any script."""

from playwright.sync_api import expect

from tests.browser.conftest import OpenTill
from tests.browser.people import OPEN, PAID, LiveShop, Till


def test_it_loads_itself_again_and_turns_green_with_or_without_its_script(
    till: Till, live: LiveShop, open_till: OpenTill
) -> None:
    asked = till.sell()
    customer, screen = open_till(live), open_till(live)
    customer.may_fail("/pay.js")
    customer.page.route("**/js/pay.js", lambda route: route.abort())
    screen.may_fail("/display.js")
    screen.page.route("**/js/display.js", lambda route: route.fulfill(status=502), times=1)
    customer.page.goto(till.page.url)
    screen.open("/screen/till")
    for each in (customer, screen):
        each.shows(OPEN)
        expect(each.page.locator("html[data-live]")).to_have_count(0)
    # One that did not come once comes with the next page; one that never comes is done without.
    expect(screen.page.locator("html[data-live]")).to_have_count(1)
    till.pay(asked)
    screen.shows(PAID)
    customer.shows(PAID)


def test_six_windows_of_one_browser_share_two_lines_and_all_turn_green(till: Till, live: LiveShop) -> None:
    """A browser has six connections to a host, and each line keeps one."""
    asked = till.sell()
    windows = [till.page, *(till.page.context.new_page() for _ in range(6))]
    for each in windows[1:]:
        each.goto(till.page.url)
    for each in windows:
        expect(each.locator("html[data-live]")).to_have_count(1)
    assert live.shop.broker.subscriber_count <= 2
    till.pay(asked)
    for each in windows:
        expect(each.locator("html")).to_have_attribute("data-state", PAID)

"""A page whose script did not come: it notices, loads itself again, and does what it does without any script."""

from playwright.sync_api import expect

from tests.browser.conftest import OpenTill
from tests.browser.people import OPEN, PAID, LiveShop, Till


def test_it_loads_itself_again_and_turns_green_with_or_without_its_script(live: LiveShop, open_till: OpenTill) -> None:
    made = live.sells()
    customer, screen, old = open_till(live), open_till(live), open_till(live)
    customer.may_fail("/pay.js")
    customer.page.route("**/js/pay.js", lambda route: route.abort())
    screen.may_fail("/display.js")
    screen.page.route("**/js/display.js", lambda route: route.fulfill(status=502), times=1)
    # A browser that does not know the syntax of a module.
    old.page.route("**/js/pay.js", lambda route: route.fulfill(body="const a = ?;", content_type="text/javascript"))
    old.open(f"/pay/{made.id}")
    customer.open(f"/pay/{made.id}")
    with screen.page.expect_response(lambda answer: answer.status == 502):
        screen.open("/screen/till")
    for each in (customer, screen, old):
        each.shows(OPEN)
    for each in (customer, old):
        expect(each.page.locator("html[data-live]")).to_have_count(0)
    # One that did not come once comes with the next page; one that never comes is done without.
    expect(screen.page.locator("html[data-live]")).to_have_count(1)
    live.pay(made.invoice.payment_request)
    screen.shows(PAID)
    customer.shows(PAID)
    old.shows(PAID)
    assert all("Unexpected token" in it for it in old.watch.complaints)
    old.watch.complaints.clear()


def test_a_page_of_which_every_script_is_lost_can_be_loaded_again_after_a_while(till: Till) -> None:
    till.may_fail("/js/")
    again = till.page.get_by_role("link", name="Try again")
    for path in ("/", "/tips", "/kiosk/rest"):
        till.page.route("**/js/*.js", lambda route: route.abort())
        till.open(path)
        expect(again).to_be_hidden()
        till.page.unroute("**/js/*.js")
        # Half a minute later, as nothing but the style knows.
        till.page.evaluate("document.getAnimations().find((it) => it.animationName === 'appear').finish()")
        again.click()
        expect(till.page.locator("html[data-live]")).to_have_count(1)
        expect(again).to_be_hidden()


def test_a_display_of_which_every_script_is_lost_shows_no_code_of_an_earlier_customer(
    live: LiveShop, open_till: OpenTill
) -> None:
    live.sells()
    # Whoever wants no motion is told so all the same.
    screen = open_till(live, reduced_motion="reduce")
    screen.may_fail("/js/")
    screen.page.route("**/js/*.js", lambda route: route.abort())
    screen.open("/screen/till")
    code, lost = screen.page.get_by_role("img", name="QR code"), screen.page.get_by_text("Connection lost")
    expect(code).to_be_visible()
    expect(lost).to_be_hidden()
    screen.page.evaluate("document.getAnimations().forEach((it) => /appear/.test(it.animationName) && it.finish())")
    expect(code).to_be_hidden()
    expect(lost).to_be_visible()


def test_a_page_without_life_waits_for_a_till_that_is_gone_and_asks_once_for_its_page(till: Till) -> None:
    till.page.clock.install()
    till.may_fail("/")
    till.page.route("**/js/kiosk_rest.js", lambda route: route.abort(), times=1)
    till.open("/kiosk/rest")
    till.page.wait_for_load_state()
    till.stops_its_clock()
    asked: list[str] = []
    till.page.on("request", lambda it: asked.append(it.method) if it.url.endswith("/kiosk/rest") else None)
    with till.page.expect_event("requestfailed"):
        till.page.route("**/kiosk/rest", lambda it: it.abort(), times=1)
        till.page.clock.fast_forward(10_000)
    # What answers in its place says 200, too.
    with till.page.expect_event("requestfinished"):
        till.page.route("**/kiosk/rest", lambda it: it.fulfill(body="Welcome to our wifi"), times=1)
        till.page.clock.fast_forward(5000)
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Pay here")
    assert asked == ["HEAD"] * 2
    # It takes its time: whoever asks for it once more begins anew.
    till.page.route(
        "**/kiosk/rest", lambda it: it.continue_() if it.request.method == "HEAD" else it.fulfill(status=204)
    )
    with till.page.expect_response(lambda it: it.status == 204):
        till.page.clock.fast_forward(5000)
    till.page.clock.fast_forward(5000)
    till.page.evaluate("fetch('/kiosk/status')")
    assert asked == ["HEAD"] * 3 + ["GET"]


def test_what_is_typed_is_kept_although_the_script_for_that_did_not_come_at_once(till: Till) -> None:
    page = till.page
    page.clock.install()
    till.may_fail("/js/typed.js")
    page.route("**/js/typed.js", lambda route: route.abort(), times=1)
    with page.expect_event("requestfailed", lambda it: it.url.endswith("/js/typed.js")):
        till.open()
    with page.expect_event("requestfinished", lambda it: it.url.endswith("/js/typed.js")):
        page.clock.fast_forward(5000)
    till.page.get_by_label("Amount").fill("7")
    page.goto(f"{till.live.address}/sales")
    assert '"7"' in page.evaluate("sessionStorage.typed")


def test_six_windows_of_one_browser_share_two_lines_and_all_turn_green(till: Till, live: LiveShop) -> None:
    """A browser has six connections to a host, and each line keeps one."""
    asked = till.opens_sale()
    windows = [till.page, *(till.page.context.new_page() for _ in range(6))]
    for each in windows[1:]:
        each.goto(till.page.url)
    for each in windows:
        expect(each.locator("html[data-live]")).to_have_count(1)
    assert live.shop.broker.subscriber_count <= 2
    till.pay(asked)
    for each in windows:
        expect(each.locator("html")).to_have_attribute("data-state", PAID)

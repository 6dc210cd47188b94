"""The customer's screen: another device beside the till, which follows it and can do nothing."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Route, expect

from pos.settings import Settings
from tests.browser.conftest import PHONE, OpenTill
from tests.browser.people import EXPIRED, OPEN, PAID, LiveShop, Till
from tests.browser.test_connection import a_lost_question
from tests.browser.test_push import NOTES_QUESTIONS, OWN_LINE
from tests.browser.test_without_javascript import assert_looks_again
from tests.by_hand import write

STATUS = "**/screen/till/status"
VISIBLE_QR = "figure.qr img"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, tills=("till", "bar"))


@pytest.fixture
def screen(live: LiveShop, open_till: OpenTill) -> Till:
    """The screen of the first till, in a browser of its own."""
    screen = open_till(live)
    screen.open("/screen/till")
    return screen


# Whatever else the headline says from now on.
_NOTE_HEADLINES = """() => {
    const said = document.querySelector('h1').textContent;
    window.headlines = new Set();
    new MutationObserver(() => {
        const now = document.querySelector('h1')?.textContent;
        if (now !== said) headlines.add(now);
    }).observe(document.documentElement, {subtree: true, childList: true, characterData: true});
}"""


def is_idle(screen: Till) -> None:
    expect(screen.page.get_by_role("heading", level=1)).to_have_text("Welcome")
    expect(screen.page.locator("html[data-state]")).to_have_count(0)


def test_it_follows_each_sale_from_the_first_tap_until_it_is_idle_again_and_has_nothing_to_press(
    till: Till, screen: Till
) -> None:
    is_idle(screen)
    asked = till.sell(4620, "2 flat whites")
    screen.shows(OPEN)
    expect(screen.page.get_by_role("heading", level=1)).to_have_text("4,620 sat")
    expect(screen.page.locator("main")).to_contain_text("2 flat whites")
    expect(screen.page.get_by_role("img", name=re.compile("^QR code"))).to_be_visible()
    screen.page.keyboard.press("Tab")
    assert screen.page.evaluate("document.activeElement.tagName") == "BODY"
    till.pay(asked)
    screen.shows(PAID)
    expect(screen.announcer).to_have_text("Paid. 4,620 sat.")
    expect(screen.page.get_by_text("Thank you!")).to_be_visible()
    # The next sale takes the place of the last.
    screen.live.sells(2100)
    screen.shows(OPEN)
    expect(screen.page.get_by_role("heading", level=1)).to_have_text("2,100 sat")
    screen.live.expires()
    screen.shows(EXPIRED)
    expect(screen.page.locator("img")).to_have_count(0)
    expect(screen.page.get_by_text("Please do not pay it any more.")).to_be_visible()
    screen.pay(screen.live.sells().invoice.payment_request)
    screen.shows(PAID)
    screen.live.clock.move(60)
    screen.live.wakes_lines()
    is_idle(screen)


def test_one_that_comes_up_while_the_database_fails_comes_back_by_itself(live: LiveShop, open_till: OpenTill) -> None:
    live.sells(4620)
    with write(live.shop.store) as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    screen = open_till(live)
    screen.may_fail("/screen/till")
    screen.page.clock.install()
    screen.open("/screen/till")
    screen.page.wait_for_load_state()
    expect(screen.page.get_by_role("heading", level=1)).to_have_text("Out of order")
    with write(live.shop.store) as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO charge")
    screen.page.clock.fast_forward(5000)
    screen.shows(OPEN)


def test_the_tape_grows_with_each_key_and_two_tills_never_mix(
    till: Till, screen: Till, live: LiveShop, open_till: OpenTill
) -> None:
    bar, bars = open_till(live), open_till(live)
    bars.open("/screen/bar")
    bar.open("/till/bar")
    till.open()
    # None of them asks from here on: the line has said what is due.
    for display in (screen, bars):
        display.page.wait_for_function("document.documentElement.dataset.live")
        display.page.route("**/status", lambda route: route.abort())
    till.page.keyboard.type("380+200")
    total = screen.page.get_by_role("heading", level=1)
    expect(total).to_have_text("580 sat")
    expect(screen.page.get_by_text("2 items")).to_be_visible()
    expect(screen.page.get_by_role("region", name="Tape").get_by_role("listitem")).to_have_text(["200", "380"])
    is_idle(bars)
    bar.page.keyboard.type("7")
    expect(bars.page.get_by_role("heading", level=1)).to_have_text("7 sat")
    expect(total).to_have_text("580 sat")
    till.page.keyboard.press("Escape")
    till.page.get_by_role("button", name="Remove 380 sat").click()
    is_idle(screen)
    till.page.keyboard.type("5")
    expect(total).to_have_text("5 sat")
    # Loaded anew, the till has what was typed, and the customer sees it all the while.
    screen.page.evaluate(_NOTE_HEADLINES)
    with till.page.expect_response(lambda it: it.url.endswith("/draft") and "amount=5" in (it.request.post_data or "")):
        till.open()
    assert screen.page.evaluate("[...headlines]") == []
    till.page.keyboard.press("Escape")
    is_idle(screen)
    expect(till.page.get_by_text("also open in another browser")).to_be_hidden()
    bar.open("/")
    for each in (bar, till):
        expect(each.page.get_by_text("This till is also open in another browser.")).to_be_visible()


@pytest.mark.parametrize(
    "fails",
    [
        lambda route: route.abort(),
        lambda route: route.fulfill(status=503, headers={"Lightning-Till": "1"}, body="<!doctype html>"),
    ],
    ids=["no answer", "no good answer"],
)
def test_what_was_typed_while_the_till_did_not_take_it_is_shown_a_little_later(
    till: Till, screen: Till, fails: Callable[[Route], None]
) -> None:
    till.may_fail("/draft")
    till.page.clock.install()
    till.open()
    till.page.route("**/draft", fails)
    with till.page.expect_request(lambda it: "amount=5" in (it.post_data or "")):
        till.page.keyboard.type("5")
    # It was answered by then.
    till.page.evaluate("fetch(document.querySelector('[data-draft]').dataset.draft).catch(() => {})")
    till.page.unroute("**/draft")
    till.page.clock.fast_forward(5000)
    expect(screen.page.get_by_role("heading", level=1)).to_have_text("5 sat")


def test_a_lost_connection_is_told_what_was_shown_stays_and_its_own_countdown_takes_the_qr_away(screen: Till) -> None:
    screen.hears_nothing()
    screen.page.clock.install()
    asked = screen.live.sells().invoice.payment_request
    screen.open("/screen/till")
    screen.may_fail("/screen/till/status")
    with a_lost_question(screen):
        screen.page.route(STATUS, lambda route: route.abort())
        screen.page.clock.fast_forward(1000)
    screen.page.clock.fast_forward(4000)
    band = screen.page.get_by_text("Connection lost, still checking.").first
    expect(band).to_be_visible()
    screen.shows(OPEN)
    expect(screen.page.locator(VISIBLE_QR)).to_be_visible()
    screen.pay(asked)
    screen.page.unroute(STATUS)
    screen.page.clock.fast_forward(5000)
    screen.shows(PAID)
    expect(band).to_be_hidden()
    screen.live.sells()
    screen.open("/screen/till")
    # A café's own network likes to answer every question with its welcome page: that is no answer.
    screen.page.route(STATUS, lambda route: route.fulfill(json={"paid": True}))
    with screen.page.expect_response(STATUS):
        screen.page.clock.fast_forward(1000)
    screen.page.clock.fast_forward(4000)
    expect(band).to_be_visible()
    screen.shows(OPEN)
    expect(screen.page.locator(VISIBLE_QR)).to_be_visible()
    screen.page.clock.fast_forward(600_000)
    expect(screen.page.locator(VISIBLE_QR)).to_have_count(0)
    expect(screen.page.get_by_role("heading", name="Not known yet")).to_be_visible()
    # Whether it was paid, nobody here knows: the field stays as the server showed it last.
    screen.shows(OPEN)


@pytest.fixture
def hearing(live: LiveShop, open_till: OpenTill) -> Till:
    """A screen with an open sale, whose line is up: it asks for nothing by itself, and its time stands still."""
    screen = open_till(live)
    for script in (OWN_LINE, NOTES_QUESTIONS):
        screen.page.add_init_script(script)
    screen.page.clock.install()
    live.sells()
    screen.open("/screen/till")
    screen.page.wait_for_function("window.lines")
    screen.page.evaluate("lines[0].hears.heartbeat()")
    # What was asked before that, or is to be asked yet, is answered.
    with screen.page.expect_response(STATUS):
        screen.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    screen.stops_its_clock()
    knows_its_answer(screen)
    screen.page.evaluate("questions.length = 0")
    return screen


def knows_its_answer(screen: Till) -> None:
    """What the page asked before was answered by then."""
    screen.page.evaluate("fetch(document.querySelector('#display').dataset.ask).then((answer) => answer.text())")


def puts_its_clock_forward(screen: Till) -> None:
    screen.page.clock.set_system_time(screen.page.evaluate("Date.now()") / 1000 + 3600)
    screen.page.clock.run_for(1000)


def test_a_screen_whose_clock_is_put_right_by_an_hour_has_its_code_again(hearing: Till) -> None:
    page = hearing.page
    code = page.locator(VISIBLE_QR).element_handle()
    puts_its_clock_forward(hearing)
    code.wait_for_element_state("hidden")
    expect(page.locator(VISIBLE_QR)).to_be_visible()
    expect(hearing.timer).to_have_text(re.compile(r"^(10:00|9:\d\d)$"))
    # It asks what is due, and for the page of that.
    assert page.evaluate("questions.length") == 2


def test_in_the_last_second_of_an_invoice_its_code_does_not_flicker_and_the_screen_asks_once(hearing: Till) -> None:
    page = hearing.page
    version = page.locator("#display").get_attribute("data-version")
    answer = {"json": {"version": version, "left": 1}, "headers": {"Lightning-Till": "1"}}
    page.route(STATUS, lambda route: route.fulfill(**answer))
    with page.expect_response(STATUS):
        puts_its_clock_forward(hearing)
    knows_its_answer(hearing)
    page.clock.run_for(3000)
    expect(page.locator(VISIBLE_QR)).to_have_count(0)
    expect(page.get_by_role("heading", name="Not known yet")).to_be_visible()
    # And the test has asked once.
    assert page.evaluate("questions.length") == 2


def test_without_a_script_it_loads_itself_again(live: LiveShop, open_till: OpenTill) -> None:
    screen = open_till(live, java_script_enabled=False)
    screen.open("/screen/till")
    is_idle(screen)
    made = live.sells()
    screen.shows(OPEN)
    assert_looks_again(screen, 2, "/screen/till")
    live.pay(made.invoice.payment_request)
    live.pays_attention(made.id)
    # To load it again would fail where it is just about to do so by itself.
    screen.open("/screen/till")
    screen.shows(PAID)


def test_nothing_is_cut_on_a_small_screen(live: LiveShop, open_till: OpenTill) -> None:
    screen = open_till(live, viewport=PHONE)
    live.sells(9_999_999, "2 flat whites, 1 croissant with almonds and a very long story about where it came from")
    screen.open("/screen/till")
    screen.shows(OPEN)
    size = screen.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert size == [PHONE["width"], PHONE["height"]]


class TestTips:
    """A shop that asks for its tips on the display."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, tip_percent=(5, 10), tip_at=("display",))

    def test_the_customer_chooses_and_the_till_goes_on_by_itself(
        self, till: Till, screen: Till, live: LiveShop, open_till: OpenTill
    ) -> None:
        bars = open_till(live)
        bars.open("/screen/bar")
        till.type_sale(1000)
        till.page.get_by_role("button", name="Charge").click()
        expect(till.page.get_by_role("heading", name="The customer is choosing")).to_be_visible()
        screen.page.get_by_role("button", name="10%").click()
        assert live.charge(charge_of(till)).tip_sat == 100
        screen.shows(OPEN)
        is_idle(bars)
        till.type_sale(2000)
        till.page.get_by_role("button", name="Charge").click()
        expect(screen.page.get_by_role("button", name="No tip")).to_be_visible()
        till.page.get_by_role("button", name="Skip the tip").click()
        assert live.charge(charge_of(till)).tip_sat == 0
        expect(screen.page.get_by_role("heading", level=1)).to_have_text("2,000 sat")


def charge_of(till: Till) -> str:
    """Wait until the till has gone on to the pay page, and return whose it is."""
    till.asked()
    return till.charge_id

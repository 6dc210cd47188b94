"""The moment of payment: what is heard and felt, by whom, and how the screen goes back by itself."""

from dataclasses import replace

import pytest
from playwright.sync_api import Locator, expect

from pos.domain.charge import Channel
from pos.services.charge import charge
from pos.settings import Settings
from tests.browser.conftest import OpenTill
from tests.browser.people import EXPIRED, OPEN, PAID, LiveShop, Till, presses
from tests.conftest import in_sat
from tests.fakes import FakeRates
from tests.people import People

# A loudspeaker and a motor in the hands of the test: which notes (Hz) and pulses (ms) they got.
RECORDER = """
window.notes = [];
window.pulses = [];
window.AudioContext = class extends EventTarget {
    state = "running";
    currentTime = 0;
    createOscillator() {
        const note = Object.assign(new EventTarget(), {frequency: {}, connect() {}});
        note.start = () => notes.push(note.frequency.value);
        note.stop = () => queueMicrotask(() => note.dispatchEvent(new Event("ended")));
        return note;
    }
    createGain() { return {gain: {setValueAtTime() {}, linearRampToValueAtTime() {}}, connect() {}}; }
    async close() { window.released = true; }
};
Navigator.prototype.vibrate = (pattern) => pulses.push(pattern);
"""
MUTED = "AudioContext = class extends AudioContext { state = 'suspended' };"
RISING, FALLING, LOW = [784, 1047], [1047, 784, 1047, 784], [196]
# How long the screen stays green, in seconds: longer than a slow machine needs for a test, which lets the time pass
# itself. What has to be looked at stays on a kiosk for 30.
PAID_SECONDS = 20


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, paid_seconds=PAID_SECONDS)


def listen(till: Till) -> Till:
    till.page.add_init_script(RECORDER)
    return till


@pytest.fixture
def fake_wallet_till(fake_wallet_live: LiveShop, open_till: OpenTill) -> Till:
    return listen(open_till(fake_wallet_live))


def hears(till: Till, notes: list[int]) -> None:
    till.page.wait_for_function("(notes) => notes.join() === window.notes.join()", arg=notes)


def hears_nothing(till: Till) -> None:
    """Nothing is heard or felt, though the page has done all that it does when it turns."""
    assert till.page.evaluate("[notes, pulses]") == [[], []]


def is_back(till: Till, path: str = "/") -> None:
    till.page.wait_for_url(till.live.address + path)


def knows_how_to_leave(till: Till) -> None:
    """Wait until the module that goes back has run, which the page loads when it needs it."""
    till.page.evaluate("import(new URL('leave.js', document.querySelector('script[type=module]').src))")


def is_about_to_leave(till: Till, asked: str) -> None:
    """The customer pays, and the screen is green and counts the seconds until it goes back, by a clock of the test."""
    till.page.clock.install()
    with till.page.expect_response("**/leave.js"):
        till.pay(asked)
    till.shows(PAID)
    knows_how_to_leave(till)


def goes_back(till: Till, path: str = "/") -> None:
    till.page.clock.fast_forward(PAID_SECONDS * 1000)
    is_back(till, path)


def stays(till: Till, state: str = PAID) -> None:
    """Whatever it waits for, it does not wait any more after ten minutes."""
    knows_how_to_leave(till)
    with till.page.expect_response("**/status"):
        till.page.clock.fast_forward(600_000)
        till.page.evaluate("fetch(document.querySelector('#charge').dataset.ask)")
    till.shows(state)


def test_it_is_heard_and_felt_when_the_screen_turns_green_and_only_once(fake_wallet_till: Till) -> None:
    till = fake_wallet_till
    asked = till.opens_sale()
    hears_nothing(till)
    till.live.settle(asked, 2100)
    till.shows(PAID)
    hears(till, RISING)
    assert till.page.evaluate("pulses") == [[80, 60, 170]]
    till.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    till.page.evaluate("dispatchEvent(new Event('online'))")
    till.shows(PAID)
    hears(till, RISING)
    till.page.wait_for_function("() => window.released")
    # What a program sold is heard where its page is open.
    made = charge(till.live.shop, Channel.API, in_sat(2100), "k")
    till.open(f"/pay/{made.id}")
    till.asked()
    till.live.settle(made.invoice.payment_request, 2100)
    till.shows(PAID)
    hears(till, RISING)


def test_an_expired_invoice_has_one_low_note_and_late_money_falls_after_it(fake_wallet_till: Till) -> None:
    till = fake_wallet_till
    asked = till.opens_sale()
    till.live.expires()
    till.shows(EXPIRED)
    hears(till, LOW)
    assert till.page.evaluate("pulses") == []
    till.live.clock.move(30)
    till.live.settle(asked, 2100)
    till.shows(PAID)
    hears(till, LOW + FALLING)


def test_a_device_that_was_silenced_stays_silent_through_the_next_sales(till: Till) -> None:
    listen(till).sell()
    switch = till.page.get_by_role("button", name="Sound")
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    asked = till.opens_sale()
    expect(switch).to_have_attribute("aria-pressed", "false")
    loaded: list[str] = []
    till.page.on("request", lambda request: loaded.append(request.url))
    is_about_to_leave(till, asked)
    goes_back(till)
    assert not [url for url in loaded if url.endswith("sound.js")]
    till.opens_sale()
    switch.click()
    till.pay()
    till.shows(PAID)
    hears(till, RISING)


def test_whoever_wants_no_motion_hears_and_feels_nothing_move(fake_wallet_live: LiveShop, open_till: OpenTill) -> None:
    till = listen(open_till(fake_wallet_live, reduced_motion="reduce"))
    till.live.settle(till.opens_sale(), 2000)
    till.shows(PAID)
    hears(till, FALLING)
    assert till.page.evaluate("pulses") == []
    assert till.page.locator(".mark").evaluate("mark => getComputedStyle(mark).animationName") == "none"


def test_a_browser_that_may_not_play_is_silent_and_does_not_play_later(fake_wallet_till: Till) -> None:
    till = fake_wallet_till
    till.page.add_init_script(MUTED)
    till.live.settle(till.opens_sale(), 2000)
    till.shows(PAID)
    till.page.wait_for_function("() => window.released")
    assert till.page.evaluate("notes") == []


def test_a_customers_phone_at_the_tip_jar_is_silent(till: Till) -> None:
    listen(till).open("/tips")
    till.page.get_by_role("button", name="Tip").click()
    asked = till.asked()
    expect(till.page.get_by_role("button", name="Sound")).to_have_count(0)
    till.page.clock.install()
    till.pay(asked)
    till.shows(PAID)
    stays(till)
    hears_nothing(till)


def test_the_real_loudspeaker_raises_no_complaint_and_the_till_is_ready_for_the_next_sale(till: Till) -> None:
    till.page.add_init_script(
        "const { close } = AudioContext.prototype;"
        "AudioContext.prototype.close = function () { sessionStorage.closed = 1; return close.call(this); };"
    )
    is_about_to_leave(till, till.sell())
    till.page.wait_for_function("() => sessionStorage.closed")
    goes_back(till)
    expect(till.page.get_by_label("Amount")).to_have_value("")
    # What is over is not a step back.
    till.page.go_back()
    expect(till.page.locator("html[data-state]")).to_have_count(0)


def test_the_till_is_ready_for_the_next_sale_though_the_sound_does_not_come(till: Till) -> None:
    till.may_fail("/sound.js")
    till.page.route("**/sound.js", lambda route: route.abort())
    is_about_to_leave(till, till.opens_sale())
    goes_back(till)


def test_a_touch_keeps_a_paid_sale_on_the_screen(till: Till) -> None:
    is_about_to_leave(till, till.opens_sale())
    till.page.get_by_role("heading", level=1).click()
    stays(till)


def test_the_till_stays_where_somebody_has_to_look_and_is_silent_where_it_was_loaded_already_paid(
    fake_wallet_till: Till,
) -> None:
    till = fake_wallet_till
    till.page.clock.install()
    for changes in ({"received_sat": 2000}, {"received_sat": 2100, "preimage": None}):
        till.live.settle(till.opens_sale(), **changes)
        till.shows(PAID)
        hears(till, FALLING)
        stays(till)
    till.page.reload()
    till.shows(PAID)
    expect(till.page.get_by_role("button", name="Sound")).to_be_visible()
    stays(till)
    hears_nothing(till)


def test_the_kiosk_goes_back_as_soon_and_later_where_there_is_something_to_review(fake_wallet_till: Till) -> None:
    kiosk = fake_wallet_till
    kiosk.page.clock.install()
    kiosk.open("/kiosk")
    kiosk.page.get_by_role("button", name="2,100 sat").click()
    kiosk.live.settle(kiosk.asked(), 2100)
    kiosk.shows(PAID)
    # It has no keys of its own.
    loaded: list[str] = []
    kiosk.page.on("request", lambda request: loaded.append(request.url))
    kiosk.page.keyboard.press("3")
    with kiosk.page.expect_response("**/status"):
        kiosk.page.evaluate("fetch(document.querySelector('#charge').dataset.ask)")
    assert not [url for url in loaded if url.endswith("next_sale.js")]
    goes_back(kiosk, "/kiosk")
    kiosk.page.get_by_role("button", name="2,100 sat").click()
    kiosk.live.settle(kiosk.asked(), 2000)
    kiosk.shows(PAID)
    kiosk.page.clock.fast_forward(PAID_SECONDS * 1000)
    kiosk.shows(PAID)
    kiosk.page.clock.fast_forward(10_000)
    is_back(kiosk, "/kiosk")


def test_the_till_does_not_leave_for_a_shop_that_is_not_there(till: Till) -> None:
    is_about_to_leave(till, till.opens_sale())
    till.may_fail("/status")
    till.page.route("**/status", lambda route: route.abort())
    with till.page.expect_event("requestfailed"):
        till.page.clock.fast_forward(PAID_SECONDS * 1000)
    till.shows(PAID)
    till.page.unroute("**/status")
    till.page.clock.fast_forward(5000)
    is_back(till)


@pytest.fixture
def over(till: Till) -> Till:
    """A sale that is over, on a screen whose own time stands still until a test lets some of it pass."""
    till.page.clock.install()
    till.pay(till.opens_sale())
    till.shows(PAID)
    till.stops_its_clock()
    return till


def amount(till: Till) -> Locator:
    return till.page.get_by_label("Amount")


def test_figures_that_are_typed_over_a_paid_sale_begin_the_next_one(over: Till) -> None:
    # None of these is meant for the sale.
    over.page.keyboard.press("Control+9")
    over.page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', repeat: true, bubbles: true}))"
    )
    over.page.keyboard.type("350")
    expect(over.page.get_by_role("link", name="New sale 350", exact=True)).to_be_visible()
    over.page.keyboard.type("7")
    over.page.keyboard.press("Backspace")
    expect(over.page.get_by_role("link", name="New sale 350", exact=True)).to_be_visible()
    with over.page.expect_event("requestfinished", lambda it: it.url.endswith("/js/typed.js")):
        over.page.clock.run_for(500)
        is_back(over)
    expect(amount(over)).to_have_value("350")
    over.page.keyboard.type("0")
    expect(amount(over)).to_have_value("3500")
    # It was begun once.
    over.page.reload()
    expect(amount(over)).to_have_value("3500")


def test_figures_of_another_script_begin_the_next_sale_too(over: Till) -> None:
    presses(over.page, "٣٥")
    expect(over.page.get_by_role("link", name="New sale ٣٥", exact=True)).to_be_visible()
    over.page.clock.run_for(500)
    is_back(over)
    expect(amount(over)).to_have_value("٣٥")


def is_looked_at_again(over: Till, page: str) -> None:
    """Somebody opens a sale that is over once more."""
    over.page.goto(page)
    over.shows(PAID)
    over.page.wait_for_load_state()


def test_a_key_a_scan_or_what_waits_at_the_till_begins_the_next_sale_and_what_was_begun_can_be_taken_back(
    over: Till,
) -> None:
    page = over.page.url
    over.page.keyboard.type("35")
    over.page.keyboard.press("Escape")
    over.page.keyboard.type("4")
    expect(over.page.get_by_role("link", name="New sale 4", exact=True)).to_be_visible()
    # One step back from the till, which has it.
    over.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(over.page.get_by_role("link", name="New sale", exact=True)).to_be_visible()
    # A card that is tapped once more is nobody's to read.
    over.page.keyboard.type("lnurlw://card.example/tap?p=DEADBEEF12345678&c=0011223344556677")
    over.page.keyboard.press("Enter")
    assert over.page.url == page
    # A button that has the focus keeps its own Enter.
    over.page.get_by_role("link", name="Receipt").focus()
    over.page.keyboard.press("Enter")
    over.page.wait_for_url("**/receipt")
    is_looked_at_again(over, page)
    over.page.keyboard.type("4012345678901")
    over.page.keyboard.press("Enter")
    is_back(over)
    expect(over.page.get_by_label("Memo")).to_have_value("4012345678901")
    expect(amount(over)).to_have_value("")
    for key in ("Enter", "Escape"):
        is_looked_at_again(over, page)
        over.page.keyboard.press(key)
        is_back(over)
        expect(amount(over)).to_have_value("")
    is_looked_at_again(over, page)
    over.page.evaluate("sessionStorage.typed = JSON.stringify({at: '/', lines: [], amount: '12', memo: ''})")
    over.page.keyboard.type("5")
    over.page.keyboard.press("Enter")
    is_back(over)
    expect(amount(over)).to_have_value("12")


def test_a_sale_that_is_open_stays_so_and_keys_begin_nothing_meanwhile_nor_in_the_middle_of_a_burst(till: Till) -> None:
    till.page.clock.install()
    asked = till.opens_sale()
    stays(till, OPEN)
    assert till.asked() == asked
    till.stops_its_clock()
    till.page.keyboard.type("35")
    till.page.keyboard.press("Enter")
    till.page.keyboard.press("Escape")
    till.pay(asked)
    till.shows(PAID)
    till.page.keyboard.type("70")
    till.page.clock.run_for(500)
    till.page.keyboard.type("2")
    expect(till.page.get_by_role("link", name="New sale 2", exact=True)).to_be_visible()


class TestPrices:
    """A till of a shop with prices in euros."""

    @pytest.fixture
    def rates(self) -> FakeRates:
        return FakeRates()

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, currency="EUR")

    def test_an_amount_with_decimals_that_was_begun_is_never_taken_for_sat_without_them(
        self, over: Till, rates: FakeRates
    ) -> None:
        rates.price = None
        over.page.keyboard.type("12.50")
        over.page.keyboard.press("Enter")
        is_back(over)
        expect(amount(over)).to_have_value("12.50")
        over.may_fail("/")
        over.page.keyboard.press("Enter")
        expect(over.page.get_by_role("alert")).to_have_text(
            "Type the amount in whole sat, with the digits 0 to 9 only."
        )
        is_back(over)


def test_a_customers_own_phone_stays_green_where_somebody_owns_the_shop(
    fake_wallet_live: LiveShop, open_till: OpenTill
) -> None:
    People(fake_wallet_live.app).claim()
    made = charge(fake_wallet_live.shop, Channel.TILL, in_sat(2100), "k")
    phone = open_till(fake_wallet_live)
    phone.page.clock.install()
    phone.open(f"/pay/{made.id}")
    fake_wallet_live.settle(phone.asked(), 2100)
    phone.shows(PAID)
    expect(phone.page.get_by_role("link", name="Receipt")).to_be_visible()
    expect(phone.page.get_by_role("link", name="New sale")).to_have_count(0)
    # Nor does the keyboard begin the next sale of somebody else's till.
    phone.page.keyboard.type("42")
    stays(phone)
    expect(phone.page).to_have_url(f"{fake_wallet_live.address}/pay/{made.id}")

"""Somebody sells under a PIN, locks the till, and another one takes over what was typed."""

import re
from secrets import token_urlsafe

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Route, expect

from pos.domain.charge import Channel
from pos.domain.device import Face
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.domain.staff import Role
from pos.services.devices import take_off
from pos.web.sale_token import seal
from tests.browser.people import PAID, Till
from tests.browser.test_devices import AT_ONCE
from tests.people import People
from tests.web.pin.test_who_sells import ANA, BEN, OURS


@pytest.fixture
def people(till: Till) -> People:
    people = People(till.live.app)
    people.claim()
    people.somebody("Ana", pin=ANA)
    people.somebody("Ben", pin=BEN)
    return people


@pytest.fixture
def device(people: People) -> FlaskClient:
    """A till that was paired, before anybody has said who they are."""
    return people.device()


@pytest.fixture
def counter(till: Till, device: FlaskClient) -> Till:
    """The same in a browser."""
    be(till, device)
    till.open()
    return till


def be(till: Till, device: FlaskClient) -> None:
    """Let a browser be a device that was paired."""
    cookie = device.get_cookie(f"{till.live.app.config['SESSION_COOKIE_NAME']}_device")
    assert cookie
    till.page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": till.live.address}])


def passes(till: Till) -> None:
    """Time goes by on the page: as much as one has to change within that stands open."""
    till.page.clock.fast_forward(AT_ONCE)


def type_pin(till: Till, pin: str) -> None:
    keys = till.page.get_by_role("group", name="Keypad")
    for figure in pin:
        keys.get_by_role("button", name=figure, exact=True).click()
    keys.get_by_role("button", name="Go on").click()


def test_another_cashier_takes_over_what_was_typed(counter: Till, device: FlaskClient) -> None:
    page = counter.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Who sells?")
    type_pin(counter, ANA)
    page.get_by_role("button", name="Lock: Ana").wait_for()
    counter.type_sale(2100, "Table 5")
    # What the tape comes to may be asked for at the moment at which the till is locked, and is refused then.
    counter.watch.may_fail.add("/quote")
    page.get_by_role("button", name="Add to the tape").click()
    page.get_by_role("button", name="Lock: Ana").click()
    kept = page.get_by_text("A sale is kept: 1 item")
    expect(kept).to_be_visible()
    # One step back is the same page, and the same sale.
    page.go_back()
    expect(kept).to_be_visible()
    # By real keys, which need no focus.
    page.locator("h1").click()
    page.keyboard.type(BEN)
    expect(page.locator(".pips .on")).to_have_count(4)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Lock: Ben").wait_for()
    expect(page.get_by_label("Memo")).to_have_value("Table 5")
    page.locator(".charge").click()
    page.wait_for_url(re.compile("/pay/"))
    shop, made = counter.live.shop, counter.live.charge(counter.charge_id)
    sold = shop.store.get_sale(made.sale_id)
    assert sold
    assert (sold.staff, sold.price.minor) == ("ben", 2100)
    # It turns green whoever has locked the till meanwhile.
    assert device.post("/pin/lock", headers=OURS).status_code == 303
    assert device.get("/").headers["Location"].startswith("/pin")
    counter.pay()
    counter.shows(PAID)


def test_a_locked_till_says_of_nothing_that_was_paid_that_it_waits(till: Till, device: FlaskClient) -> None:
    page = till.page
    be(till, device)
    page.clock.install()
    till.open()
    type_pin(till, ANA)
    page.get_by_role("button", name="Lock: Ana").wait_for()
    asked, made = till.sell(2100, "Table 5"), till.charge_id
    till.open()
    page.get_by_role("button", name="Lock: Ana").click()
    waits = page.get_by_text("Table 5 is waiting for payment")
    expect(waits).to_be_visible()
    page.keyboard.press(ANA[0])
    till.pay(asked)
    till.live.pays_attention(made)
    # Who types is not disturbed.
    with page.expect_response("**/pin/status"):
        passes(till)
    expect(waits).to_be_visible()
    page.keyboard.press("Backspace")
    passes(till)
    expect(page.get_by_role("heading", level=1)).to_have_text("Who sells?")
    expect(waits).to_have_count(0)


def test_while_the_till_is_gone_nobody_is_led_to_the_browsers_own_page(counter: Till) -> None:
    page, gone = counter.page, counter.page.get_by_text("The till does not answer. Nothing is lost.")
    page.wait_for_load_state()
    counter.may_fail("/")
    page.context.set_offline(True)
    type_pin(counter, ANA)
    expect(gone).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Go on").first.click()
    lock = page.get_by_role("button", name="Lock: Ana")
    lock.wait_for()
    for path in ("/sales", "/shifts", "/till/till/shift"):
        counter.open(path)
        page.wait_for_load_state()
        page.context.set_offline(True)
        lock.click()
        expect(gone).to_be_visible()
        page.context.set_offline(False)
    lock.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who sells?")


def test_a_wrong_pin_makes_the_keys_wait(counter: Till) -> None:
    page = counter.page
    counter.may_fail("/pin")
    type_pin(counter, "9999")
    expect(page.get_by_role("alert")).to_contain_text("Not a PIN of this shop. The owner is told.")
    counter.live.clock.move(1)
    # After the second one it is two seconds: however long the answer took, some of them are left.
    counter.open("/pin")
    type_pin(counter, "9998")
    expect(page.get_by_role("alert")).to_contain_text("Try again now.")
    counter.live.clock.move(2)
    type_pin(counter, ANA)
    page.get_by_role("button", name="Lock: Ana").wait_for()


def test_a_page_that_stands_open_asks_for_a_pin_as_soon_as_there_is_one_and_locks_out_whoever_was_removed(
    till: Till,
) -> None:
    people, page, shop = People(till.live.app), till.page, till.live.shop
    people.claim()
    be(till, people.device())
    # Before the page: its script would be told of a wait by a clock that then jumps back.
    page.clock.install()
    till.open("/sales")
    page.wait_for_load_state()
    people.somebody("Ana", pin=ANA)
    passes(till)
    expect(page.get_by_role("heading", level=1)).to_have_text("Who sells?")
    type_pin(till, ANA)
    page.wait_for_url("**/sales")
    till.open()
    page.get_by_role("button", name="Lock: Ana").wait_for()
    till.may_fail("/till/")
    till.may_fail("/quote")
    till.may_fail("/recent")
    people.somebody("Ben", pin=BEN)
    [ana, ben] = shop.store.staff.listed()
    shop.store.staff.remove(ana, "Marta", shop.now())
    passes(till)
    expect(page.get_by_role("heading", level=1)).to_have_text("Who sells?")
    # Nor is anybody asked once there is no PIN any more.
    shop.store.staff.remove(ben, "Marta", shop.now())
    passes(till)
    expect(page.get_by_label("Amount")).to_be_visible()


def test_sums_that_stand_open_are_gone_once_the_device_is_taken_off(till: Till) -> None:
    people, shop = People(till.live.app), till.live.shop
    people.claim()
    till.page.clock.install()
    till.may_fail("/")
    for sells in ("", "ana"):
        if sells:
            people.somebody("Ana", pin=ANA)
        be(till, people.device(sells=sells))
        till.open("/till/till/shift")
        # Nobody has to sign in, or somebody has.
        expect(till.page.get_by_role("heading", level=1)).to_have_text("Close the shift")
        till.page.wait_for_load_state()
        [device] = shop.store.devices.listed()
        take_off(shop, device.id, "Marta")
        passes(till)
        expect(till.page.get_by_role("heading", level=1)).to_have_text("Ask the owner")


def test_a_tip_that_is_asked_for_stands_on_no_device_that_was_taken_off(till: Till, people: People) -> None:
    page, shop = till.page, till.live.shop
    page.clock.install()
    till.may_fail("/")
    live = "document.documentElement.dataset.live == document.querySelectorAll('[type=module]').length"
    for face, place, channel, path in (
        (Face.TILL, "till", Channel.TILL, "/tip/"),
        (Face.KIOSK, "", Channel.KIOSK, "/kiosk/tip/"),
    ):
        be(till, people.device(face, place, sells="ana" if face is Face.TILL else ""))
        with till.live.app.test_request_context():
            token = seal(Sale(Money(4200, SAT), till=place), token_urlsafe(), channel)
        till.open(f"{path}{token}")
        # All of its modules run, so that nothing else loads it again.
        page.wait_for_function(live)
        # Nor does a kiosk ask for a PIN, as nobody sells there.
        passes(till)
        expect(page.get_by_role("heading", level=1)).to_have_text("Add a tip?")
        take_off(shop, next(it.id for it in shop.store.devices.listed() if it.face is face), "Marta")
        passes(till)
        expect(page.get_by_role("heading", level=1)).to_have_text("Ask the owner")


def test_a_page_locks_itself_after_a_mistake_on_its_form_too(till: Till, people: People) -> None:
    people.somebody("Mia", role=Role.MANAGER, pin=ANA[::-1])
    device, made = people.device(sells="mia"), till.live.sells()
    till.pay(made.invoice.payment_request)
    till.live.pays_attention(made.id)
    be(till, device)
    page = till.page
    page.clock.install()
    till.open(f"/refunds/{till.live.number(made.id)}")
    page.get_by_label("Reason").fill("Cold")
    page.get_by_label("Invoice or Lightning address").fill("a word")
    till.may_fail("/refunds/")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("This is no Lightning invoice")
    assert device.post("/pin/lock", headers=OURS).status_code == 303
    passes(till)
    expect(page.get_by_role("heading", level=1)).to_have_text("Who sells?")


def test_figures_that_come_before_the_script_count_and_the_keys_stand_as_they_do_everywhere_in_arabic(
    counter: Till,
) -> None:
    page = counter.page
    page.context.add_cookies([{"name": "language", "value": "ar", "url": counter.live.address}])
    counter.open()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    boxes = [it.bounding_box() for it in page.locator(".keys button").all()[:3]]
    across = [it["x"] for it in boxes if it]
    assert across == sorted(across)
    assert len(set(across)) == 3
    page.context.clear_cookies(name="language")
    held: list[Route] = []
    page.route("**/js/pin.js", lambda it: held.append(it))
    page.goto(f"{counter.live.address}/pin", wait_until="commit")
    expect(page.locator("#pin")).to_be_focused()
    page.keyboard.type(ANA[:2])
    held[0].continue_()
    expect(page.locator(".pips .on")).to_have_count(2)
    # As a keyboard of another script types them, which need no focus either.
    page.locator("h1").click()
    keyboard = page.context.new_cdp_session(page)
    for figure in ANA[2:].translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")):
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyDown", "key": figure, "text": figure})
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Lock: Ana").wait_for()


def test_a_kiosk_that_is_left_at_the_field_for_a_pin_is_a_kiosk_again(till: Till, people: People) -> None:
    be(till, people.device(Face.KIOSK, ""))
    page = till.page
    page.clock.install()
    till.open("/pin")
    expect(page.get_by_role("heading", level=1)).to_have_text("For managers")
    page.wait_for_load_state()
    till.stops_its_clock()
    # Whoever types is there.
    page.clock.fast_forward(50_000)
    page.keyboard.press("2")
    page.clock.fast_forward(50_000)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading", level=1)).to_have_text("For managers")
    page.clock.fast_forward(10_000)
    page.wait_for_url("**/kiosk/rest")

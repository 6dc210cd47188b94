"""Fingers need room, and whoever has only a keyboard must see where they are."""

import pytest
from playwright.sync_api import expect

from pos.domain.staff import Role
from pos.services.claim import invite
from tests.browser.conftest import PHONE, OpenTill
from tests.browser.people import EXPIRED, PAID, LiveShop, Till
from tests.fakes import FakeWallet
from tests.people import PASSWORD, People

FINGER = 48
# What can be pressed or typed into, with its height. A radio of the tip jar is pressed by its label.
TARGETS = """() => [...document.querySelectorAll('a, button, summary, label.tile, input')]
    .filter((it) => !['hidden', 'radio'].includes(it.type))
    .filter((it) => it.checkVisibility({visibilityProperty: true, opacityProperty: true}))
    .map((it) => [it.getAttribute('aria-label') ?? (it.innerText || it.id), it.getBoundingClientRect().height])"""
# Whether the focus changes anything that can be seen: an outline, border or shadow, of the focused or around it.
SEEN = """() => {
    const focused = document.activeElement;
    const around = [focused, focused.nextElementSibling, focused.parentElement, focused.parentElement.parentElement];
    const look = () => around.filter(Boolean).map((it) => getComputedStyle(it)).map((style) =>
        [style.outlineStyle, style.outlineWidth, style.outlineColor, style.borderColor, style.boxShadow].join());
    const before = look();
    focused.blur();
    const after = look();
    focused.focus();
    return before.join() !== after.join();
}"""


@pytest.fixture
def phone(live: LiveShop, open_till: OpenTill) -> Till:
    return open_till(live, viewport=PHONE, has_touch=True, is_mobile=True)


def assert_room_for_fingers(phone: Till) -> None:
    targets = phone.page.evaluate(TARGETS)
    assert targets
    assert [(name, height) for name, height in targets if height < FINGER] == [], phone.page.url


def test_the_faces_fit_a_phone_and_they_and_the_pay_page_in_every_state_have_room_for_fingers(phone: Till) -> None:
    for path in ("/", "/kiosk", "/kiosk/rest", "/tips", "/language"):
        phone.open(path)
        assert phone.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"], path
        assert_room_for_fingers(phone)
    phone.opens_sale()
    assert_room_for_fingers(phone)
    phone.live.expires()
    phone.shows(EXPIRED)
    assert_room_for_fingers(phone)
    phone.page.get_by_role("button", name="New invoice, same amount").tap()
    phone.pay()
    phone.shows(PAID)
    assert_room_for_fingers(phone)


def tab_to(till: Till, name: str, most: int = 12, key: str = "Tab") -> None:
    """Press Tab until the focus is on what has this name; all the way it has to be seen."""
    for _ in range(most):
        till.page.keyboard.press(key)
        assert till.page.evaluate(SEEN), till.page.evaluate("document.activeElement.outerHTML")
        if name in till.page.evaluate("document.activeElement.innerText || document.activeElement.id"):
            return
    pytest.fail(f"Tab never came to {name}")


def test_a_whole_sale_by_keyboard(till: Till) -> None:
    keyboard = till.page.keyboard
    till.open()
    expect(till.page.get_by_label("Amount")).to_be_focused()
    keyboard.type("2100")
    tab_to(till, "memo")
    keyboard.type("Espresso")
    tab_to(till, "Charge")
    keyboard.press("Enter")
    asked = till.asked()
    tab_to(till, "Invoice as text")
    keyboard.press("Enter")
    expect(till.page.locator("#invoice")).to_be_visible()
    till.pay(asked)
    till.shows(PAID)
    tab_to(till, "New sale")
    keyboard.press("Enter")
    till.page.wait_for_url(f"{till.live.address}/")


def enter(till: Till, name: str, key: str = "Tab") -> None:
    """Go to what has this name, and where it leads."""
    tab_to(till, name, most=24, key=key)
    with till.page.expect_navigation():
        till.page.keyboard.press("Enter")


def fill(till: Till, label: str, text: str) -> None:
    """Go to a field, and type."""
    field = till.page.get_by_label(label)
    tab_to(till, field.get_attribute("id") or "")
    expect(field).to_be_focused()
    till.page.keyboard.insert_text(text)


def test_a_shop_is_claimed_sold_in_closed_and_given_back_in_by_keyboard(till: Till, live: LiveShop) -> None:
    page, keyboard, people, phone = till.page, till.page.keyboard, People(live.app), FakeWallet(live.clock)
    till.open(f"/claim/{invite(live.shop)}")
    fill(till, "Name", "Marta")
    fill(till, "Password", PASSWORD)
    enter(till, "This shop is mine")
    expect(page.locator(".plate")).to_contain_text("Looked at")
    people.somebody("Mia", Role.MANAGER, pin="90210")
    token, _ = people.offer("Terrace")
    page.context.clear_cookies()
    till.open(f"/pair/{token}")
    enter(till, "Yes, use it")
    # Figures of a PIN need no field.
    expect(page.get_by_role("heading", level=1)).to_have_text("Who sells?")
    keyboard.type("90210")
    keyboard.press("Enter")
    expect(page.get_by_label("Amount")).to_be_focused()
    keyboard.type("2100")
    keyboard.press("Enter")
    till.pay()
    till.shows(PAID)
    number = live.number(till.charge_id)
    enter(till, "New sale")
    expect(page.get_by_label("Amount")).to_be_focused()
    enter(till, "Mia", key="Shift+Tab")
    page.wait_for_url("**/pin**")
    keyboard.type("90210")
    keyboard.press("Enter")
    expect(page.get_by_label("Amount")).to_be_focused()
    enter(till, "Sales", key="Shift+Tab")
    for step in ("Shifts", "Close the shift", "Close shift 1"):
        enter(till, step)
    expect(page.get_by_role("heading", name="Shift 1 is closed")).to_be_visible()
    invoice = phone.sign(100, "", 3600).invoice
    till.open(f"/sales/{number}")
    enter(till, "Give back")
    fill(till, "Amount in sat", "100")
    fill(till, "Reason", "One was cold")
    fill(till, "Invoice or Lightning address", invoice.payment_request)
    enter(till, "Go on")
    expect(page.locator(".tag")).to_have_text("to be paid")
    fill(till, "Preimage", phone.preimages[invoice.id])
    keyboard.press("Enter")
    expect(page.locator(".tag")).to_have_text("given back")


def test_enter_in_the_amount_is_enough_and_who_was_on_the_pay_page_stays_on_what_it_turned_into(till: Till) -> None:
    till.open()
    till.page.keyboard.type("2100")
    till.page.keyboard.press("Enter")
    asked = till.asked()
    tab_to(till, "Cancel")
    till.pay(asked)
    till.shows(PAID)
    expect(till.page.get_by_role("heading", level=1)).to_be_focused()


def test_a_tip_and_a_kiosk_by_keyboard(till: Till) -> None:
    till.open("/tips")
    tab_to(till, "EN")
    till.page.keyboard.press("Tab")
    assert till.page.evaluate(SEEN)
    till.page.keyboard.press("ArrowRight")
    expect(till.page.get_by_role("radio", name="5,000")).to_be_checked()
    tab_to(till, "Tip")
    till.page.keyboard.press("Enter")
    till.asked()
    expect(till.page.get_by_role("heading", level=1)).to_have_text("5,000 sat")
    till.open("/kiosk")
    tab_to(till, "2,100")
    till.page.keyboard.press("Enter")
    till.asked()
    expect(till.page.get_by_role("heading", level=1)).to_have_text("2,100 sat")

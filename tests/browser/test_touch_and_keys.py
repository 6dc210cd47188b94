"""Fingers need room, and whoever has only a keyboard must see where they are."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, OpenTill
from tests.browser.people import EXPIRED, PAID, LiveShop, Till

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
    assert [(name, height) for name, height in targets if height < FINGER] == []


@pytest.mark.parametrize("path", ["/", "/kiosk", "/kiosk/rest", "/tips", "/language"])
def test_the_faces_fit_a_phone_and_have_room_for_fingers(phone: Till, path: str) -> None:
    phone.open(path)
    assert phone.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert_room_for_fingers(phone)


def test_the_pay_page_has_room_for_fingers_in_every_state(phone: Till) -> None:
    phone.sell()
    assert_room_for_fingers(phone)
    phone.live.expires()
    phone.shows(EXPIRED)
    assert_room_for_fingers(phone)
    phone.page.get_by_role("button", name="New invoice, same amount").tap()
    phone.pay()
    phone.shows(PAID)
    assert_room_for_fingers(phone)


def tab_to(till: Till, name: str, most: int = 12) -> None:
    """Press Tab until the focus is on what has this name; all the way it has to be seen."""
    for _ in range(most):
        till.page.keyboard.press("Tab")
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


def test_enter_in_the_amount_is_enough(till: Till) -> None:
    till.open()
    till.page.keyboard.type("2100")
    till.page.keyboard.press("Enter")
    till.asked()


def test_who_was_on_the_pay_page_by_keyboard_stays_on_what_it_turned_into(till: Till) -> None:
    asked = till.sell()
    tab_to(till, "Cancel")
    till.pay(asked)
    till.shows(PAID)
    expect(till.page.get_by_role("heading", level=1)).to_be_focused()


def test_a_tip_by_keyboard(till: Till) -> None:
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


def test_a_kiosk_by_keyboard(till: Till) -> None:
    till.open("/kiosk")
    tab_to(till, "2,100")
    till.page.keyboard.press("Enter")
    till.asked()
    expect(till.page.get_by_role("heading", level=1)).to_have_text("2,100 sat")

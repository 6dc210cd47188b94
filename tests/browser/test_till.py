"""The till as a cash register: a keypad under a finger, real keys, a scanner, the tape, and the last sales at hand."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Route, ViewportSize, expect

from pos.domain.charge import Channel
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.services.charge import charge
from pos.services.recent import SALES
from pos.settings import Settings
from pos.shop import Shop
from tests.browser.conftest import PHONE, TABLET, OpenTill
from tests.browser.people import LiveShop, Till, presses
from tests.browser.test_touch_and_keys import FINGER
from tests.browser.test_weight import is_idle, weight
from tests.browser.wire import Wire
from tests.fakes import FakeRates

LYING: ViewportSize = {"width": 1280, "height": 800}
FLAT: ViewportSize = {"width": 740, "height": 360}
# Of an iPad, in its browser and on its home screen.
UPRIGHT_TABLETS: tuple[ViewportSize, ...] = ({"width": 768, "height": 1024}, {"width": 834, "height": 1042})
QUOTE = "**/quote?*"
# How often the page asks for the last sales, in milliseconds.
EVERY = 5000
# Whether a finger in the middle of a key would touch it.
TAKES_A_TAP = """key => {
    const { x, y, width, height } = key.getBoundingClientRect();
    return key.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""
BOXES = "(what) => [...document.querySelectorAll(what)].map((it) => it.getBoundingClientRect().toJSON())"
PLACES = f"""async () => {{
    while (document.querySelector("button:active")) await new Promise(requestAnimationFrame);
    await Promise.allSettled(document.getAnimations().map((it) => it.finished));
    return ({BOXES})(".keys button, .charge, .memo, .recent");
}}"""
# Where a finger touches a key of the pad. For Playwright to find that out takes four times as long.
MIDDLE = """name => {
    const key = [...document.querySelectorAll("[role=group][aria-label=Keypad] button")]
        .find((it) => (it.ariaLabel ?? it.textContent) === name);
    key.scrollIntoView({block: "nearest"});
    const { x, y, width, height } = key.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
}"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A shop in which a cent is 20 sat."""
    return replace(settings, currency="EUR", rate_fixed=Decimal(50_000))


@pytest.fixture
def till(live: LiveShop, open_till: OpenTill) -> Till:
    """A phone in the hand of a cashier."""
    till = open_till(live, viewport=PHONE, has_touch=True, is_mobile=True)
    till.open()
    return till


@pytest.fixture
def desk(live: LiveShop, open_till: OpenTill) -> Till:
    """A till with real keys."""
    till = open_till(live, viewport=LYING)
    till.open()
    return till


def tap(till: Till, *keys: str) -> None:
    for key in keys:
        till.page.touchscreen.tap(*place_of(till, key))


def place_of(till: Till, key: str) -> tuple[float, float]:
    """Return where the middle of a key of the pad is, which takes taps as soon as the page lives."""
    expect(till.page.locator("[data-live] .keys")).to_have_count(1)
    x, y = till.page.evaluate(MIDDLE, key)
    return x, y


def add(till: Till, *keys: str) -> None:
    tap(till, *keys, "Add to the tape")


def amount(till: Till) -> Locator:
    return till.page.get_by_label("Amount")


def tape(till: Till) -> Locator:
    """What counts of it: an amount that was taken off stands there for a while."""
    return till.page.get_by_role("list", name="Tape").locator("li:not(.gone) button")


def sums(till: Till) -> Locator:
    return till.page.locator(".sums")


def charge_key(till: Till) -> Locator:
    return till.page.locator(".charge")


def heading(till: Till) -> Locator:
    return till.page.get_by_role("heading", level=1)


def in_sat(till: Till) -> None:
    till.page.get_by_text("sat", exact=True).first.click()
    expect(till.page.get_by_role("radio", name="sat")).to_be_checked()


def sells(shop: Shop, key: str, memo: str = "", price: int = 2100) -> str:
    """Somebody else sells at this till."""
    return charge(shop, Channel.TILL, Sale(Money(price, SAT), memo, till=shop.settings.tills[0]), key).id


def test_price_tip_and_memo_of_a_recent_sale_are_on_one_line(live: LiveShop, open_till: OpenTill) -> None:
    charge(live.shop, Channel.TILL, Sale(Money(2000, SAT), "Lunch", 100, live.shop.settings.tills[0]), "key")
    till = open_till(live, viewport=TABLET)
    till.open()
    row = till.page.locator(".sales small")
    expect(row).to_contain_text("2,000 sat + 100 sat tip · Lunch")
    box = row.bounding_box()
    assert box
    # A line of it, and not two.
    assert box["height"] < 1.5 * row.evaluate("it => parseFloat(getComputedStyle(it).lineHeight)")


def test_a_sale_by_touch_takes_the_digits_and_one_tap_in_either_unit(till: Till) -> None:
    tap(till, "1", "2", "Decimal sign", "5", "0")
    expect(charge_key(till)).to_have_text("Charge €12.50")
    expect(till.page.get_by_text("≈ 25,000 sat")).to_be_visible()
    charge_key(till).tap()
    till.asked()
    assert till.live.charge(till.charge_id).amount_sat == 25_000
    till.open()
    in_sat(till)
    tap(till, "2", "1", "00")
    expect(charge_key(till)).to_have_text("Charge 2,100 sat")
    charge_key(till).tap()
    till.asked()
    expect(heading(till)).to_have_text("2,100 sat")


def test_what_is_typed_is_written_as_the_reader_does_and_sent_as_it_was_typed(till: Till) -> None:
    amount, written = till.page.get_by_label("Amount"), till.page.locator(".figures > [aria-hidden]")
    tap(till, "1", "2", "3", "4")
    expect(written).to_have_text("1,234")
    expect(amount).to_have_value("1234")
    # Over the field: it is not written twice.
    expect(amount).to_have_css("-webkit-text-fill-color", "rgba(0, 0, 0, 0)")
    amount.press("ArrowLeft")
    expect(written).to_be_empty()
    amount.press("End")
    expect(written).to_have_text("1,234")
    tap(till, "Delete the last digit")
    expect(written).to_be_empty()
    amount.fill("9" * 16)
    expect(written).to_be_empty()


def test_the_keypad_takes_no_more_decimals_than_there_are(till: Till) -> None:
    tap(till, "Decimal sign", "Decimal sign", "5", "00", "7")
    expect(amount(till)).to_have_value("0.50")
    tap(till, "Delete the last digit", "Delete the last digit", "Delete the last digit", "Delete the last digit")
    expect(amount(till)).to_have_value("")
    # Sat have none.
    in_sat(till)
    expect(till.page.get_by_role("button", name="Decimal sign")).to_be_disabled()
    tap(till, "0", "0", "7")
    expect(amount(till)).to_have_value("7")


def test_a_finger_on_a_key_moves_nothing_and_calls_no_other_keyboard(till: Till) -> None:
    expect(amount(till)).to_have_attribute("inputmode", "none")
    expect(amount(till)).to_be_focused()
    tap(till, "1", "2", "Clear")
    add(till, "5")
    expect(amount(till)).to_be_focused()


def test_amounts_on_the_tape_are_summed_on_the_charge_key_and_a_tap_takes_one_off(till: Till) -> None:
    add(till, "2", "Decimal sign", "5", "0")
    # At once: nobody waits for the server between two amounts.
    add(till, "1", "2")
    tap(till, "4")
    expect(tape(till)).to_have_text(["2.50", "12.00"])
    expect(charge_key(till)).to_have_text("Charge €18.50")
    tap(till, "Add to the tape")
    # Who listens hears it, too.
    expect(till.announcer).to_have_text("Added €4.00. Total €18.50.")
    add(till, "3")
    expect(till.announcer).to_have_text("Added €3.00. Total €21.50.")
    till.page.get_by_role("button", name="Remove €2.50").tap()
    expect(tape(till)).to_have_text(["12.00", "4.00", "3.00"])
    expect(charge_key(till)).to_have_text("Charge €19.00")
    expect(till.announcer).to_have_text("Removed. Undo brings it back. Total €19.00.")
    charge_key(till).tap()
    till.asked()
    assert till.live.charge(till.charge_id).amount_sat == 38_000


def test_what_was_taken_off_comes_back_to_where_it_was(still: Till) -> None:
    keyboard = still.page.keyboard
    keyboard.type("2.50+12+3+")
    still.page.clock.run_for(500)
    expect(sums(still)).to_have_text("3 items €17.50")
    remove, undo = (still.page.get_by_role("button", name=name) for name in ("Remove €12.00", "Undo 12.00"))
    remove.click()
    # At once: what the rest comes to, the server says in a moment.
    expect(sums(still)).to_be_hidden()
    expect(undo).to_have_css("min-height", "48px")
    still.page.clock.run_for(4000)
    expect(sums(still)).to_have_text("2 items €5.50")
    expect(charge_key(still)).to_have_text("Charge €5.50")
    expect(tape(still)).to_have_text(["2.50", "3.00"])
    undo.click()
    still.page.clock.run_for(4000)
    expect(tape(still)).to_have_text(["2.50", "12.00", "3.00"])
    expect(sums(still)).to_have_text("3 items €17.50")
    remove.focus()
    keyboard.press("Enter")
    expect(undo).to_be_focused()
    still.page.clock.run_for(5000)
    expect(undo).to_have_count(0)
    expect(amount(still)).to_be_focused()
    # One key took it all off, and one tap brings it all back.
    keyboard.press("Escape")
    expect(tape(still)).to_have_count(0)
    still.page.get_by_role("button", name="Undo 3.00").click()
    expect(tape(still)).to_have_text(["2.50", "3.00"])


def test_an_amount_that_is_held_stands_on_the_tape_once_more(still: Till) -> None:
    still.page.keyboard.type("2+3+")
    tape(still).first.hover()
    still.page.mouse.down()
    still.page.clock.run_for(700)
    still.page.mouse.up()
    expect(tape(still)).to_have_text(["2", "3", "2"])
    still.page.clock.run_for(1000)
    expect(still.announcer).to_have_text("Added €2.00. Total €7.00.")
    # The key for the menu, and another button of the mouse.
    tape(still).nth(1).dispatch_event("contextmenu")
    expect(tape(still)).to_have_text(["2.00", "3.00", "2.00", "3.00"])
    still.page.clock.run_for(1000)
    expect(sums(still)).to_have_text("4 items €10.00")
    # Held for less it is a tap.
    tape(still).first.hover()
    still.page.mouse.down()
    still.page.clock.run_for(600)
    still.page.mouse.up()
    expect(tape(still)).to_have_text(["3.00", "2.00", "3.00"])
    # What a key takes off meanwhile does not come back as another one.
    tape(still).first.hover()
    still.page.mouse.down()
    still.page.keyboard.press("Escape")
    still.page.clock.run_for(700)
    expect(still.page.locator(".tape li")).to_have_count(4)


def test_what_is_nothing_or_wrong_is_not_added(till: Till) -> None:
    add(till)
    add(till, "0")
    expect(tape(till)).to_have_count(0)
    amount(till).fill("1.999")
    expect(till.page.get_by_text("EUR has 2 decimals at most.")).to_be_visible()
    add(till)
    expect(tape(till)).to_have_count(0)
    expect(amount(till)).to_have_value("1.999")


@pytest.mark.parametrize("figures", ["١٢٫٥٠", "१२.५०", "１２．５０"])
def test_the_figures_of_every_script_are_added(till: Till, figures: str) -> None:
    amount(till).fill(figures)
    add(till)
    expect(tape(till)).to_have_text([figures])
    expect(charge_key(till)).to_have_text("Charge €12.50")


def test_clear_takes_the_amount_first_and_never_both(till: Till) -> None:
    add(till, "2")
    tap(till, "3", "Clear")
    expect(amount(till)).to_have_value("")
    expect(tape(till)).to_have_text(["2.00"])
    tap(till, "Clear")
    expect(tape(till)).to_have_count(0)
    expect(charge_key(till)).to_have_text("Charge")


def test_the_unit_changes_with_all_that_was_typed_and_with_nothing_that_was_taken_off(till: Till) -> None:
    add(till, "2", "Decimal sign", "5", "0")
    add(till, "3")
    tape(till).last.tap()
    tap(till, "1")
    in_sat(till)
    # As the server converts it.
    expect(amount(till)).to_have_value("2000")
    expect(tape(till)).to_have_text(["5,000"])
    expect(till.page.get_by_role("list", name="Tape").get_by_role("button")).to_have_count(1)
    expect(charge_key(till)).to_have_text("Charge 7,000 sat")
    add(till, "7")
    tape(till).last.tap()
    tap(till, "1")
    charge_key(till).tap()
    till.asked()
    assert till.live.charge(till.charge_id).amount_sat == 5_001


def test_there_and_back_into_a_unit_leaves_what_was_typed_as_it_was(till: Till) -> None:
    in_sat(till)
    add(till, "2", "1", "0", "7")
    tap(till, "1", "0", "0", "9")
    for _ in range(2):
        # In cents there is no place for all of it.
        till.page.get_by_text("EUR", exact=True).first.tap()
        expect(charge_key(till)).to_have_text("Charge €1.55")
        expect(amount(till)).to_have_value("0.50")
        in_sat(till)
        expect(charge_key(till)).to_have_text("Charge 3,116 sat")
        expect(tape(till)).to_have_text(["2,107"])
        expect(amount(till)).to_have_value("1009")
    # Another amount is converted anew.
    till.page.get_by_text("EUR", exact=True).first.tap()
    expect(amount(till)).to_have_value("0.50")
    tap(till, "Delete the last digit")
    in_sat(till)
    expect(amount(till)).to_have_value("1000")
    expect(charge_key(till)).to_have_text("Charge 3,100 sat")


def test_a_unit_that_is_tapped_once_more_is_converted_at_the_rate_of_then(till: Till) -> None:
    tap(till, "1", "00")
    in_sat(till)
    expect(amount(till)).to_have_value("200000")
    till.page.get_by_text("EUR", exact=True).first.tap()
    expect(amount(till)).to_have_value("100")
    till.live.app.extensions["shop"] = replace(till.live.shop, rates=FakeRates(Decimal(40_000)))
    in_sat(till)
    expect(amount(till)).to_have_value("250000")


def test_a_unit_stays_until_what_was_typed_is_converted_which_is_done_once(till: Till) -> None:
    tap(till, "1")
    expect(charge_key(till)).to_have_text("Charge €1.00")
    held: list[Route] = []
    till.page.route("**/quote?*unit=EUR*", lambda route: held.append(route))
    # Somebody taps twice.
    for _ in range(2):
        with till.page.expect_request(QUOTE):
            till.page.get_by_text("sat", exact=True).first.tap()
    for it in held:
        it.continue_()
    expect(amount(till)).to_have_value("2000")
    tap(till, "0")
    expect(charge_key(till)).to_have_text("Charge 20,000 sat")
    # Nothing answers.
    till.may_fail("/quote")
    till.page.route(QUOTE, lambda route: route.abort())
    with till.page.expect_event("requestfailed"):
        till.page.get_by_text("EUR", exact=True).first.tap()
    expect(till.page.get_by_role("radio", name="sat")).to_be_checked()
    expect(amount(till)).to_have_value("20000")


def test_where_nothing_is_typed_the_unit_changes_at_once_and_the_next_digit_is_in_it(till: Till) -> None:
    till.may_fail("/quote")
    till.page.route(QUOTE, lambda route: route.abort())
    till.page.get_by_text("sat", exact=True).first.tap()
    tap(till, "2", "1", "00")
    charge_key(till).tap()
    till.asked()
    expect(heading(till)).to_have_text("2,100 sat")


def test_of_two_answers_the_later_question_counts(till: Till) -> None:
    held: list[Route] = []
    first = "**/quote?*amount=1"
    till.page.route(first, lambda route: held.append(route))
    with till.page.expect_request(first):
        tap(till, "1")
    tap(till, "2")
    expect(charge_key(till)).to_have_text("Charge €12.00")
    with till.page.expect_response(first):
        held[0].continue_()
    expect(charge_key(till)).to_have_text("Charge €12.00")


def test_without_a_connection_nothing_wrong_is_shown(till: Till) -> None:
    tap(till, "1")
    expect(charge_key(till)).to_have_text("Charge €1.00")
    till.may_fail("/quote")
    till.page.route(QUOTE, lambda route: route.abort())
    with till.page.expect_event("requestfailed"):
        tap(till, "2")
    expect(till.page.locator("[data-state]")).to_have_count(0)
    charge_key(till).tap()
    till.asked()
    assert till.live.charge(till.charge_id).amount_sat == 24_000


def test_a_double_tap_on_charge_sells_the_tape_once(till: Till) -> None:
    add(till, "2")
    expect(charge_key(till)).to_have_text("Charge €2.00")
    sent = till.taps_twice(charge_key(till))
    till.asked()
    assert len(sent) == 1


def test_a_key_that_nobody_would_count_yet_takes_no_tap(live: LiveShop, open_till: OpenTill) -> None:
    till = open_till(live, viewport=PHONE, has_touch=True)
    script: list[Route] = []
    till.page.route("**/till.js", lambda it: script.append(it))
    with till.page.expect_request("**/till.js"):
        till.page.goto(live.address, wait_until="commit")
    five = till.page.get_by_role("button", name="5", exact=True)
    expect(five).to_have_css("opacity", "0.4")
    assert not five.evaluate(TAKES_A_TAP)
    script[0].continue_()
    five.tap()
    expect(amount(till)).to_have_value("5")
    expect(five).to_have_css("opacity", "1")
    assert five.evaluate(TAKES_A_TAP)


def places(till: Till) -> list[object]:
    """Tell where everything is, as soon as the last key that was pressed is up again."""
    found: list[object] = till.page.evaluate(PLACES)
    return found


def places_in(till: Till, *sizes: ViewportSize) -> dict[str, list[object]]:
    """The same on a screen of each size."""
    found = {}
    for size in sizes:
        till.page.set_viewport_size(size)
        found[f"{size['width']}x{size['height']}"] = places(till)
    return found


def test_no_key_moves_when_there_is_a_tape_or_an_error(live: LiveShop, open_till: OpenTill) -> None:
    till = open_till(live, viewport=PHONE, has_touch=True)
    till.may_fail("/")
    till.open()
    sizes = TABLET, LYING, FLAT, PHONE
    before = places_in(till, *sizes)
    add(till, "2")
    add(till, "3")
    tap(till, "9", "9", "9", "9", "9", "9")
    expect(till.page.get_by_text("Too much:")).to_be_visible()
    assert places_in(till, *sizes) == before
    charge_key(till).tap()
    expect(till.page.get_by_role("alert")).to_be_visible()
    till.page.wait_for_load_state()
    assert places_in(till, *sizes) == before


def test_all_keys_are_on_the_first_screen_and_have_room_for_a_finger(live: LiveShop, open_till: OpenTill) -> None:
    for number in range(SALES):
        sells(live.shop, f"k{number}", f"Memo {number}")
    # As long as one may be.
    live.sells(10_000_000, "Memo")
    till = open_till(live, has_touch=True)
    till.open()
    for size in (PHONE, TABLET, LYING, *UPRIGHT_TABLETS):
        till.page.set_viewport_size(size)
        keys = till.page.evaluate(BOXES, ".keys button, .charge, .chip, .memo .field")
        assert len(keys) >= 20
        for key in keys:
            assert key["height"] >= FINGER, (size, key)
            assert key["top"] >= 0, (size, key)
            assert key["bottom"] <= size["height"], (size, key)
        assert till.page.evaluate("document.documentElement.scrollWidth") == size["width"]


def test_the_amount_has_its_own_line_in_a_window_that_is_nearly_square(live: LiveShop, open_till: OpenTill) -> None:
    till = open_till(live, viewport={"width": 1024, "height": 800})
    till.open()
    figure, foot = till.page.evaluate(BOXES, ".amount, .ticket-foot")
    assert figure["bottom"] <= foot["top"]


def test_the_keypad_is_the_same_in_every_language_but_for_its_decimal_key(till: Till) -> None:
    till.page.context.add_cookies([{"name": "language", "value": "ar", "url": till.live.address}])
    till.open()
    one, two = (till.page.get_by_role("button", name=digit, exact=True).bounding_box() for digit in "12")
    assert one
    assert two
    assert one["x"] < two["x"]
    till.page.context.add_cookies([{"name": "language", "value": "de", "url": till.live.address}])
    till.open()
    for key in ("1", "2", "Dezimalzeichen", "5"):
        till.page.get_by_role("button", name=key, exact=True).tap()
    expect(till.page.locator("#amount")).to_have_value("12,5")
    expect(till.page.locator(".charge b")).to_have_text(re.compile(r"^12,50\s€$"))


def away(till: Till) -> None:
    """The focus is nowhere in particular."""
    till.page.evaluate("document.activeElement.blur()")


def test_real_keys_sell_wherever_the_focus_is_but_on_a_button_or_in_the_memo(desk: Till) -> None:
    keyboard, memo = desk.page.keyboard, desk.page.get_by_label("Memo")
    keyboard.type("2+3+4")
    desk.page.get_by_role("button", name="Remove €2.00").focus()
    # A button that has the focus keeps its Enter.
    keyboard.press("Enter")
    expect(tape(desk)).to_have_text(["3.00"])
    # It clears as the key does.
    keyboard.press("Escape")
    expect(amount(desk)).to_have_value("")
    expect(tape(desk)).to_have_text(["3.00"])
    keyboard.press("Escape")
    expect(tape(desk)).to_have_count(0)
    memo.focus()
    keyboard.type("2 + 3")
    keyboard.press("Backspace")
    expect(memo).to_have_value("2 + ")
    expect(amount(desk)).to_have_value("")
    # A scanner may be held over it, too.
    keyboard.press("Enter")
    expect(amount(desk)).to_be_focused()
    expect(desk.page).to_have_url(f"{desk.live.address}/")
    away(desk)
    for key in ("1", "2", ",", "5", "4", "Backspace", "0", "+", "3", ".", "Enter"):
        keyboard.press(key)
        if key == "+":
            expect(tape(desk)).to_have_text(["12.50"])
    desk.asked()
    assert desk.live.charge(desk.charge_id).amount_sat == 31_000


@pytest.mark.parametrize("keys", ["٣٫٥", "۳٫۵", "३.५"])
def test_real_keys_of_another_script_count_wherever_the_focus_is(desk: Till, keys: str) -> None:
    presses(desk.page, keys)
    expect(desk.page.locator("#worth")).to_have_text("≈ 7,000 sat")
    expect(charge_key(desk)).to_have_text("Charge €3.50")


def test_what_real_keys_type_wherever_the_focus_is_is_charged_or_refused_and_never_another_amount(desk: Till) -> None:
    keyboard = desk.page.keyboard
    for keys, typed, sentence in (
        ("12.505", "12.505", "EUR has 2 decimals at most."),
        ("1,234.50", "1.234.50", "Type the amount as a number, such as €12.50."),
    ):
        away(desk)
        keyboard.type(keys)
        expect(amount(desk)).to_have_value(typed)
        expect(desk.page.locator("#worth")).to_have_text(sentence)
        keyboard.press("Escape")
    in_sat(desk)
    keyboard.type("12.50")
    expect(amount(desk)).to_have_value("12.50")
    desk.may_fail("/")
    keyboard.press("Enter")
    expect(desk.page.get_by_role("alert")).to_have_text("Type the amount in whole sat, with the digits 0 to 9 only.")
    expect(amount(desk)).to_have_value("12.50")
    # A key on the screen that has no place does nothing, and the one that deletes takes the last sign off.
    desk.page.get_by_role("button", name="7", exact=True).click()
    expect(amount(desk)).to_have_value("12.50")
    for _ in range(3):
        keyboard.press("Backspace")
    keyboard.press("Enter")
    desk.asked()
    assert desk.live.charge(desk.charge_id).amount_sat == 12


@pytest.fixture
def still(live: LiveShop, open_till: OpenTill) -> Till:
    """A till whose own time stands still until a test lets some of it pass."""
    till = open_till(live, viewport=LYING)
    till.page.clock.install()
    till.open()
    till.stops_its_clock()
    return till


def test_what_a_scanner_reads_goes_into_the_memo_and_is_not_charged(still: Till) -> None:
    keyboard = still.page.keyboard
    keyboard.type("7")
    still.page.clock.run_for(500)
    keyboard.type("4012345678901")
    keyboard.press("Enter")
    expect(still.page.get_by_label("Memo")).to_have_value("4012345678901")
    expect(still.page.get_by_role("alert")).to_have_text("4012345678901 is in the memo, and was not charged.")
    expect(amount(still)).to_have_value("7")
    expect(still.page).to_have_url(f"{still.live.address}/")
    still.page.clock.run_for(500)
    keyboard.type("AB-123456")
    keyboard.press("Enter")
    expect(still.page.get_by_label("Memo")).to_have_value("4012345678901 AB-123456")
    assert still.live.shop.store.at_till("till", 0, 9) == []
    # Wherever the focus is.
    still.page.get_by_label("Memo").fill("")
    amount(still).fill("")
    away(still)
    still.page.clock.run_for(500)
    keyboard.type("4012345678901")
    keyboard.press("Enter")
    expect(still.page.get_by_label("Memo")).to_have_value("4012345678901")
    expect(amount(still)).to_have_value("")


@pytest.mark.parametrize(
    "card",
    [
        "lnurlw://card.example/tap?p=DEADBEEF12345678&c=0011223344556677",
        f"https://card.example/?p={'DEADBEEF' * 4}&c=0011223344556677",
    ],
)
def test_a_card_that_a_reader_types_before_there_is_a_code_is_written_down_nowhere(still: Till, card: str) -> None:
    keyboard = still.page.keyboard
    keyboard.type("7")
    still.page.clock.run_for(500)
    keyboard.type(card)
    keyboard.press("Enter")
    expect(amount(still)).to_have_value("7")
    expect(still.page.get_by_label("Memo")).to_have_value("")
    expect(still.page).to_have_url(f"{still.live.address}/")
    # Where the reader types into the memo itself, the shop takes it out.
    still.page.get_by_label("Memo").fill(f"Tea {card} for two")
    charge_key(still).click()
    still.page.clock.resume()
    still.asked()
    assert still.live.charge(still.charge_id).memo == "Tea for two"


def test_a_person_who_types_a_long_amount_or_a_short_one_fast_charges_it(still: Till) -> None:
    keyboard, time = still.page.keyboard, still.page.clock
    for digit in "100.00":
        keyboard.press(digit)
        time.run_for(30)
    keyboard.press("Enter")
    time.resume()
    still.asked()
    assert still.live.charge(still.charge_id).amount_sat == 200_000
    still.open()
    still.stops_its_clock()
    keyboard.type("12.50")
    keyboard.press("Enter")
    time.resume()
    still.asked()
    assert still.live.charge(still.charge_id).amount_sat == 25_000


def test_on_a_phone_the_last_sale_is_one_tap_away_and_all_lie_over_the_keys_while_they_are_wanted(
    live: LiveShop, open_till: OpenTill
) -> None:
    sold = []
    for number in range(3):
        sold.append(sells(live.shop, f"k{number}", "Tea & cake" if number == 1 else "", 1000 + number))
        live.clock.move(1)
    till = open_till(live, viewport=PHONE, has_touch=True, is_mobile=True)
    till.open()
    recent, every = till.page.get_by_role("region", name="Recent sales"), till.page.locator("#all")
    expect(recent.get_by_role("link")).to_have_count(1)
    # What was sold lately is there to be sold again.
    till.page.get_by_role("button", name="Tea & cake").tap()
    expect(till.page.get_by_label("Memo")).to_have_value("Tea & cake")
    expect(amount(till)).to_be_focused()
    recent.get_by_role("link", name="1,002 sat open").tap()
    till.asked()
    assert till.charge_id == sold[2]
    till.open()
    before = places(till)
    tap(till, "5")
    expect(amount(till)).to_have_value("5")
    till.page.get_by_role("button", name="All recent sales").tap()
    assert places(till) == before
    # That closes the list, and clears nothing.
    till.page.keyboard.press("Escape")
    expect(every).to_be_hidden()
    expect(amount(till)).to_have_value("5")
    till.page.get_by_role("button", name="All recent sales").tap()
    till.page.get_by_role("link", name="1,000 sat").tap()
    till.asked()
    assert till.charge_id == sold[0]


def test_the_list_is_of_now_without_being_loaded_again(still: Till) -> None:
    still.page.keyboard.type("5")
    # Nothing was sold yet, which is said right below the heading.
    title, said = (still.page.locator(what).bounding_box() for what in ("#recent", ".no-sales"))
    assert title and said
    assert said["y"] - title["y"] - title["height"] < 20
    sells(still.live.shop, "k")
    still.page.clock.fast_forward(EVERY)
    expect(still.page.get_by_role("link", name="2,100 sat open")).to_be_visible()
    expect(amount(still)).to_have_value("5")


def test_a_till_without_javascript_adds_takes_off_and_charges(live: LiveShop, open_till: OpenTill) -> None:
    till = open_till(live, java_script_enabled=False)
    till.open()
    for typed in ("2.50", "12", "1"):
        amount(till).fill(typed)
        till.page.get_by_role("button", name="Add to the tape").click()
    till.page.get_by_role("button", name="Remove €12.00").click()
    expect(tape(till)).to_have_text(["2.50", "1.00"])
    expect(charge_key(till)).to_have_text("Charge €3.50")
    expect(till.page.get_by_role("button", name="1", exact=True)).to_be_hidden()
    # Enter sells, although the first button on the page would take something off.
    amount(till).press("Enter")
    till.asked()
    assert till.live.charge(till.charge_id).amount_sat == 7000


# Of one sale in the list, with its memo, and once more where it can be chosen again.
SALE_BYTES = 250


def test_each_sale_in_the_list_adds_little_to_what_the_page_weighs(live: LiveShop, open_till: OpenTill) -> None:
    def weighed() -> int:
        wire = Wire(live.app)
        till = open_till(live)
        till.open()
        is_idle(till)
        return weight(wire.since())

    sells(live.shop, "k", "What the first one bought")
    one = weighed()
    for number in range(1, SALES):
        sells(live.shop, f"k{number}", f"What number {number} bought")
    assert weighed() - one <= (SALES - 1) * SALE_BYTES

"""A page of the till that stands open while an owner changes something: it comes up to date, and loses nothing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import PHONE, OpenTill
from tests.browser.people import LiveShop, Till, changes
from tests.browser.test_staff import be, type_pin
from tests.browser.test_till import add, amount, charge_key, tap, tape
from tests.people import People
from tests.web.pin.test_who_sells import ANA

# Milliseconds until the page asks for the last sales, and without a touch, after which nobody is at the till any more.
FIRST, LEFT = 5000, 12_000
# How often it asks within that, and once more: by then it has made up its mind.
LOOKS = 5
MARK = "document.querySelector('#recents').append(document.createElement('hr'))"


@pytest.fixture
def till(live: LiveShop, open_till: OpenTill) -> Till:
    """A phone in the hand of a cashier, on whose page no time passes but what the test lets pass."""
    till = open_till(live, viewport=PHONE, has_touch=True, is_mobile=True)
    till.page.clock.install()
    till.open()
    till.stops_its_clock()
    looks_first(till)
    return till


def opens(till: Till) -> None:
    till.open()
    looks_first(till)


def looks_first(till: Till) -> None:
    """Wait until the page has the last sales of now: whoever is at it is noticed from there on."""
    till.page.evaluate(MARK)
    till.page.clock.run_for(FIRST)
    expect(till.page.locator("#recents hr")).to_have_count(0)


def shop_name(till: Till, name: str) -> None:
    expect(till.page.locator(".shop")).to_contain_text(name)


def passes(till: Till, done: Callable[[], bool]) -> None:
    """Time goes by on the page, second by second, until it is so far: for no longer than a minute."""
    for _ in range(60):
        if done():
            return
        till.page.clock.run_for(1000)
    assert done()


def test_a_till_that_nobody_is_at_comes_up_to_date_by_itself(till: Till) -> None:
    changes(till.live, shop_name="The Corner")
    till.page.clock.fast_forward(LEFT)
    shop_name(till, "The Corner")
    till.page.clock.resume()
    tap(till, "2", "1")
    expect(charge_key(till)).to_have_text("Charge 21 sat")


def test_a_till_at_which_something_is_typed_stays_until_that_is_gone(till: Till) -> None:
    memo, name, looks = till.page.get_by_label("Memo"), "Marta's Stall", list[str]()
    till.page.on("request", lambda it: looks.append(it.url) if "/recent" in it.url else None)
    typed: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
        "An Amount": (lambda: tap(till, "5"), lambda: tap(till, "Clear")),
        "A Memo": (lambda: memo.fill("Table 5"), lambda: memo.fill("")),
        "A Tape": (lambda: add(till, "5"), lambda: tape(till).click()),
    }
    for then, (types, takes_back) in typed.items():
        types()
        changes(till.live, shop_name=then)
        looks.clear()
        passes(till, lambda: len(looks) >= LOOKS)
        shop_name(till, name)
        takes_back()
        passes(till, till.page.locator(".shop", has_text=then).is_visible)
        looks_first(till)
        name = then


def test_keys_that_are_pressed_while_the_page_turns_count(till: Till) -> None:
    changes(till.live, shop_name="The Corner")
    held: list[Route] = []
    till.page.route(f"{till.live.address}/", lambda it: held.append(it))
    box = till.page.get_by_role("button", name="2", exact=True).bounding_box()
    assert box
    with till.page.expect_request(f"{till.live.address}/"):
        till.page.clock.fast_forward(LEFT)
    for _ in range(2):
        till.page.touchscreen.tap(box["x"] + 20, box["y"] + 20)
    held[0].continue_()
    shop_name(till, "The Corner")
    expect(amount(till)).to_have_value("22")


def test_a_sale_that_is_charged_while_the_page_turns_is_sold_once(till: Till) -> None:
    changes(till.live, shop_name="The Corner")
    held: list[Route] = []
    till.page.route(
        f"{till.live.address}/", lambda it: held.append(it) if it.request.method == "GET" else it.continue_()
    )
    tapped = [till.page.get_by_role("button", name="2", exact=True), charge_key(till)]
    boxes = [it.bounding_box() for it in tapped]
    with till.page.expect_request(f"{till.live.address}/"):
        till.page.clock.fast_forward(LEFT)
    for box in boxes:
        assert box
        till.page.touchscreen.tap(box["x"] + 20, box["y"] + 20)
    till.asked()
    assert till.live.charge(till.charge_id).amount_sat == 2
    till.page.unroute(f"{till.live.address}/")
    opens(till)
    shop_name(till, "The Corner")
    expect(amount(till)).to_have_value("")
    assert len(till.page.locator("#recents li:not(.close)").all()) == 1


def test_a_till_without_staff_asks_for_a_pin_as_soon_as_there_is_one_and_keeps_what_is_typed(till: Till) -> None:
    for asked in ("/recent", "/quote", "/draft"):
        till.may_fail(asked)
    people = People(till.live.app)
    people.claim()
    be(till, people.device())
    opens(till)
    tap(till, "5", "Add to the tape", "2", "1")
    till.page.get_by_label("Memo").fill("Table 5")
    people.somebody("Ana", pin=ANA)
    till.page.clock.fast_forward(LEFT)
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Who sells?")
    till.page.clock.resume()
    type_pin(till, ANA)
    expect(till.page.get_by_label("Memo")).to_have_value("Table 5")
    expect(charge_key(till)).to_have_text("Charge 26 sat")

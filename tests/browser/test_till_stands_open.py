"""A page of the till that stands open while an owner changes something: it comes up to date, and loses nothing."""

import pytest
from playwright.sync_api import Route, expect

from pos.domain.kept_setting import Entered
from pos.services.change_settings import change_settings
from tests.browser.conftest import PHONE, OpenTill
from tests.browser.people import LiveShop, Till
from tests.browser.test_staff import be, type_pin
from tests.browser.test_till import amount, charge_key, tap, tape
from tests.people import People
from tests.web.pin.test_who_sells import ANA

# Milliseconds. The list of the last sales is asked for, and nobody has touched the till for a while.
LEFT = 20_000


@pytest.fixture
def till(live: LiveShop, open_till: OpenTill) -> Till:
    """A phone in the hand of a cashier, whose page tells the time that the test says."""
    till = open_till(live, viewport=PHONE, has_touch=True, is_mobile=True)
    till.page.clock.install()
    opens(till)
    return till


def opens(till: Till) -> None:
    till.open()
    till.page.wait_for_load_state("networkidle")


def changes(live: LiveShop, **settings: str) -> None:
    """An owner changes settings in the office; each process hears of it within a second."""
    shop = live.shop
    entered = {name: Entered(text) for name, text in settings.items()}
    change_settings(shop, entered, shop.store.settings.version(), "Marta")
    live.clock.move(1)


def shop_name(till: Till, name: str) -> None:
    expect(till.page.locator(".shop")).to_contain_text(name)


def passes(till: Till, milliseconds: int = LEFT) -> None:
    """Time goes by on the page, each look of it answered."""
    for _ in range(0, milliseconds, 4000):
        with till.page.expect_response("**/recent*"):
            till.page.clock.run_for(4000)


def test_a_till_that_nobody_is_at_comes_up_to_date_by_itself(till: Till) -> None:
    changes(till.live, shop_name="The Corner")
    till.page.clock.run_for(LEFT)
    shop_name(till, "The Corner")
    tap(till, "2", "1")
    expect(charge_key(till)).to_have_text("Charge 21 sat")


@pytest.mark.parametrize("typed", ["an amount", "a memo", "a tape"])
def test_a_till_at_which_something_is_typed_stays_until_that_is_gone(till: Till, typed: str) -> None:
    match typed:
        case "an amount":
            tap(till, "5")
        case "a memo":
            till.page.get_by_label("Memo").fill("Table 5")
        case _:
            tap(till, "5", "Add to the tape")
    changes(till.live, shop_name="The Corner")
    passes(till)
    shop_name(till, "Marta's Stall")
    match typed:
        case "an amount":
            tap(till, "Clear")
        case "a memo":
            till.page.get_by_label("Memo").fill("")
        case _:
            tape(till).click()
    till.page.clock.run_for(LEFT)
    shop_name(till, "The Corner")


def test_keys_that_are_pressed_while_the_page_turns_count(till: Till) -> None:
    changes(till.live, shop_name="The Corner")
    held: list[Route] = []
    till.page.route(f"{till.live.address}/", lambda it: held.append(it))
    box = till.page.get_by_role("button", name="2", exact=True).bounding_box()
    assert box
    with till.page.expect_request(f"{till.live.address}/"):
        till.page.clock.run_for(LEFT)
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
        till.page.clock.run_for(LEFT)
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
    till.page.clock.run_for(LEFT)
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Who sells?")
    type_pin(till, ANA)
    expect(till.page.get_by_label("Memo")).to_have_value("Table 5")
    expect(charge_key(till)).to_have_text("Charge 26 sat")

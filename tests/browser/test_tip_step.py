"""The tip step, from the cashier's last key to what the customer pays."""

import re
from dataclasses import replace
from decimal import Decimal
from itertools import product
from secrets import token_urlsafe

import pytest
from playwright.sync_api import Locator, ViewportSize, expect

from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.services.ask_tip import ask_on_display
from pos.settings import Settings
from pos.web.context import shop_of_now
from pos.web.sale_token import seal
from tests.browser.conftest import PHONE, OpenTill
from tests.browser.people import EXPIRED, OPEN, LiveShop, Till, changes, presses
from tests.browser.readers import LOOK, READERS, seen, speak_to_readers
from tests.browser.scenes.stage import LUNCH, read
from tests.browser.test_weight import REQUESTS, is_idle
from tests.browser.wire import Wire
from tests.fakes import FakeRates

# Phones that lie down.
LOW_PHONES: tuple[ViewportSize, ...] = ({"width": 844, "height": 390}, {"width": 667, "height": 375})


@pytest.fixture
def price() -> Money:
    """What most sales come to here, in whole units of the shop's currency."""
    return LUNCH


@pytest.fixture
def settings(settings: Settings, price: Money) -> Settings:
    return replace(settings, currency=price.currency, tip_percent=(5, 10, 15))


@pytest.fixture
def rates(price: Money) -> FakeRates:
    # A cent is 20 sat.
    return FakeRates(Decimal(50_000) * price.minor / LUNCH.minor, price.currency)


def hands_over(till: Till) -> None:
    """The cashier types in sat, and turns the tablet to the customer."""
    till.type_sale(4200, "Tomatoes", unit="sat")
    till.page.get_by_role("button", name="Charge").click()
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Add a tip?")
    expect(till.page.get_by_text("to 4,200 sat for Tomatoes")).to_be_visible()
    # All of its tiles, and not the first that came.
    till.page.wait_for_load_state()


def asks(till: Till) -> None:
    """The step before the customer, as if the cashier had just handed it over."""
    with till.live.app.test_request_context():
        token = seal(Sale(Money(4200, SAT), "Tomatoes", till="till"), token_urlsafe())
    till.open(f"/tip/{token}")
    till.page.wait_for_load_state()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_tip_by_touch(live: LiveShop, open_till: OpenTill, script: bool) -> None:
    till = open_till(live, viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=script)
    hands_over(till)
    assert till.page.locator("body").evaluate("body => body.scrollWidth") == PHONE["width"]
    till.page.get_by_role("button", name="10% 4,620 sat · €2.31").tap()
    till.shows(OPEN)
    expect(till.page.get_by_role("heading", level=1)).to_have_text("4,620 sat")
    expect(till.page.locator(".asked")).to_contain_text("≈ €2.31 4,200 sat + 420 sat tip · Tomatoes")


def chosen(till: Till) -> Locator:
    """Wait until the tip is chosen, and return what is asked for then."""
    till.asked()
    return till.page.get_by_role("heading", level=1)


def test_another_tip_is_typed_wherever_the_focus_is_and_enter_presses_no_tile(till: Till) -> None:
    page, other = till.page, till.page.get_by_label("Other tip")
    asks(till)
    other.fill("300")
    other.press("Enter")
    expect(chosen(till)).to_have_text("4,500 sat")
    asks(till)
    page.get_by_role("button", name="10%").focus()
    page.keyboard.type("300")
    expect(other).to_have_value("300")
    page.keyboard.press("Escape")
    expect(other).to_have_value("")
    page.keyboard.type("200")
    page.keyboard.press("Enter")
    expect(chosen(till)).to_have_text("4,400 sat")
    # Without a figure it is no tip.
    asks(till)
    page.keyboard.press("Enter")
    expect(chosen(till)).to_have_text("4,200 sat")


def test_a_key_of_another_script_is_another_tip_too(till: Till) -> None:
    asks(till)
    presses(till.page, "٣")
    expect(till.page.get_by_label("Other tip")).to_be_focused()


def test_escape_leads_back_to_the_sale_and_the_till_is_one_tap_away(till: Till) -> None:
    hands_over(till)
    till.page.keyboard.press("Escape")
    expect(till.page.get_by_label("Memo")).to_have_value("Tomatoes")
    assert till.live.shop.store.at_till("till", 0, 9) == []
    hands_over(till)
    till.page.get_by_role("link", name="Till").click()
    till.page.wait_for_url(f"{till.live.address}/")


def test_an_enter_that_is_held_down_and_a_scan_choose_nothing(till: Till) -> None:
    till.page.clock.install()
    asks(till)
    till.stops_its_clock()
    till.page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', repeat: true, bubbles: true}))"
    )
    till.page.keyboard.type("4012345678901")
    till.page.keyboard.press("Enter")
    expect(till.page.get_by_label("Other tip")).to_have_value("")
    expect(till.page.get_by_role("button", name="10%")).not_to_have_attribute("aria-busy", "true")
    assert till.live.shop.store.at_till("till", 0, 9) == []


def test_too_much_comes_back_with_a_sentence_and_no_tile_moves_and_no_tip_is_as_large_a_choice(till: Till) -> None:
    till.may_fail("/tip/")
    asks(till)
    tiles = till.page.locator(".tile")
    before = [tile.bounding_box() for tile in tiles.all()]
    assert len({(round(box["width"]), round(box["height"])) for box in before if box}) == 1
    till.page.get_by_label("Other tip").fill("4201")
    till.page.get_by_role("button", name="Add tip").click()
    expect(till.page.get_by_role("alert")).to_have_text("A tip can be at most as much as the price, 4,200 sat.")
    expect(till.page.get_by_label("Other tip")).to_have_value("4201")
    till.page.wait_for_load_state()
    assert [tile.bounding_box() for tile in tiles.all()] == before
    till.page.get_by_role("button", name="No tip").click()
    expect(chosen(till)).to_have_text("4,200 sat")


def test_a_double_tap_tips_once_and_who_goes_back_and_tips_otherwise_is_led_to_the_sale_that_was_made(
    till: Till,
) -> None:
    till.may_fail("/tip/")
    asks(till)
    sent = till.taps_twice(till.page.get_by_role("button", name="15%"))
    expect(chosen(till)).to_have_text("4,830 sat")
    asked = till.asked()
    assert len(sent) == 1
    till.page.unroute_all()
    till.page.go_back()
    till.page.get_by_role("button", name="10%").click()
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Already used")
    till.page.get_by_role("link", name="Go to that sale").click()
    assert till.asked() == asked


def test_who_taps_a_tip_that_is_not_offered_any_more_has_those_of_now(till: Till) -> None:
    asks(till)
    changes(till.live, tip_percent="12,20")
    till.may_fail("/tip/")
    till.page.get_by_role("button", name="10%").click()
    expect(till.page.get_by_role("alert")).to_have_text("That tip is not one of those offered. Nothing was charged.")
    till.page.get_by_role("button", name="20%").click()
    till.shows(OPEN)
    expect(till.page.get_by_role("heading", level=1)).to_have_text("5,040 sat")


def test_after_it_expired_the_same_sale_has_the_rate_of_now(till: Till, rates: FakeRates) -> None:
    asks(till)
    till.page.get_by_role("button", name="10%").click()
    first = till.asked()
    till.live.expires()
    till.shows(EXPIRED)
    expect(till.page.locator(".asked")).to_contain_text("≈ €2.31 4,200 sat + 420 sat tip")
    rates.price = Decimal(100_000)
    till.page.get_by_role("button", name="New invoice, same amount").click()
    assert till.asked() != first
    expect(till.page.locator(".asked")).to_contain_text("≈ €4.62 4,200 sat + 420 sat tip")
    till.page.locator("summary").click()
    expect(till.page.get_by_text(re.compile(r"1 BTC = €100,000\.00, kraken, at"))).to_be_visible()


def test_the_step_costs_hardly_more_requests_than_its_own(till: Till) -> None:
    till.open()
    is_idle(till)
    wire = Wire(till.live.app)
    till.page.get_by_label("Amount").fill("2100")
    till.page.get_by_role("button", name="Charge").click()
    till.page.wait_for_url("**/tip/**")
    till.page.wait_for_load_state()
    assert len(wire.since()) <= REQUESTS
    till.page.get_by_role("button", name="No tip").click()
    till.asked()
    assert len(wire.since()) <= REQUESTS


def shows_tiles(till: Till, path: str, count: int) -> None:
    till.open(path)
    expect(till.page.locator(".tile")).to_have_count(count)
    found = seen(till.page, LOOK, LOW_PHONES)
    assert found == {where: [] for where in found}, path


@pytest.mark.parametrize("price", [LUNCH, Money(29_500_000_00, "LBP"), Money(125_009_990_50, "IDR")], ids=str)
def test_no_tile_lies_on_another_on_a_phone_that_lies_down_be_it_the_till_or_the_display(
    live: LiveShop, open_till: OpenTill, monkeypatch: pytest.MonkeyPatch, price: Money
) -> None:
    changes(live, tip_at="till,display")
    shop = shop_of_now(live.app)
    speak_to_readers(live.app, monkeypatch)
    till = open_till(live, viewport=LOW_PHONES[0], reduced_motion="reduce")
    with live.app.test_request_context():
        token = seal(Sale(price, till="till"), "key")
    for reader, percents in product(READERS, ((5, 10, 15), (5, 10, 15, 20))):
        read(till.page, reader.language)
        live.app.extensions["shop"] = replace(shop, settings=replace(shop.settings, tip_percent=percents))
        shows_tiles(till, f"/tip/{token}", 1 + len(percents))
        shop.store.displays.see("till", shop.now())
        ask_on_display(shop, "till", token, "key")
        shows_tiles(till, "/screen/till", 1 + len(percents))
        shop.store.displays.take_back("till", token)

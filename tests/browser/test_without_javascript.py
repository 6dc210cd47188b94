"""Everything works without JavaScript: the pages then load themselves again, and here the tests do."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenTill
from tests.browser.people import EXPIRED, OPEN, PAID, LiveShop, Till


@pytest.fixture
def till(live: LiveShop, open_till: OpenTill) -> Till:
    return open_till(live, java_script_enabled=False)


def assert_looks_again(till: Till, seconds: int, path: str) -> None:
    """The page tells the browser to load this address after that long."""
    refresh = till.page.locator("meta[http-equiv=refresh]")
    expect(refresh).to_have_attribute("content", f"{seconds};url={path}")


def looks_again(till: Till) -> None:
    """Look now. To load a page again fails where it is just about to do so by itself; to open it does not."""
    till.page.goto(till.page.url)


def sees_it_paid(till: Till) -> None:
    """The next look is after the shop knew of the money."""
    till.live.pays_attention(till.charge_id)
    looks_again(till)
    till.shows(PAID)


def plays_the_customer(till: Till) -> None:
    with till.page.expect_response(lambda answer: answer.request.method == "POST"):
        till.page.get_by_role("button", name="Pay as the customer").click()
    till.waits_a_second()


def test_a_sale_without_javascript(till: Till) -> None:
    till.sell(4620, "2 flat whites")
    expect(till.page.get_by_role("heading", level=1)).to_have_text("4,620 sat")
    expect(till.page.locator(".asked")).to_contain_text("2 flat whites")
    expect(till.page.get_by_role("img", name=re.compile("^QR code"))).to_be_visible()
    # A script shows it, and the shop's name beside it must not move then.
    sound = till.page.locator("#sound")
    expect(sound).to_be_hidden()
    assert sound.bounding_box()
    expect(till.timer).to_have_text(re.compile(r"^(10:00|9:5\d)$"))
    expect(till.page.get_by_role("button", name="Copy")).to_be_hidden()
    assert_looks_again(till, 3, f"/pay/{till.charge_id}")
    till.pay()
    sees_it_paid(till)
    expect(till.page.locator("meta[http-equiv=refresh]")).to_have_count(0)
    till.page.get_by_role("link", name="New sale").click()
    expect(till.page.get_by_label("Amount")).to_have_value("")


def test_what_was_taken_off_the_tape_comes_back(till: Till) -> None:
    till.open()
    page, lines = till.page, till.page.locator(".tape li b")
    for amount in ("2500", "1200"):
        page.get_by_label("Amount").fill(amount)
        page.get_by_role("button", name="Add to the tape").click()
    page.get_by_role("button", name="Remove 2,500 sat").click()
    expect(lines).to_have_text(["1,200"])
    undo = page.get_by_role("button", name="Undo 2500")
    box = undo.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 48
    undo.click()
    expect(lines).to_have_text(["2,500", "1,200"])
    expect(undo).to_have_count(0)


def test_expiry_without_javascript(till: Till) -> None:
    first = till.sell(4620)
    till.live.expires()
    looks_again(till)
    till.shows(EXPIRED)
    body = till.page.content()
    assert first not in body
    assert "lightning:" not in body
    expect(till.page.locator("img")).to_have_count(0)
    assert_looks_again(till, 30, f"/pay/{till.charge_id}")
    till.page.get_by_role("button", name="New invoice, same amount").click()
    second = till.asked()
    assert second != first
    till.pay(second)
    sees_it_paid(till)


def test_play_money_is_paid_with_a_button_and_the_page_really_loads_itself_again(till: Till) -> None:
    till.sell()
    plays_the_customer(till)
    till.shows(PAID)


def test_a_wrong_amount_without_javascript_and_a_countdown_that_goes_on_with_each_look(till: Till) -> None:
    till.refuses("", "Type an amount first.")
    till.page.get_by_label("Amount").fill("150")
    till.page.get_by_role("button", name="Charge").click()
    till.shows(OPEN)
    before = till.left()
    till.live.clock.move(120)
    looks_again(till)
    till.shows(OPEN)
    assert till.left() <= before - 120
    till.counts_right()


def test_the_kiosk_and_the_tip_jar_without_javascript(till: Till) -> None:
    for path, button in (("/kiosk", "2,100 sat"), ("/tips", "Tip")):
        till.open(path)
        till.page.get_by_role("button", name=button).click()
        expect(till.page.get_by_role("heading", level=1)).to_have_text("2,100 sat")
        plays_the_customer(till)
        sees_it_paid(till)
        expect(till.page.get_by_role("heading", level=1)).to_have_text("Thank you!")
        if path == "/kiosk":
            assert_looks_again(till, 8, "/kiosk")

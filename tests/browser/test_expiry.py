"""An invoice that nobody paid in time, and money that comes all the same."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenTill
from tests.browser.people import EXPIRED, PAID, LiveShop, Till
from tests.processes import until


def assert_nothing_to_pay(till: Till, asked: str) -> None:
    """No picture, link or text on the screen could still be scanned, tapped or copied."""
    body = till.page.content().lower()
    assert asked not in body
    assert "lightning:" not in body
    expect(till.page.locator("img, canvas")).to_have_count(0)


def test_the_screen_closes_by_itself_when_the_time_is_up_and_a_new_invoice_over_the_same_amount_can_be_paid(
    till: Till,
) -> None:
    first = till.opens_sale(4620, "2 flat whites")
    till.page.evaluate("window.stillHere = true")
    picture = f"{till.page.url}/qr.png"
    assert till.page.request.get(picture).status == 200
    till.live.expires()
    till.shows(EXPIRED)
    assert till.page.evaluate("window.stillHere")
    assert_nothing_to_pay(till, first)
    assert till.page.request.get(picture).status == 404
    expect(till.announcer).to_have_text("Invoice expired.")
    expect(till.timer).to_have_text("0:00")
    expect(till.page.get_by_role("heading", level=1)).to_have_text("4,620 sat")
    expect(till.page.locator(".asked")).to_contain_text("2 flat whites")
    till.page.get_by_role("button", name="New invoice, same amount").click()
    second = till.asked()
    assert second != first
    expect(till.page.get_by_role("heading", level=1)).to_have_text("4,620 sat")
    expect(till.page.locator(".asked")).to_contain_text("2 flat whites")
    # Nor is there anything to pay on a screen that is opened again after the time.
    till.open()
    till.live.expires()
    till.page.go_back()
    till.shows(EXPIRED)
    assert_nothing_to_pay(till, second)
    till.page.get_by_role("button", name="New invoice, same amount").click()
    till.pay()
    till.shows(PAID)


@pytest.fixture
def fake_wallet_till(fake_wallet_live: LiveShop, open_till: OpenTill) -> Till:
    return open_till(fake_wallet_live)


def test_money_that_comes_late_is_shown_as_late(fake_wallet_till: Till) -> None:
    till = fake_wallet_till
    first = till.opens_sale(2100, "Espresso")
    expired = till.page.url
    till.live.expires()
    till.shows(EXPIRED)
    till.page.get_by_role("button", name="New invoice, same amount").click()
    second = till.asked()
    till.live.settle(second, 2100)
    till.shows(PAID)
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Paid")
    till.live.clock.move(120)
    till.live.settle(first, 2100)
    # The page of what is paid already: the wallet is asked about the old invoice, too, as somebody looks for it.
    till.page.goto(expired)
    till.shows(PAID)
    until(lambda: till.live.charge(expired.rsplit("/", 1)[1]).payment is not None)
    till.page.goto(expired)
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Paid late")
    expect(till.page.get_by_role("region", name="Paid twice")).to_contain_text(
        re.compile(r"It came 2 minutes after the invoice had expired\.")
    )


def test_an_expired_screen_goes_on_looking_and_turns_when_money_comes(fake_wallet_till: Till) -> None:
    till = fake_wallet_till
    asked = till.opens_sale(2100)
    till.live.expires()
    till.shows(EXPIRED)
    till.live.clock.move(30)
    till.live.settle(asked, 2100)
    till.shows(PAID)
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Paid late")
    expect(till.page.locator("body")).to_have_class(re.compile(r"\bneeds-review\b"))


def test_money_that_is_not_what_was_asked_is_noticed_and_what_has_no_proof_says_so(fake_wallet_till: Till) -> None:
    till = fake_wallet_till
    for received, title, gap in (
        (2000, "Less than asked", "Missing100 sat"),
        (2500, "More than asked", "Extra400 sat"),
    ):
        till.live.settle(till.opens_sale(2100), received)
        till.shows(PAID)
        expect(till.page.get_by_role("region", name=title)).to_contain_text(gap)
        expect(till.page.locator("body")).to_have_class(re.compile(r"\bneeds-review\b"))
    till.live.settle(till.opens_sale(2100), 2100, preimage=None)
    till.shows(PAID)
    expect(till.page.get_by_role("region", name="Not proven")).to_contain_text("showed no valid proof")

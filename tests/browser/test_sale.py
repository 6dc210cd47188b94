"""A sale at the till, from the first key to the green screen."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.people import PAID, Till

# Between them they do once everything that a whole sale asks of a database.
asks_the_database = pytest.mark.asks_the_database

# The colour behind everything: red, green and blue.
GROUND = "getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).map(Number)"


@asks_the_database
def test_the_pay_page_shows_what_to_pay_and_how_and_turns_green_when_the_customer_pays(till: Till) -> None:
    asked = till.sell(4620, "2 flat whites")
    page = till.page
    expect(page.get_by_role("heading", level=1)).to_have_text("4,620 sat")
    expect(page.locator(".asked")).to_contain_text("2 flat whites")
    expect(page.get_by_role("img", name="QR code of the Lightning invoice over 4,620 sat")).to_be_visible()
    expect(till.timer).to_have_text(re.compile(r"^(10:00|9:\d\d)$"))
    page.get_by_text("Invoice as text").click()
    expect(page.get_by_role("link", name="Open in wallet")).to_have_attribute("href", f"lightning:{asked}")
    assert asked.startswith("lnbcrt")
    # A page that was loaded again would have forgotten this.
    till.page.evaluate("window.stillHere = true")
    till.pay()
    till.shows(PAID)
    assert till.page.evaluate("window.stillHere")
    expect(till.announcer).to_have_text("Paid. 4,620 sat.")
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Paid")
    expect(till.page).to_have_title("Paid")
    red, green, blue = till.page.evaluate(GROUND)
    assert green > 2 * red
    assert green > blue
    # It is still paid when it is loaded again, and after it comes the next one.
    page.reload()
    till.shows(PAID)
    expect(page.locator("main")).to_contain_text("4,620 sat")
    page.get_by_role("link", name="New sale").click()
    expect(page.get_by_label("Amount")).to_have_value("")


@asks_the_database
def test_a_double_tap_on_charge_sells_once(till: Till) -> None:
    till.type_sale(2100, "Once")
    sent = till.taps_twice(till.page.get_by_role("button", name="Charge"))
    till.asked()
    assert len(sent) == 1


def test_a_wrong_amount_comes_back_with_a_sentence_and_can_be_mended_and_the_till_is_one_tap_away(till: Till) -> None:
    till.refuses("1.50", "Type the amount in whole sat, with the digits 0 to 9 only.")
    expect(till.page.get_by_label("Amount")).to_have_value("1.50")
    till.page.get_by_label("Amount").fill("12500")
    expect(till.page.get_by_role("button", name="Charge")).to_have_text("Charge 12,500 sat")
    till.page.get_by_role("button", name="Charge").click()
    till.asked()
    till.page.get_by_role("link", name="Till").click()
    till.page.wait_for_url(f"{till.live.address}/")
    expect(till.page.get_by_label("Amount")).to_be_focused()


def test_a_payment_is_shown_in_every_browser_that_looks_at_it(till: Till) -> None:
    till.sell()
    other = Till(till.live, till.page.context.new_page(), till.watch)
    other.page.goto(till.page.url)
    other.pay()
    till.shows(PAID)
    other.shows(PAID)


def test_a_sale_goes_on_where_the_cookies_are_gone(till: Till) -> None:
    till.type_sale(4620, "2 flat whites")
    till.page.context.clear_cookies()
    till.page.get_by_role("button", name="Charge").click()
    till.asked()
    expect(till.page.locator(".asked")).to_contain_text("2 flat whites")


def test_a_page_of_somebody_else_sells_nothing(till: Till) -> None:
    till.may_fail("/")
    till.open()
    foreign = till.page.context.new_page()
    foreign.set_content(
        f"""<form method="post" action="{till.live.address}/">
        <input name="amount" value="2100"><input name="key" value="k"><button>Win!</button></form>"""
    )
    foreign.get_by_role("button").click()
    expect(foreign.get_by_role("heading", level=1)).to_have_text("Not from this till")
    foreign.get_by_role("link", name="Back to the start").click()
    expect(foreign.get_by_label("Amount")).to_have_value("")


@asks_the_database
def test_a_form_that_was_already_used(till: Till) -> None:
    till.may_fail("/")
    till.type_sale(2100, "Espresso")
    key = till.page.locator("[name=key]").input_value()
    till.page.get_by_role("button", name="Charge").click()
    asked = till.asked()
    till.type_sale(4620)
    till.page.locator("[name=key]").evaluate("(field, key) => { field.value = key; }", key)
    till.page.get_by_role("button", name="Charge").click()
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Already used")
    till.page.get_by_role("link", name="Go to that sale").click()
    assert till.asked() == asked


def test_on_a_slow_line_charge_says_whom_it_waits_for(till: Till) -> None:
    till.may_fail("/")
    till.page.clock.install()
    till.type_sale(2100)
    till.stops_its_clock()
    sent: list[Route] = []
    till.page.route("**/*", lambda it: sent.append(it) if it.request.method == "POST" else it.continue_())
    charge = till.page.locator(".charge")
    room = charge.bounding_box()
    with till.page.expect_request(lambda request: request.method == "POST"):
        charge.click()
    till.page.clock.run_for(399)
    assert charge.get_attribute("data-asked") is None
    till.page.clock.run_for(1)
    expect(charge).to_have_attribute("data-asked", "Asking the wallet")
    expect(till.announcer).to_have_text("Asking the wallet")
    assert charge.bounding_box() == room
    sent[0].abort()
    expect(till.page.get_by_role("alert")).to_have_text("The till does not answer. Nothing is lost.")
    assert charge.get_attribute("data-asked") is None
    expect(till.announcer).to_be_empty()
    # Once the wallet has answered nobody waits for it, though there is no network for the next page.
    with till.page.expect_request(lambda request: request.method == "POST"):
        charge.click()
    answer = sent[1].fetch()
    till.page.context.set_offline(True)
    sent[1].fulfill(response=answer)
    expect(till.page).to_have_url(re.compile(r"\?sale="))
    till.page.clock.run_for(1000)
    assert charge.get_attribute("data-asked") is None

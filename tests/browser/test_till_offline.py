"""A till whose network comes and goes: it shows no amount that is not the amount, and what was typed stays."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import Route, expect

from pos.domain.kept_setting import Entered
from pos.services.change_settings import change_settings
from pos.settings import Settings
from tests.browser.conftest import OpenTill
from tests.browser.people import LiveShop, Till
from tests.browser.test_till import QUOTE, add, charge_key, sells, tap, tape
from tests.browser.test_till import till as till
from tests.web.till.test_tape import FROM_BEFORE


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A shop in which a cent is 20 sat."""
    return replace(settings, currency="EUR", rate_fixed=Decimal(50_000))


def test_while_the_answer_about_the_last_key_is_out_there_is_no_amount(till: Till) -> None:
    till.page.clock.install()
    till.open()
    figures = till.page.locator(".charge b, #worth")
    lost = till.page.get_by_role("alert").get_by_text("The till does not answer. Nothing is lost.")
    tap(till, "5")
    expect(figures).to_have_text(["≈ 10,000 sat", "€5.00"])
    # Before that: what the page asks by itself would be out for longer.
    till.stops_its_clock()
    held: list[Route] = []
    till.page.route(QUOTE, lambda route: held.append(route))
    with till.page.expect_request(QUOTE):
        tap(till, "00")
        assert figures.all_text_contents() == ["", ""]
        # Nobody asks between two taps.
        till.page.clock.run_for(200)
    till.page.clock.fast_forward(3000)
    expect(lost).to_be_hidden()
    till.page.clock.fast_forward(1000)
    expect(lost).to_be_visible()
    # Asleep, and not merely blank.
    expect(charge_key(till)).to_have_css("border-style", "dashed")
    # What is typed meanwhile is no more known than that, and says so still.
    tap(till, "Delete the last digit", "Delete the last digit", "0", "Decimal sign", "0", "7")
    expect(lost).to_be_visible()
    expect(charge_key(till)).to_have_text("Charge")
    till.page.unroute(QUOTE)
    till.page.clock.resume()
    till.page.clock.fast_forward(5000)
    expect(figures).to_have_text(["≈ 100,140 sat", "€50.07"])
    expect(lost).to_have_count(0)
    expect(charge_key(till)).to_have_css("border-style", "solid")


def test_a_page_from_before_another_currency_is_told_to_be_loaded_again(till: Till) -> None:
    # The display hears no more of what is typed there.
    till.may_fail("/")
    till.page.clock.install()
    till.open()
    tap(till, "5")
    expect(charge_key(till)).to_have_text("Charge €5.00")
    shop = till.live.shop
    change_settings(shop, {"currency": Entered("USD")}, shop.store.settings.version(), "Marta")
    till.live.clock.move(1)
    tap(till, "00")
    sentence = till.page.get_by_text(FROM_BEFORE)
    expect(sentence).to_be_visible()
    # It is the till that says so: nobody looks for what is wrong with the network.
    till.page.clock.fast_forward(5000)
    expect(sentence).to_be_visible()
    expect(till.page.get_by_text("The till does not answer. Nothing is lost.")).to_have_count(0)
    charge_key(till).click()
    expect(till.page.get_by_role("alert")).to_have_text(FROM_BEFORE)
    till.page.reload()
    expect(till.page.locator(".unit")).to_have_text("USD")


def test_a_tape_is_never_in_a_unit_that_is_not_that_of_the_till(till: Till) -> None:
    add(till, "2", "Decimal sign", "5", "0")
    expect(charge_key(till)).to_have_text("Charge €2.50")
    till.page.route(QUOTE, lambda route: None if "unit=SAT" in route.request.url else route.continue_())
    till.page.get_by_text("sat", exact=True).first.tap()
    expect(till.page.get_by_role("radio", name="sat")).to_be_checked()
    expect(tape(till)).to_have_text(["5000"])
    expect(charge_key(till)).to_have_text("Charge")


def test_a_form_that_gets_lost_leaves_everything_as_it_is_and_sells_once_when_it_is_sent_again(till: Till) -> None:
    till.may_fail("/")
    add(till, "2", "Decimal sign", "5", "0")
    tap(till, "7")
    till.page.get_by_label("Memo").fill("Tea & cake")
    expect(charge_key(till)).to_have_text("Charge €9.50")
    sent: list[str] = []
    till.page.on("request", lambda it: sent.append(it.post_data or "") if it.method == "POST" else None)
    lost = till.page.get_by_role("alert").get_by_text("The till does not answer. Nothing is lost.")
    # Nothing answers; then something does that is not the till, and says 200.
    till.page.route("**/", lambda route: route.abort(), times=1)
    charge_key(till).tap()
    expect(lost).to_be_visible()
    expect(charge_key(till)).not_to_have_attribute("aria-busy", "true")
    till.page.route("**/", lambda it: it.fulfill(body="<form><input type=password></form>", content_type="text/html"))
    with till.page.expect_response("**/"):
        charge_key(till).tap()
    expect(charge_key(till)).not_to_have_attribute("aria-busy", "true")
    expect(lost).to_be_visible()
    expect(till.page.locator("[type=password]")).to_have_count(0)
    expect(tape(till)).to_have_text(["2.50"])
    till.page.unroute("**/")
    charge_key(till).tap()
    till.asked()
    assert len(sent) == 3
    assert len(set(sent)) == 1
    assert till.live.charge(till.charge_id).amount_sat == 19_000


def test_a_network_that_goes_between_the_answer_and_the_next_page_is_waited_for(till: Till) -> None:
    add(till, "2", "Decimal sign", "5", "0")
    # As the browser tells it: what aborts a request in a test is no network that is gone.
    till.page.evaluate("Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => window.online })")
    charge_key(till).tap()
    expect(till.page.get_by_role("alert")).to_have_text("The till does not answer. Nothing is lost.")
    expect(tape(till)).to_have_text(["2.50"])
    till.page.evaluate("window.online = true")
    till.asked()
    assert till.live.charge(till.charge_id).amount_sat == 5_000


def test_a_sale_that_the_till_refuses_is_told_on_the_page_as_it_is(till: Till) -> None:
    till.may_fail("/")
    add(till, "2")
    charge_key(till).evaluate("key => { key.same = true; }")
    tap(till, "9", "9", "9", "9")
    charge_key(till).tap()
    expect(till.page.get_by_role("alert")).to_contain_text("Too much:")
    expect(till.page.locator(".ticket[data-state=trouble]")).to_have_count(1)
    expect(tape(till)).to_have_text(["2.00"])
    assert charge_key(till).evaluate("key => key.same")
    # What is no page of the till with a sentence is shown as the page that it is.
    sells(till.live.shop, "used")
    till.page.locator("[name=key]").evaluate("field => { field.value = 'used'; }")
    tap(till, "Clear", "1")
    expect(till.page.get_by_role("alert")).to_have_count(0)
    expect(charge_key(till)).to_have_text("Charge €3.00")
    charge_key(till).tap()
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Already used")
    used = till.page.get_by_role("link", name="Go to that sale")
    expect(used).to_have_attribute("href", re.compile("/pay/."))
    # What was typed is not lost with the key.
    till.page.get_by_role("button", name="New sale 1 + 2 EUR").tap()
    till.asked()
    assert till.live.charge(till.charge_id).amount_sat == 6_000


@pytest.mark.parametrize("path", ["/kiosk", "/tips"])
def test_a_face_for_customers_stays_when_the_network_is_gone(live: LiveShop, open_till: OpenTill, path: str) -> None:
    till = open_till(live)
    till.may_fail(path)
    till.open(path)
    till.page.wait_for_load_state()
    first = till.page.locator("form[method=post] button").first
    till.page.route(f"**{path}", lambda route: route.abort(), times=1)
    first.click()
    expect(till.page.get_by_role("alert")).to_have_text("The till does not answer. Nothing is lost.")
    first.click()
    till.asked()
    # Nor is the pay page left for nothing.
    till.may_fail("/cancel")
    till.page.route("**/cancel", lambda route: route.abort(), times=1)
    till.page.get_by_role("button", name="Cancel").click()
    expect(till.page.get_by_role("alert")).to_have_text("The till does not answer. Nothing is lost.")
    till.page.get_by_role("button", name="Cancel").click()
    till.page.wait_for_url(f"**{path}")

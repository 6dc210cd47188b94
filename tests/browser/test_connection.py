"""A screen that cannot reach the shop: it says so, stays as it is, and catches up."""

from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Locator, Route, expect

from pos.domain.charge import Channel
from pos.services.charge import charge
from tests.browser.people import OPEN, PAID, Till
from tests.browser.test_push import OWN_LINE, knows_its_answer
from tests.conftest import in_sat

STATUS = "**/status"


@pytest.fixture(autouse=True)
def no_line(till: Till) -> None:
    """All of these screens have to ask; what the line does is in test_push.py. This one never says anything."""
    till.page.add_init_script(OWN_LINE)


def lose(till: Till, times: int | None = None) -> None:
    """Every question gets lost from now on, or so many of them."""
    till.may_fail("/status")
    till.page.route(STATUS, lambda route: route.abort(), times=times)


def a_lost_question(till: Till) -> AbstractContextManager[object]:
    """Wait for one that got lost; the line, which is down as well, fails for itself."""
    return till.page.expect_event("requestfailed", lambda request: request.url.endswith("/status"))


def band(till: Till) -> Locator:
    return till.page.get_by_text("Connection lost, still checking.").first


def test_a_lost_connection_is_told_after_four_seconds_and_the_screen_catches_up_when_it_is_back(till: Till) -> None:
    till.page.clock.install()
    asked = till.opens_sale()
    # From here on only the test moves the page's time, however long the machine takes.
    till.stops_its_clock()
    knows_its_answer(till)
    lose(till)
    with a_lost_question(till):
        till.page.clock.fast_forward(2000)
    expect(band(till)).to_be_hidden()
    till.page.clock.fast_forward(4000)
    expect(band(till)).to_be_visible()
    expect(till.announcer).to_have_text("Connection lost, still checking. Paid already? Do not pay again.")
    till.shows(OPEN)
    expect(till.page.get_by_role("img", name="QR code")).to_be_visible()
    # Whoever wants to go on is told why not, for as long as that is true.
    till.may_fail("/")
    till.page.route(f"{till.live.address}/", lambda route: route.abort(), times=1)
    till.page.get_by_role("link", name="Till").click()
    unsent = till.page.get_by_text("The till does not answer. Nothing is lost.")
    expect(unsent).to_be_attached()
    is_back(till)
    expect(till.announcer).to_have_text("Connection is back.")
    expect(unsent).to_have_count(0)
    till.shows(OPEN)
    lose(till)
    with a_lost_question(till):
        till.page.clock.fast_forward(2000)
    till.page.clock.fast_forward(4000)
    expect(band(till)).to_be_visible()
    till.pay(asked)
    till.live.pays_attention(till.charge_id)
    knows_its_answer(till)
    till.page.unroute(STATUS)
    till.page.clock.fast_forward(5000)
    till.shows(PAID)
    expect(till.page.locator("html[data-lost]")).to_have_count(0)


def is_back(till: Till) -> None:
    """Questions are answered again, and the next one shows it."""
    knows_its_answer(till)
    till.page.unroute(STATUS)
    till.page.clock.fast_forward(5000)
    expect(band(till)).to_be_hidden()


def test_one_question_that_gets_lost_is_nothing_to_tell(till: Till) -> None:
    till.page.clock.install()
    till.opens_sale()
    # From here on only the test moves the page's time, however long the machine takes.
    till.stops_its_clock()
    knows_its_answer(till)
    with a_lost_question(till):
        lose(till, times=1)
        till.page.clock.fast_forward(2000)
    knows_its_answer(till)
    with till.page.expect_response(STATUS):
        till.page.clock.fast_forward(2000)
    knows_its_answer(till)
    till.page.clock.fast_forward(4000)
    expect(band(till)).to_be_hidden()
    expect(till.announcer).to_be_empty()


def test_a_shop_that_fails_and_an_answer_that_is_no_charge_are_a_lost_connection_too(till: Till) -> None:
    """A café's own network likes to answer every question with its welcome page."""

    def welcome(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body="<h1>Welcome to our wifi</h1>")

    def fails(route: Route) -> None:
        route.fulfill(status=503)

    till.may_fail("/status")
    till.page.clock.install()
    till.opens_sale()
    till.stops_its_clock()
    knows_its_answer(till)
    for answer in (welcome, fails):
        till.page.route(STATUS, answer)
        with till.page.expect_response(STATUS):
            till.page.clock.fast_forward(5000)
        till.page.clock.fast_forward(4000)
        expect(band(till)).to_be_visible()
        till.shows(OPEN)
        is_back(till)


def test_a_language_that_is_chosen_while_there_is_no_network_can_be_chosen_again(till: Till) -> None:
    till.may_fail("/language")
    till.open("/language?back=/tips")
    till.page.wait_for_load_state()
    german = till.page.get_by_role("button", name="Deutsch")
    till.page.context.set_offline(True)
    german.click()
    expect(till.page.get_by_role("alert")).to_have_text("The till does not answer. Nothing is lost.")
    till.page.context.set_offline(False)
    german.click()
    till.page.wait_for_url("**/tips")
    expect(till.page.locator("html[lang=de]")).to_have_count(1)


def test_a_sale_of_a_used_key_can_be_sold_as_well_once_there_is_a_network_again(till: Till) -> None:
    """Its own page asks whether it shall be sold as well (templates/errors/conflict.html)."""
    till.may_fail("/")
    made = charge(till.live.shop, Channel.TIPS, in_sat(2100), "used")
    till.page.route("**/js/tip_jar.js", lambda route: route.abort())
    till.open("/tips")
    till.page.locator("[name=key]").evaluate("field => { field.value = 'used'; }")
    till.page.get_by_role("button", name="Tip").click()
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Already used")
    till.page.wait_for_load_state()
    once_more = till.page.get_by_role("button", name="New sale")
    till.page.context.set_offline(True)
    once_more.click()
    expect(till.page.get_by_role("alert")).to_have_text("The till does not answer. Nothing is lost.")
    till.page.context.set_offline(False)
    once_more.click()
    assert till.asked() != made.invoice.payment_request


@pytest.mark.parametrize(
    "path",
    [
        *("/sales", "/till/till/shift", "/tips", "/language?back=/", "/sign-in"),
        *("/nosuch", "/tips/nosuch", "/poster", "/pay/{paid}/receipt", "/pay/{open}/receipt"),
    ],
)
def test_that_the_till_does_not_answer_goes_as_soon_as_the_network_is_back(till: Till, path: str) -> None:
    till.may_fail("/")
    paid, unpaid = till.live.sells(), till.live.sells()
    till.live.pay(paid.invoice.payment_request)
    till.live.hears_of_all()
    till.open(path.format(paid=paid.id, open=unpaid.id))
    till.page.wait_for_load_state()
    till.page.context.set_offline(True)
    till.page.locator("header a").first.click()
    unsent = till.page.get_by_text("The till does not answer. Nothing is lost.")
    expect(unsent).to_be_visible()
    # It leaves the page what it is for.
    told = till.page.locator(".unsent").bounding_box()
    assert told
    assert told["height"] <= 80
    till.page.context.set_offline(False)
    expect(unsent).to_have_count(0, timeout=3000)


def test_that_the_till_does_not_answer_is_there_to_be_read_and_goes_once_it_answers(till: Till) -> None:
    """The network was there all the while, so the browser tells nothing."""
    till.may_fail("/")
    till.page.clock.install()
    till.open("/language?back=/")
    till.page.wait_for_load_state()
    till.stops_its_clock()
    till.page.route("**/language**", lambda route: route.abort())
    till.page.get_by_role("button", name="Deutsch").click()
    unsent = till.page.get_by_text("The till does not answer. Nothing is lost.")
    expect(unsent).to_be_visible()
    till.page.clock.fast_forward(4000)
    # Nobody has answered yet.
    with till.page.expect_event("requestfailed"):
        till.page.clock.fast_forward(4000)
    expect(unsent).to_be_visible()
    # It has heard of that as well by then, and set its next look.
    till.page.evaluate("fetch(location.href).catch(() => {})")
    till.page.unroute("**/language**")
    till.page.clock.fast_forward(4000)
    expect(unsent).to_have_count(0)

"""A screen that cannot reach the shop: it says so, stays as it is, and catches up."""

from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.people import OPEN, PAID, Till

STATUS = "**/status"


@pytest.fixture(autouse=True)
def no_line(till: Till) -> None:
    """All of these screens have to ask; what the line does is in test_push.py."""
    till.hears_nothing()


def lose(till: Till, times: int | None = None) -> None:
    """Every question gets lost from now on, or so many of them."""
    till.may_fail("/status")
    till.page.route(STATUS, lambda route: route.abort(), times=times)


def a_lost_question(till: Till) -> AbstractContextManager[object]:
    """Wait for one that got lost; the line, which is down as well, fails for itself."""
    return till.page.expect_event("requestfailed", lambda request: request.url.endswith("/status"))


def knows_its_answer(till: Till) -> None:
    """What the page asked was answered, or got lost, before the answer to this comes, so it knows of that by now."""
    till.page.evaluate("() => fetch(document.querySelector('#charge').dataset.ask).then((answer) => answer.text())")


def band(till: Till) -> Locator:
    return till.page.get_by_text("Connection lost, still checking.").first


def test_a_lost_connection_is_told_after_four_seconds_and_the_field_stays_blue(till: Till) -> None:
    till.page.clock.install()
    till.sell()
    with a_lost_question(till):
        lose(till)
    expect(band(till)).to_be_hidden()
    till.page.clock.fast_forward(4000)
    expect(band(till)).to_be_visible()
    expect(till.announcer).to_have_text("Connection lost, still checking. Paid already? Do not pay again.")
    till.shows(OPEN)
    expect(till.page.get_by_role("img", name="QR code")).to_be_visible()


def test_the_message_goes_when_the_connection_is_back(till: Till) -> None:
    till.page.clock.install()
    till.sell()
    with a_lost_question(till):
        lose(till)
    till.page.clock.fast_forward(4000)
    expect(band(till)).to_be_visible()
    till.page.unroute(STATUS)
    till.page.clock.fast_forward(5000)
    expect(band(till)).to_be_hidden()
    expect(till.announcer).to_have_text("Connection is back.")
    till.shows(OPEN)


def test_a_payment_made_meanwhile_shows_when_the_connection_is_back(till: Till) -> None:
    till.page.clock.install()
    asked = till.sell()
    with a_lost_question(till):
        lose(till)
    till.page.clock.fast_forward(4000)
    expect(band(till)).to_be_visible()
    till.pay(asked)
    till.page.unroute(STATUS)
    till.page.clock.fast_forward(5000)
    till.shows(PAID)
    expect(till.page.locator("html[data-lost]")).to_have_count(0)


def test_one_question_that_gets_lost_is_nothing_to_tell(till: Till) -> None:
    till.page.clock.install()
    till.sell()
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


def test_an_answer_that_is_no_charge_is_no_answer(till: Till) -> None:
    """A café's own network likes to answer every question with its welcome page."""

    def welcome(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body="<h1>Welcome to our wifi</h1>")

    till.page.clock.install()
    till.sell()
    with till.page.expect_response(lambda answer: answer.headers["content-type"] == "text/html"):
        till.page.route(STATUS, welcome)
    till.page.clock.fast_forward(4000)
    expect(band(till)).to_be_visible()
    till.shows(OPEN)


def test_a_shop_that_fails_for_a_while_is_a_lost_connection_too(till: Till) -> None:
    till.may_fail("/status")
    till.page.clock.install()
    till.sell()
    with till.page.expect_response(lambda answer: answer.status == 503):
        till.page.route(STATUS, lambda route: route.fulfill(status=503))
    till.page.clock.fast_forward(4000)
    expect(band(till)).to_be_visible()
    till.shows(OPEN)

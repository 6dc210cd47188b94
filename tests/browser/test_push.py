"""How a payment gets onto the screen: by a push, by asking, and after the tablet slept through it."""

import json
from itertools import pairwise

import pytest
from playwright.sync_api import Route

from tests.browser.people import OPEN, PAID, Till
from tests.processes import until

EVENTS, STATUS = "**/events", "**/status"
# A line in the hands of the test: what is said on it, and whether anything is.
OWN_LINE = """window.EventSource = class {
    constructor() {
        this.hears = {};
        (window.lines ??= []).push(this);
    }
    addEventListener(name, heard) { this.hears[name] = heard; }
    close() { this.closed = true; }
};"""
# When the page asked anything, by its own time.
NOTES_QUESTIONS = """const { fetch } = window;
window.questions = [];
window.fetch = (...question) => (questions.push(Date.now()), fetch(...question));"""


# News is brought by the database, each in its own way.
@pytest.mark.asks_the_database
def test_a_payment_is_pushed_to_a_screen_that_does_not_ask(till: Till) -> None:
    till.page.clock.install()
    with till.page.expect_response(EVENTS):
        asked = till.opens_sale()
    till.stops_its_clock()
    till.pay(asked)
    till.shows(PAID)


@pytest.mark.asks_the_database
def test_a_screen_whose_line_is_blocked_asks(till: Till) -> None:
    till.hears_nothing()
    till.pay(till.opens_sale())
    till.shows(PAID)


@pytest.fixture
def own_line(till: Till) -> Till:
    """A screen whose line is in the hands of the test."""
    till.page.add_init_script(OWN_LINE)
    till.page.clock.install()
    return till


def sell(till: Till) -> str:
    """Make a sale, and wait until the screen has asked about it for the first time."""
    with till.page.expect_response(STATUS):
        return till.opens_sale()


def sell_and_stop(till: Till) -> str:
    """The same, on a screen that asks for nothing more by itself: its time stands still, and no question is out."""
    asked = sell(till)
    till.stops_its_clock()
    knows_its_answer(till)
    return asked


def knows_its_answer(till: Till) -> None:
    """What the page asked was answered, or got lost, before the answer to this comes, so it knows of that by now."""
    till.page.evaluate(
        "fetch(document.querySelector('#charge').dataset.ask).then((answer) => answer.text()).catch(() => {})"
    )


WAKES = (
    "document.dispatchEvent(new Event('visibilitychange'))",
    "dispatchEvent(new Event('online'))",
    "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))",
)


def test_a_tablet_that_slept_through_the_payment_asks_when_it_wakes(own_line: Till) -> None:
    till = own_line
    asked = sell_and_stop(till)
    for event in WAKES[1:]:
        with till.page.expect_response(STATUS):
            till.page.evaluate(event)
        knows_its_answer(till)
    till.pay(asked)
    till.live.pays_attention(till.charge_id)
    till.shows(OPEN)
    till.page.evaluate(WAKES[0])
    till.shows(PAID)


def test_a_tablet_that_is_put_aside_lets_its_line_go_and_takes_it_up_again(till: Till) -> None:
    with till.page.expect_response(EVENTS):
        till.opens_sale()
    with till.page.expect_event("requestfailed", lambda request: request.url.endswith("/events")):
        till.may_fail("/events")
        till.page.evaluate(
            """() => {
                Object.defineProperty(document, "visibilityState", {configurable: true, get: () => "hidden"});
                document.dispatchEvent(new Event("visibilitychange"));
            }"""
        )
    with till.page.expect_response(EVENTS):
        till.page.evaluate(
            "() => { delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange')); }"
        )


def test_a_push_alone_never_turns_the_screen_green(till: Till) -> None:
    def lie(route: Route) -> None:
        said = json.dumps({"status": "paid", "received_sat": 2100})
        route.fulfill(content_type="text/event-stream", body=f"event: charge\ndata: {said}\n\n")

    till.page.route(EVENTS, lie)
    with till.page.expect_response(STATUS):
        till.opens_sale()
    with till.page.expect_response(STATUS):
        till.shows(OPEN)
    till.shows(OPEN)


def test_a_line_that_is_silent_is_given_up_and_the_screen_asks(own_line: Till) -> None:
    till = own_line
    sell_and_stop(till)
    words = ["heartbeat()", "", """charge({data: '{"status": "open"}'})"""]
    for line, said in enumerate(words):
        if said:
            till.page.evaluate(f"lines[{line}].hears.{said}")
        knows_its_answer(till)
        with till.page.expect_request(STATUS):
            till.page.clock.fast_forward(12_000)
        assert till.page.evaluate("(line) => lines[line].closed", line), said
        # It was tried in vain so often.
        till.page.clock.fast_forward(1000 * 2**line)
        assert till.page.evaluate("lines.length") == line + 2, said


def test_a_screen_whose_line_breaks_asks_at_once(own_line: Till) -> None:
    till = own_line
    sell_and_stop(till)
    for line, break_it in enumerate(("lines[0].hears.error()", "dispatchEvent(new Event('offline'))")):
        till.page.evaluate("(line) => lines[line].hears.heartbeat()", line)
        knows_its_answer(till)
        with till.page.expect_response(STATUS):
            till.page.evaluate(break_it)
        assert till.page.evaluate("(line) => lines[line].closed", line), break_it
        till.page.clock.fast_forward(1000)


def test_a_screen_asks_rarely_while_its_line_is_up(own_line: Till) -> None:
    till = own_line
    till.page.add_init_script(NOTES_QUESTIONS)
    sell(till)
    till.stops_its_clock()

    def hears_on() -> list[int]:
        till.page.clock.fast_forward(1000)
        questions: list[int] = till.page.evaluate("lines[0].hears.heartbeat(), questions")
        return questions

    # One more may come after the short pause from before the line was heard.
    before = len(hears_on())
    until(lambda: len(hears_on()) > before + 2)
    assert min(later - one for one, later in pairwise(hears_on()[before:])) >= 10_000


def test_a_question_that_gets_lost_right_after_a_push_is_asked_again_soon_and_what_is_paid_listens_no_more(
    own_line: Till,
) -> None:
    till = own_line
    asked = sell_and_stop(till)
    till.page.evaluate("lines[0].hears.heartbeat()")
    till.pay(asked)
    till.live.pays_attention(till.charge_id)
    till.may_fail("/status")
    till.page.route(STATUS, lambda route: route.abort(), times=1)
    with till.page.expect_event("requestfailed"):
        till.page.evaluate("""lines[0].hears.charge({data: '{"status": "paid"}'})""")
    knows_its_answer(till)
    till.page.clock.fast_forward(3000)
    till.shows(PAID)
    till.page.wait_for_function("() => lines.every((line) => line.closed)")


def breaks(till: Till, line: int, gone_by: int) -> int:
    """Break a line, let so many milliseconds go by, and tell how many lines there have been then."""
    till.page.evaluate("(line) => lines[line].hears.error()", line)
    till.page.clock.fast_forward(gone_by)
    return int(till.page.evaluate("lines.length"))


def test_a_line_that_breaks_is_tried_again_for_ever_and_ever_more_rarely(own_line: Till) -> None:
    till = own_line
    sell(till)
    till.stops_its_clock()
    for tries in range(8):
        longest = min(15_000, 1000 * 2**tries)
        assert breaks(till, tries, longest // 2 - 100) == tries + 1
        till.page.clock.fast_forward(longest // 2 + 200)
        assert till.page.evaluate("lines.length") == tries + 2
    till.shows(OPEN)
    # One that was good for a while is tried again soon.
    till.page.evaluate("lines[8].hears.heartbeat()")
    assert breaks(till, 8, 1100) == 10

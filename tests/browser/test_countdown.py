"""The countdown believes the server's clock, not the tablet's."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import OpenTill
from tests.browser.people import OPEN, LiveShop, Till

HOURS = 3600


def test_a_tablet_whose_clock_is_hours_wrong_counts_right(live: LiveShop, open_till: OpenTill) -> None:
    right = open_till(live)
    right.page.clock.install(time=live.clock())
    right.opens_sale()
    for wrong_by in (5 * HOURS, -5 * HOURS):
        wrong = open_till(live)
        wrong.page.clock.install(time=live.clock() + wrong_by)
        wrong.page.goto(right.page.url)
        wrong.shows(OPEN)
        assert abs(wrong.page.evaluate("Date.now()") / 1000 - live.clock() - wrong_by) < 60
        # They go on counting while they are read, one after the other.
        more, other, less = right.left(), wrong.left(), right.left()
        assert less - 1 <= other <= more + 1, wrong_by
    right.counts_right()


def test_the_countdown_counts_while_it_sleeps_too_and_goes_on_when_the_page_is_loaded_again(till: Till) -> None:
    till.page.clock.install()
    till.opens_sale()
    began, before = till.page.evaluate("Date.now()"), till.left()
    till.page.clock.run_for(900)
    expect(till.timer).not_to_have_text(f"{before // 60}:{before % 60:02}")
    counted = before - till.left()
    # The server may know of a second less.
    assert 0 < counted <= (till.page.evaluate("Date.now()") - began) / 1000 + 2
    till.live.clock.move(300)
    till.page.clock.fast_forward(300_000)
    expect(till.timer).to_have_text(re.compile(r"^(5:00|4:\d\d)$"))
    till.counts_right()
    till.live.clock.move(100)
    till.page.reload()
    till.shows(OPEN)
    till.counts_right()


def test_the_bar_and_the_figures_say_the_same(till: Till) -> None:
    # One that hears nothing asks often, and so learns soon of a clock that was moved.
    till.hears_nothing()
    till.opens_sale()
    till.live.clock.move(300)
    expect(till.timer).to_have_text(re.compile(r"^(5:00|4:\d\d)$"))
    bar, figures = till.page.evaluate(
        "['progress', '[role=timer]'].map((it) => document.querySelector(it)).map((it) => it.value ?? it.textContent)"
    )
    assert f"{bar // 60}:{bar % 60:02}" == figures
    assert till.page.locator("progress").get_attribute("max") == "600"

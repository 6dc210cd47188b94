"""The countdown believes the server's clock, not the tablet's."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenTill
from tests.browser.people import OPEN, LiveShop, Till

HOURS = 3600


@pytest.mark.parametrize("wrong_by", [5 * HOURS, -5 * HOURS])
def test_a_tablet_whose_clock_is_hours_wrong_counts_right(live: LiveShop, open_till: OpenTill, wrong_by: int) -> None:
    right, wrong = open_till(live), open_till(live)
    right.page.clock.install(time=live.clock())
    wrong.page.clock.install(time=live.clock() + wrong_by)
    right.sell()
    wrong.page.goto(right.page.url)
    wrong.shows(OPEN)
    assert abs(wrong.page.evaluate("Date.now()") / 1000 - live.clock() - wrong_by) < 60
    assert 580 <= right.left() <= 600
    # They go on counting while they are read, one after the other.
    more, other, less = right.left(), wrong.left(), right.left()
    assert less - 1 <= other <= more + 1


def test_a_page_that_is_loaded_again_goes_on_counting(till: Till) -> None:
    till.sell()
    till.live.clock.move(200)
    till.page.reload()
    till.shows(OPEN)
    till.counts_right()


def test_the_countdown_counts(till: Till) -> None:
    till.page.clock.install()
    till.sell()
    began, before = till.page.evaluate("Date.now()"), till.left()
    till.page.clock.run_for(900)
    expect(till.timer).not_to_have_text(f"{before // 60}:{before % 60:02}")
    counted = before - till.left()
    # The server may know of a second less.
    assert 0 < counted <= (till.page.evaluate("Date.now()") - began) / 1000 + 2


def test_a_tablet_that_slept_counts_on_from_where_the_server_is(till: Till) -> None:
    till.page.clock.install()
    till.sell()
    till.live.clock.move(300)
    till.page.clock.fast_forward(300_000)
    expect(till.timer).to_have_text(re.compile(r"^(5:00|4:5\d)$"))
    till.counts_right()


def test_the_bar_and_the_figures_say_the_same(till: Till) -> None:
    # One that hears nothing asks often, and so learns soon of a clock that was moved.
    till.hears_nothing()
    till.sell()
    till.live.clock.move(300)
    expect(till.timer).to_have_text(re.compile(r"^(5:00|4:5\d)$"))
    bar = float(till.page.locator("progress").evaluate("bar => bar.value / bar.max"))
    assert abs(bar - till.left() / 600) < 0.01

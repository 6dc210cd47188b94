"""The picture of the sales: its bars, what is said of them, and the same figures as a table."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pos.domain.charge import Channel
from pos.domain.money import SAT, Money
from pos.settings import Settings
from pos.shop import Shop
from tests.fakes import FakeRates
from tests.web.sales.test_sales import DAY, HOUR, Day, day

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

__all__ = ["day"]

NUMBER = r"[0-9.]+"


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates(Decimal(50_000))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    # The tests' noon is Monday 21 September 2026, 16:13 there.
    return replace(settings, currency="EUR", timezone=ZoneInfo("Europe/Berlin"), day_ends=time(4), tills=("bar",))


def look(client: FlaskClient, path: str = "/sales", language: str = "en") -> str:
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    # Some of its spaces are narrow ones.
    return answer.text.replace("\u202f", " ")


def bars(page: str) -> list[tuple[float, float]]:
    """Return from where each bar of prices stands, and how tall it is."""
    found = re.findall(rf'<rect x="({NUMBER})%" width="{NUMBER}%" y="{NUMBER}%" height="({NUMBER})%"/>', page)
    return [(float(left), float(tall)) for left, tall in found]


def rows(page: str, table: str = "<table>") -> Iterator[list[str]]:
    for row in re.findall(r"<tr>.*?</tr>", page.partition(table)[2].partition("</table>")[0], re.DOTALL):
        cells = re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        yield [unescape(re.sub(r"<[^>]*>", " ", it)).strip() for it in cells]


def below(page: str) -> list[str]:
    return re.findall(r'<text x="[0-9.]+%" y="98%"[^>]*>(.*?)</text>', page)


def test_a_day_is_told_hour_by_hour_from_the_first_sale_to_the_last(client: FlaskClient, day: Day) -> None:
    day.sells(1000, tip=100)
    day.clock.move(2 * HOUR)
    day.sells(4000)
    day.sells(500)
    page = look(client)
    assert list(rows(page)) == [
        ["When", "Sales", "Price", "Tips", "Running total"],
        ["4:00 PM", "1", "€10.00", "€1.00", "€11.00"],
        ["5:00 PM", "0", "€0.00", "€0.00", "€11.00"],
        ["6:00 PM", "2", "€45.00", "€0.00", "€56.00"],
        ["Sum", "3", "€55.00", "€1.00", "€56.00"],
    ]
    (first, low), (last, high) = bars(page)
    assert first < last
    assert high == 97
    assert low == pytest.approx(97 * 10 / 45, abs=0.1)
    assert len(re.findall('<rect class="tip"', page)) == len(re.findall('<rect class="none"', page)) == 1
    assert below(page) == ["4 PM", "5 PM", "6 PM"]
    assert 'aria-label="By hour. Most: 6:00 PM, €45.00. The table below has all figures."' in page
    assert "Tips are 1.8% of the prices." in page
    assert "Busiest hours" not in page


def test_the_line_of_what_came_so_far_ends_at_the_top(client: FlaskClient, day: Day) -> None:
    for cents in (1000, 3000, 4000):
        day.sells(cents)
        day.clock.move(HOUR)
    page = look(client)
    found = re.search(r'<polyline points="(.*?)"', page)
    assert found
    heights = [point.partition(",")[2] for point in found[1].split()]
    assert heights == ["87.5", "50.0", "0.0"]


def test_who_reads_from_right_to_left_has_the_first_bar_at_the_right(client: FlaskClient, day: Day) -> None:
    day.sells(1000)
    day.clock.move(HOUR)
    day.sells(2000)
    (first, low), (last, high) = bars(look(client, language="ar"))
    assert first > last
    assert low < high
    assert [100 - it - 10 for it in (first, last)] == pytest.approx([it for it, _ in bars(look(client))], abs=0.1)


def test_a_week_has_seven_bars_and_says_in_which_hours_it_was_busiest(client: FlaskClient, day: Day) -> None:
    day.sells(1000)
    day.clock.move(DAY)
    day.sells(300)
    day.sells(300)
    # After midnight, and still Tuesday's.
    day.clock.move(9 * HOUR)
    day.sells(100)
    page = look(client, "/sales?week=2026-09-21")
    assert [row[1] for row in rows(page)] == ["Sales", "1", "3", "0", "0", "0", "0", "0", "4"]
    assert below(page) == ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
    week = list(rows(page, '<table class="week">'))
    assert week[0][1].split() == ["Mo", "Monday"]
    assert [week[1], week[-1]] == [["4 PM", "1", "2", *[""] * 5], ["1 AM", "", "1", *[""] * 5]]
    assert [row[0] for row in week[2:-1]] == [*(f"{it} PM" for it in range(5, 12)), "12 AM"]
    assert "Most sales: Tuesday, 4 PM–5 PM" in page
    assert [re.findall(r'class="(level-\d)">(\d)', page)] == [[("level-2", "1"), ("level-4", "2"), ("level-2", "1")]]


@pytest.mark.parametrize("path", ["/sales?week=2026-09-21", "/sales?month=2026-09"])
def test_what_is_sold_in_the_hour_in_which_a_day_ends_counts_on_its_own_day(
    app: Flask, client: FlaskClient, day: Day, path: str
) -> None:
    shop: Shop = app.extensions["shop"]
    app.extensions["shop"] = replace(shop, settings=replace(shop.settings, day_ends=time(4, 30)))
    day.sells(1000)
    # At 4:10 it is still Monday's, at 4:45 it is Tuesday's.
    for at, cents in (("04:10", 100), ("04:45", 20_000)):
        day.clock.time = datetime.fromisoformat(f"2026-09-22T{at}+02:00").timestamp()
        day.sells(cents)
    page = look(client, path)
    assert [(row[1], row[2]) for row in rows(page) if row[1] in "12"] == [("2", "€11.00"), ("1", "€200.00")]
    hour = next(it for it in rows(page, '<table class="week">') if it[0] == "4 AM")
    assert hour == ["4 AM", "1", "1", *[""] * 5]


def test_a_month_has_a_bar_for_each_day_and_words_below_as_many_as_fit(client: FlaskClient, day: Day) -> None:
    day.sells(1000)
    page = look(client, "/sales?month=2026-09")
    assert len(list(rows(page))) == 1 + 30 + 1
    assert below(page) == ["1", "4", "7", "10", "13", "16", "19", "22", "25", "28"]
    assert "By day. Most: Mon, Sep 21, €10.00." in page


def test_a_long_span_is_told_by_months_or_years(client: FlaskClient, day: Day) -> None:
    day.sells(1000)
    day.clock.move(40 * DAY)
    day.sells(1000)
    page = look(client, "/sales?from=2026-01-01&to=2026-12-31")
    assert [row[0] for row in rows(page)] == ["When", "September 2026", "October 2026", "Sum"]
    assert below(page) == ["Sep", "Oct"]
    page = look(client, "/sales?from=2000-01-01&to=2026-12-31")
    assert [row[0] for row in rows(page)] == ["When", "2026", "Sum"]
    assert "By year. Most: 2026, €20.00." in page


def test_sales_in_other_currencies_are_told_in_words(client: FlaskClient, day: Day, rates: FakeRates) -> None:
    day.sells(1000)
    rates.price = None
    day.pay(day.sell(Money(700, SAT)))
    page = look(client)
    assert "1 sale in another currency is not in the picture." in page
    assert list(rows(page))[-1] == ["Sum", "1", "€10.00", "€0.00", "€10.00"]


def test_where_no_rate_was_known_all_is_in_sat(client: FlaskClient, day: Day, rates: FakeRates) -> None:
    rates.price = None
    day.pay(day.sell(Money(700, SAT)))
    page = look(client)
    assert list(rows(page))[-1] == ["Sum", "1", "700\u00a0sat", "0\u00a0sat", "700\u00a0sat"]
    assert "not in the picture" not in page


def test_the_picture_is_of_what_was_asked_for(client: FlaskClient, day: Day) -> None:
    day.sells(1000)
    day.pay(day.sell(Money(5000, SAT), channel=Channel.TIPS))
    assert list(rows(look(client, "/sales?channel=tips")))[-1] == ["Sum", "1", "€2.50", "€0.00", "€2.50"]


@pytest.mark.parametrize("path", ["/sales?day=2026-09-20", "/sales?show=unpaid", "/sales?q=tea"])
def test_there_is_no_picture_of_nothing_and_of_what_is_searched(client: FlaskClient, day: Day, path: str) -> None:
    day.sells(1000, "tea")
    assert 'class="card chart"' not in look(client, path)


def test_what_is_worth_less_than_a_cent_has_a_picture_too(client: FlaskClient, day: Day) -> None:
    day.pay(day.sell(Money(1, SAT)))
    page = look(client)
    assert list(rows(page))[1][1:] == ["1", "€0.00", "€0.00", "€0.00"]
    assert bars(page) == []


def test_the_smallest_sale_can_still_be_seen_beside_the_largest(client: FlaskClient, day: Day) -> None:
    day.sells(1, tip=1)
    day.clock.move(HOUR)
    day.sells(300_000)
    page = look(client)
    assert [tall for _, tall in bars(page)] == [1.5, 97]
    assert re.findall(r'<rect class="tip".*? height="(.*?)%"', page) == ["1.5"]


@pytest.mark.parametrize(("number", "anchor"), [(0, "start"), (3, "middle"), (7, "end")])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_figures_of_the_highest_bar_begin_or_end_with_it_where_it_is_near_an_edge(
    client: FlaskClient, day: Day, number: int, anchor: str, language: str
) -> None:
    for place in range(8):
        day.sells(5000 if place == number else 1000)
        day.clock.move(HOUR)
    page = look(client, language=language)
    found = re.search(rf'<text class="most" x="({NUMBER})%" y="9%" text-anchor="(\w+)">', page)
    assert found
    assert found[2] == anchor
    # From the side at which somebody begins to read.
    at = 100 - float(found[1]) if language == "ar" else float(found[1])
    assert at == pytest.approx({"start": 1.875, "middle": 43.75, "end": 98.125}[anchor], abs=0.01)


def test_only_the_first_page_of_a_list_has_the_picture(client: FlaskClient, day: Day) -> None:
    day.sells(1000)
    assert 'class="card chart"' in look(client)
    assert 'class="card chart"' not in look(client, "/sales?after=9999999999-s")

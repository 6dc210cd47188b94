"""The sales' page: which sales somebody finds on it, and what these come to."""

import re
from dataclasses import dataclass, replace
from datetime import time
from decimal import Decimal
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pos.domain.charge import Channel, Charge
from pos.domain.money import SAT, Money
from pos.domain.sale import Line, Sale
from pos.domain.tax import TaxRate
from pos.runtime.turnstile import Turnstile
from pos.services import books
from pos.services.cancel import cancel
from pos.services.charge import charge, charge_again
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from tests.conftest import stored
from tests.fakes import FakeClock, FakeRates, FakeWallet

HOUR = 3600
DAY = 24 * HOUR


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates(Decimal(50_000))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    # The tests' noon is 21 September 2026, 16:13 there.
    return replace(
        settings, currency="EUR", timezone=ZoneInfo("Europe/Berlin"), day_ends=time(4), tills=("bar", "door")
    )


@dataclass
class Day:
    """What happens in a shop, without anybody's typing it."""

    shop: Shop
    wallet: FakeWallet
    clock: FakeClock
    sold: int = 0

    def sell(
        self,
        price: Money,
        memo: str = "",
        channel: Channel = Channel.TILL,
        tip: int = 0,
        till: str = "bar",
        rate: str = "",
    ) -> Charge:
        self.sold += 1
        lines = (Line(price.minor, tax=TaxRate(Decimal(rate))),) if rate else ()
        sale = Sale(price, memo, tip, till if channel is Channel.TILL else "", lines)
        return charge(self.shop, channel, sale, f"key-{self.sold}")

    def pay(self, made: Charge, extra_sat: int = 0, **changes: object) -> Charge:
        self.wallet.settle(made.invoice, made.amount_sat + extra_sat, **changes)
        return settle(self.shop, made)

    def sells(self, cents: int, memo: str = "", **words: object) -> Charge:
        return self.pay(self.sell(Money(cents, "EUR"), memo, **words))  # type: ignore[arg-type]


@pytest.fixture
def day(shop: Shop, wallet: FakeWallet, clock: FakeClock) -> Day:
    return Day(shop, wallet, clock)


@dataclass
class Page:
    """What somebody reads on it."""

    status: int
    html: str

    @property
    def memos(self) -> list[str]:
        return [unescape(it) for it in re.findall(r'<span class="what"><b><bdi>(.*?)</bdi>', self.html)]

    @property
    def rows(self) -> list[str]:
        return [_text(it) for it in re.findall(r'<li><a href="/sales/.*?</li>', self.html, re.DOTALL)]

    @property
    def sums(self) -> str:
        found = re.search(r'<section class="card sums".*?</section>', self.html, re.DOTALL)
        assert found
        return _text(found[0])

    @property
    def heading(self) -> str:
        found = re.search(r"<h1>(.*?)</h1>.*?<time>(.*?)</time>", self.html, re.DOTALL)
        assert found
        return f"{found[1]}: {found[2]}"

    @property
    def alert(self) -> str | None:
        found = re.search(r'role="alert".*?<span>(.*?)</span>', self.html, re.DOTALL)
        return unescape(found[1]) if found else None

    def link(self, words: str) -> str:
        found = re.search(rf'<a [^>]*href="([^"]*)"[^>]*>(?:<bdi>)?{words}', self.html)
        assert found, words
        return unescape(found[1])


def _text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def look(client: FlaskClient, path: str = "/sales", **words: str) -> Page:
    answer = client.get(path, query_string=words or None)
    return Page(answer.status_code, answer.text)


def test_a_sale_has_its_address_by_its_number(client: FlaskClient, day: Day) -> None:
    charge_id = day.sell(Money(21, SAT)).id
    day.sell(Money(21, SAT))
    number = stored(day.shop, charge_id).number
    for seconds in (0, 600):
        day.clock.move(seconds)
        found = re.search(r'Sale <span class="number">(\d+)</span>', client.get(f"/pay/{charge_id}").text)
        assert found
        assert found[1] == "1"
        for written in (found[1], str(number), str(number).replace("-", " ")):
            answer = client.get(f"/sales/{written}")
            assert answer.status_code == 200
            assert f'href="/pay/{charge_id}"' in answer.text


@pytest.mark.parametrize("number", ["2", "2019-1", "hello", "-", "%00", "🥐"])
def test_a_number_of_no_sale_is_told_in_a_sentence(client: FlaskClient, number: str) -> None:
    page = look(client, f"/sales/{number}")
    assert (page.status, page.alert) == (404, "There is no sale with that number.")


def test_the_till_leads_there(client: FlaskClient, day: Day) -> None:
    way = r'<a href="/sales"><svg.*?</svg><span>Sales</span></a>'
    assert re.search(way, client.get("/").text)
    day.sells(500)
    assert len(re.findall(way, client.get("/").text)) == 1


def test_today_lists_all_channels_the_newest_first_each_with_its_name(client: FlaskClient, day: Day) -> None:
    day.sells(1200, "Table 3", tip=150)
    day.clock.move(60)
    day.sells(300, channel=Channel.KIOSK)
    day.clock.move(60)
    day.pay(day.sell(Money(2100, SAT), "Play La Bamba!", Channel.TIPS))
    day.clock.move(60)
    day.sell(Money(900, "EUR"), "Order 7", Channel.API)
    page = look(client)
    assert page.heading == "Today: Mon, Sep 21"
    assert page.rows == [
        "4:16 PM Order 7 No. 4 · Program €9.00 open",
        "4:15 PM Play La Bamba! No. 3 · Tip jar 2,100 sat paid",
        "4:14 PM Kiosk No. 2 €3.00 paid",
        "4:13 PM Table 3 No. 1 · bar · tip €1.50 €13.50 paid",
    ]
    assert 'href="/sales/2026-4"' in page.html


def test_the_sums_are_of_what_was_paid_with_tips_tax_and_average(client: FlaskClient, day: Day) -> None:
    day.sells(1190, tip=100, rate="19")
    day.sells(1070, rate="7")
    day.sells(2380, rate="19")
    day.sell(Money(9999, "EUR"))
    # 50,000 EUR a bitcoin are 20 sat a cent.
    assert look(client).sums == (
        "3 sales paid €47.40 94,800 sat Price €46.40 Tips €1.00 Average €15.80"
        " Tax Net Tax Gross 19% 30.00 5.70 35.70 7% 10.00 0.70 10.70"
    )


def test_tax_on_top_of_prices_and_in_them_is_one_sum(client: FlaskClient, day: Day) -> None:
    """A shop's prices are without tax at its till, and with it at its kiosk."""
    day.sells(1070, rate="7")
    lines = (Line(1000, tax=TaxRate(Decimal(7), on_top=True)),)
    day.pay(charge(day.shop, Channel.TILL, Sale(Money(1070, "EUR"), till="bar", lines=lines), "on top"))
    assert "Tax Net Tax Gross 7% 20.00 1.40 21.40" in look(client).sums


def test_what_needs_a_look_is_told_apart(client: FlaskClient, day: Day) -> None:
    day.sells(100)
    day.pay(day.sell(Money(100, "EUR")), extra_sat=-300)
    day.pay(day.sell(Money(100, "EUR")), extra_sat=70)
    day.pay(day.sell(Money(100, "EUR")), preimage=None)
    late, twice = day.sell(Money(100, "EUR")), day.sell(Money(100, "EUR"))
    day.clock.move(700)
    day.pay(late)
    again = charge_again(day.shop, twice)
    day.pay(again)
    day.pay(twice)
    page = look(client)
    assert page.sums.endswith(
        "Late 1 2,000 sat Less than asked 1 300 sat More than asked 1 70 sat Not proven 1 2,000 sat"
        " Paid twice 1 2,000 sat"
    )
    assert 'Needs a look</bdi> <span class="count">5</span>' in page.html
    odd = look(client, page.link("Needs a look"))
    assert len(odd.rows) == 5
    assert odd.sums.startswith("5 sales paid €5.00")
    assert any("not proven" in row for row in odd.rows)
    assert any("paid twice: 2,000 sat more" in row for row in odd.rows)


def test_what_had_no_rate_is_told_apart_in_sat(client: FlaskClient, day: Day, rates: FakeRates) -> None:
    day.sells(1000)
    rates.price = None
    day.pay(day.sell(Money(2100, SAT), tip=210))
    assert look(client).sums.endswith(
        "Of these, 1 without an exchange rate 2,310 sat Price 2,100 sat Tips 210 sat Average 2,310 sat"
    )


def test_where_nothing_was_sold_in_the_currency_of_the_shop_no_sum_of_it_is_told(
    client: FlaskClient, day: Day, rates: FakeRates
) -> None:
    assert look(client).sums == "0 sales paid €0.00 0 sat"
    rates.price = None
    day.pay(day.sell(Money(2100, SAT)))
    # And not €0.00 and 0 sat, while sat have come.
    expected = "1 sale paid Of these, 1 without an exchange rate 2,100 sat Average 2,100 sat"
    assert look(client).sums == expected


def test_each_currency_that_the_shop_had_has_its_own_sums(client: FlaskClient, day: Day, rates: FakeRates) -> None:
    day.sells(1000)
    rates.currency = "CHF"
    day.pay(day.sell(Money(700, "CHF")))
    sums = look(client).sums
    assert sums.startswith("2 sales paid €10.00")
    assert "Of these, 1 in CHF CHF\xa07.00".replace("\xa0", " ") in sums.replace("\xa0", " ")


def test_a_day_ends_when_the_shop_says(client: FlaskClient, day: Day) -> None:
    # 03:59 and 04:00 of the morning after.
    day.clock.move(12 * HOUR - 14 * 60 - 20)
    day.sells(100, "The last one")
    day.clock.move(60)
    day.sells(100, "The first one")
    assert look(client).memos == ["The first one"]
    assert look(client).heading == "Today: Tue, Sep 22"
    yesterday = look(client, day="2026-09-21")
    assert (yesterday.memos, yesterday.heading) == (["The last one"], "Yesterday: Mon, Sep 21")


def test_days_weeks_months_and_spans_follow_one_another(client: FlaskClient, day: Day) -> None:
    for memo in ("Monday", "Wednesday", "October"):
        day.sells(100, memo)
        day.clock.move(2 * DAY if memo == "Monday" else 14 * DAY)
    days = {
        "day=2026-09-23": ("Wednesday: Wed, Sep 23", ["Wednesday"]),
        "week=2026-09-27": ("Week: Mon, Sep 21 – Sun, Sep 27", ["Wednesday", "Monday"]),
        "month=2026-10": ("Month: October 2026", ["October"]),
        "from=2026-09-22&to=2026-10-07": ("Days: Tue, Sep 22 – Wed, Oct 7", ["October", "Wednesday"]),
        "from=2026-09-23": ("Wednesday: Wed, Sep 23", ["Wednesday"]),
    }
    for query, (heading, memos) in days.items():
        page = look(client, f"/sales?{query}")
        assert (page.heading, page.memos) == (heading, memos)
    assert "Wed, Oct 7" in look(client, "/sales?month=2026-10").html
    assert look(client, "/sales?day=2026-09-23").link("Week") == "/sales?week=2026-09-21"
    assert look(client, "/sales?day=2026-09-23").link("Month") == "/sales?month=2026-09"
    before = re.search(r'href="([^"]*)" aria-label="Before"', look(client, "/sales?month=2026-10").html)
    assert before
    assert before[1] == "/sales?month=2026-09"


@pytest.mark.parametrize(
    ("query", "ways"),
    [
        ("day=2026-09-21", ["Before", "After"]),
        ("from=2000-01-01&to=2026-09-21", ["After"]),
        ("month=2000-01", ["After"]),
        ("day=2000-01-01", ["After"]),
        ("day=2999-12-31", ["Before"]),
    ],
)
def test_no_arrow_leads_to_days_that_there_are_not(client: FlaskClient, query: str, ways: list[str]) -> None:
    arrows = re.findall(r'href="([^"]*)" aria-label="(Before|After)"', look(client, f"/sales?{query}").html)
    assert [way for _, way in arrows] == ways
    assert [look(client, unescape(address)).status for address, _ in arrows] == [200] * len(ways)


NO_DAYS = [
    ("from=2026-09-30&to=2026-09-01", "The last day is before the first one."),
    ("from=2026-02-30&to=2026-03-01", "There is no such day: 2026-02-30"),
    ("day=2026-13-01", "There is no such day: 2026-13-01"),
    ("day=", "There is no such day: "),
    ("day=0001-01-01", "There is no such day: 0001-01-01"),
    ("week=9999-12-31", "There is no such day: 9999-12-31"),
    ("month=2026-00", "There is no such day: 2026-00"),
    ("month=2026", "There is no such day: 2026"),
    ("day=%00", "There is no such day: "),
    ("day=" + "9" * 3000, "There is no such day: " + "9" * 20),
]


def test_days_that_there_are_not_are_a_sentence_and_the_days_before(client: FlaskClient, day: Day) -> None:
    day.sells(100, "Today's")
    for query, sentence in NO_DAYS:
        page = look(client, f"/sales?{query}")
        assert (page.status, page.alert, page.memos) == (422, sentence, ["Today's"])
    day.clock.move(3 * DAY)
    for query, _ in NO_DAYS:
        page = look(client, f"/sales?{query}&was_from=2026-09-20&was_to=2026-09-21&channel=till")
        assert (page.status, page.memos, page.heading) == (422, ["Today's"], "Days: Sun, Sep 20 – Mon, Sep 21"), query
        assert look(client, f"/sales?{query}&was_from=2026-09-22&was_to=2026-09-21").memos == []
        one_day = look(client, f"/sales?{query}&was_from=2026-09-21&was_to=2026-09-21")
        assert one_day.heading == "Monday: Mon, Sep 21", query


def test_by_till_channel_and_state(client: FlaskClient, day: Day) -> None:
    day.sells(100, "at the bar")
    day.sells(100, "at the door", till="door")
    day.sells(100, "at the kiosk", channel=Channel.KIOSK)
    day.sells(100, "a tip", channel=Channel.TIPS)
    day.sells(100, "a program's", channel=Channel.API)
    cancel(day.shop, day.sell(Money(100, "EUR"), "cancelled"))
    page = look(client)
    assert len(page.memos) == 6
    for words, memos in {
        "door": ["at the door"],
        "bar": ["cancelled", "at the bar"],
        "Kiosk": ["at the kiosk"],
        "Tips": ["a tip"],
        "Programs": ["a program's"],
        "Not paid": ["cancelled"],
        "Needs a look": [],
    }.items():
        found = look(client, page.link(words))
        assert sorted(found.memos) == sorted(memos), words
        assert f"{len([it for it in memos if it != 'cancelled'])} sale" in found.sums
    assert look(client, channel="nothing", show="nothing").memos == page.memos


def test_a_search_takes_what_is_typed_as_text(client: FlaskClient, day: Day) -> None:
    day.sells(500, "FLAT White")
    day.sells(1234, "Käse")
    for memo in ("50 % off_season", "'\"; DROP TABLE sale", "🥐"):
        day.sells(700, memo)
    expected = {
        "flat": ["FLAT White"],
        "1": ["FLAT White"],
        "12,34": ["Käse"],
        "€12.34": ["Käse"],
        "24680": ["Käse"],
        "24,680 sat": ["Käse"],
        "KÄSE": ["Käse"],
        "%": ["50 % off_season"],
        "_": ["50 % off_season"],
        "'\"": ["'\"; DROP TABLE sale"],
        "🥐": ["🥐"],
        "\0x": [],
        "x" * 3000: [],
        "<script>": [],
        "zzz": [],
    }
    found = {}
    for text, memos in expected.items():
        headers = {"Accept-Language": "de"} if text == "12,34" else {}
        answer = client.get("/sales", query_string={"q": text}, headers=headers)
        page = Page(answer.status_code, answer.text)
        assert page.status == 200, text
        found[text] = page.memos
        if len(memos) == 1 and not headers:
            assert page.sums.startswith("1 sale paid"), text
        assert "<script>" not in page.html
        assert len(page.html) < 30_000
    assert found == expected


@pytest.mark.parametrize("memo", ["👨\u200d👩\u200d👧 menu", "می\u200cخواهم"])
def test_a_memo_of_joined_signs_is_found_by_itself(client: FlaskClient, day: Day, memo: str) -> None:
    day.sells(500, memo)
    assert look(client, q=memo).memos == [memo]


def test_a_number_is_found_as_receipts_and_pages_write_it(client: FlaskClient, day: Day) -> None:
    day.sells(700, "Tea")
    day.sells(800, "Cake")
    english, german, arabic = ["No. 1", "no.2026-1", "Sale 1", "#1"], ["Nr. 2026-1"], ["رقم 1"]
    for reader, written in (("en", english), ("de", german), ("ar", arabic)):
        for typed in written:
            answer = client.get("/sales", query_string={"q": typed}, headers={"Accept-Language": reader})
            assert Page(answer.status_code, answer.text).memos == ["Tea"], typed


def test_another_word_before_a_number_is_no_number_of_a_sale(client: FlaskClient, day: Day) -> None:
    day.sells(700, "Tea")
    day.sells(800, "Table 1")
    assert look(client, q="Table 1").memos == ["Table 1"]


def test_a_search_for_a_whole_book_is_more_than_the_till_takes(client: FlaskClient) -> None:
    page = look(client, q="x" * 10_000)
    assert page.status == 414
    assert "That is more than the till takes." in page.html


def test_a_payment_hash_or_its_beginning_finds_its_sale(client: FlaskClient, day: Day) -> None:
    made = day.sells(500, "Here")
    day.sells(500, "Not this")
    for text in (made.invoice.payment_hash, made.invoice.payment_hash[:12].upper()):
        assert look(client, q=text).memos == ["Here"]


def test_one_sale_that_somebody_means_is_found_on_whichever_day_it_was(client: FlaskClient, day: Day) -> None:
    made = day.sells(500, "Here")
    for _ in range(9):
        day.sells(500)
    day.clock.move(3 * DAY)
    for text in ("10", "1O", "lO", "2026-10"):
        page = look(client, q=text)
        assert page.memos == []
        assert 'Do you mean sale <span class="number">10</span> of Mon, Sep 21?' in page.html
        assert 'href="/sales/2026-10"' in page.html
    assert 'href="/sales/2026-1"' in look(client, q=made.invoice.payment_hash).html
    assert "Do you mean" not in look(client, q="11").html
    everywhere = look(client, look(client, q="Here").link("Search all days"))
    assert everywhere.memos == ["Here"]
    assert everywhere.heading == "All days: … – Thu, Sep 24"
    assert "Do you mean" not in look(client, day="2026-09-21", q="10").html


def test_rows_come_page_by_page_and_sums_are_of_all(client: FlaskClient, day: Day) -> None:
    for number in range(books.ROWS + 3):
        day.sells(100, f"Sale {number}")
    first = look(client)
    assert len(first.rows) == books.ROWS
    second = look(client, first.link("Older"))
    assert second.memos == ["Sale 2", "Sale 1", "Sale 0"] or len(second.memos) == 3
    assert set(first.memos) | set(second.memos) == {f"Sale {it}" for it in range(books.ROWS + 3)}
    assert first.sums == second.sums
    assert "Older" not in second.html
    for after in ("x", "1-", "99999999999999-a", "1-🥐"):
        assert look(client, after=after).memos == first.memos


def test_days_that_were_typed_come_back_with_what_is_wrong_with_them(client: FlaskClient) -> None:
    page = look(client, **{"from": "2026-09-30", "to": "2026-09-01"})
    assert 'name="from" type="date" required value="2026-09-30"' in page.html
    assert 'name="to" type="date" required value="2026-09-01"' in page.html


def test_without_a_sale_it_leads_to_the_till(client: FlaskClient) -> None:
    page = look(client)
    assert "Export" not in page.html
    assert page.sums == "0 sales paid €0.00 0 sat"
    assert "No sale yet" in page.html
    assert page.link("To the till") == "/"


def test_whatever_is_asked_for_goes_along_with_the_forms(client: FlaskClient) -> None:
    page = look(client, month="2026-09", till="door", q="tea", show="paid")
    for name, value in {"month": "2026-09", "till": "door", "show": "paid"}.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in page.html
    assert '<input type="hidden" name="q" value="tea">' in page.html
    assert 'value="tea">' in page.html


def test_a_day_of_another_year_has_its_year(client: FlaskClient) -> None:
    assert look(client, day="2025-12-31").heading == "Wednesday: Wed, Dec 31, 2025"


def test_what_became_of_a_sale_is_said_as_the_till_says_it(client: FlaskClient, day: Day) -> None:
    day.sells(100, "paid")
    for memo, extra_sat in (("less", -1), ("more", 1)):
        day.pay(day.sell(Money(100, "EUR"), memo), extra_sat=extra_sat)
    late, expired = day.sell(Money(100, "EUR"), "late"), day.sell(Money(100, "EUR"), "expired")
    day.sell(Money(100, "EUR"), "not known")
    cancel(day.shop, day.sell(Money(100, "EUR"), "cancelled"))
    day.clock.move(700)
    for made in (late, expired):
        settle(day.shop, made)
    day.pay(late)
    day.sell(Money(100, "EUR"), "open")

    def words(html: str) -> list[str]:
        return sorted(re.findall(r'<em class="[^"]*">([^<]*)</em>', html.partition('id="all"')[2] or html))

    on_the_page = words(look(client).html)
    assert on_the_page == words(client.get("/recent").text)
    assert on_the_page == [
        "cancelled",
        "expired",
        "late",
        "less than asked",
        "more than asked",
        "not known yet",
        "open",
        "paid",
    ]


@pytest.mark.parametrize("asked", ["from=2000-01-01&to=2026-09-21", "month=2026-09", "q=coffee"])
def test_few_look_through_many_sales_at_once_and_a_day_is_never_waited_for(
    app: Flask, client: FlaskClient, shop: Shop, asked: str
) -> None:
    app.extensions["shop"] = replace(shop, looking=Turnstile(1, patience=0))
    assert client.get(f"/sales?{asked}").status_code == 200
    with app.extensions["shop"].looking.turn():
        answer = client.get(f"/sales?{asked}")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
        assert "Too many look at the sales at once. Try again in a moment." in answer.text
        assert client.get("/sales?day=2026-09-20").status_code == 200
    assert client.get(f"/sales?{asked}").status_code == 200


def test_what_was_sold_is_kept_out_of_searches_of_the_web_and_out_of_caches(client: FlaskClient, day: Day) -> None:
    number = day.sells(500).number
    for path in ("/sales", f"/sales/{number}", "/sales.csv", "/sales.json"):
        headers = client.get(path).headers
        assert (headers["X-Robots-Tag"], headers["Cache-Control"]) == ("noindex", "no-store")

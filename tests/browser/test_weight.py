"""What a page weighs as it comes over the wire, and how often a browser has to ask for its parts."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from pos.domain.tax import TaxRate
from pos.settings import Settings
from tests.browser.conftest import OpenTill
from tests.browser.people import PAID, LiveShop, Till
from tests.browser.wire import Answer, Wire
from tests.fakes import FakeLnurlServices

PAY_BYTES = 22_000
TILL_BYTES = 30_000
# Of the second page of a visit.
REQUESTS = 2


@pytest.fixture
def tax_rates() -> tuple[TaxRate, ...]:
    return ()


@pytest.fixture
def settings(settings: Settings, tax_rates: tuple[TaxRate, ...]) -> Settings:
    return replace(settings, tax_rates=tax_rates)


@pytest.fixture
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shelf of its own: an update lays other files there."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def wire(live: LiveShop) -> Wire:
    return Wire(live.app)


def weight(answers: list[Answer]) -> int:
    return sum(it.size for it in answers)


def is_idle(till: Till) -> None:
    """Wait until the browser has what it fetches ahead, too."""
    till.page.wait_for_load_state("networkidle")


def test_the_open_pay_page(till: Till, live: LiveShop, open_till: OpenTill, wire: Wire) -> None:
    till.sell(4620, "2 flat whites")
    is_idle(till)
    for cards, issuers in (("no cards", None), ("cards", FakeLnurlServices([]))):
        live.app.extensions["shop"] = replace(live.shop, issuers=issuers)
        wire.since()
        customer = open_till(live)
        customer.page.goto(till.page.url)
        customer.asked()
        answers = wire.since()
        assert weight(answers) <= PAY_BYTES, cards
        assert len(answers) <= 9, cards
        is_idle(customer)


@pytest.mark.parametrize("tax_rates", [(TaxRate(Decimal(19)), TaxRate(Decimal(7)))], ids=["two rates"])
def test_the_till_with_what_it_fetches_for_the_next_page_and_once_more(till: Till, wire: Wire) -> None:
    till.open()
    is_idle(till)
    assert weight(wire.since()) <= TILL_BYTES
    # A page that was seen before costs one answer.
    till.open()
    is_idle(till)
    assert [it.path for it in wire.since()] == ["/"]


def charges(till: Till) -> None:
    till.page.get_by_label("Amount").fill("2100")
    till.page.get_by_role("button", name="Charge").click()
    till.asked()


def taps_a_tile(till: Till) -> None:
    till.page.get_by_role("button", name="5,000").click()
    till.asked()


def tips(till: Till) -> None:
    till.page.get_by_role("button", name="Tip").click()
    till.asked()


def touches(till: Till) -> None:
    till.page.get_by_role("link", name="Touch to start").click()
    till.page.wait_for_url("**/kiosk")


def asks_for_languages(till: Till) -> None:
    till.page.get_by_role("link", name="Language").click()
    till.page.wait_for_url("**/language**")


# What a page has to have and no page before it, nor its fetching ahead, brings: it would be too heavy for the till.
OWN: dict[Callable[[Till], None], list[str]] = {asks_for_languages: ["stay.js", "take_back.js"]}


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("/", [charges]),
        ("/", [asks_for_languages]),
        ("/kiosk/rest", [touches, taps_a_tile]),
        ("/kiosk", [taps_a_tile]),
        ("/tips", [tips]),
        ("/screen/till", []),
    ],
)
def test_no_first_page_is_heavy_and_the_next_ones_cost_their_own_answer_and_hardly_more(
    till: Till, wire: Wire, path: str, steps: list[Callable[[Till], None]]
) -> None:
    """A form that is sent is one request, and the page that it leads to is the other."""
    till.open(path)
    is_idle(till)
    assert weight(wire.since()) <= TILL_BYTES
    for step in steps:
        is_idle(till)
        wire.since()
        step(till)
        till.page.wait_for_load_state()
        assert len(wire.since()) <= REQUESTS + len(OWN.get(step, [])), step.__name__


@pytest.mark.parametrize("kept", [True, False], ids=["its files are kept", "its files are gone"])
def test_a_page_from_before_an_update_works_after_it(till: Till, live: LiveShop, kept: bool) -> None:
    """It asks for the files of its own version, hears of the money, and gives way to the new page as a whole."""
    old = "0123456789ab"
    shelf = live.shop.settings.var / "static"
    (version,) = (it.name for it in shelf.iterdir())
    if kept:
        shutil.copytree(shelf / version, shelf / old)
        (shelf / old / "js/pay.js.gz").unlink()
        with (shelf / old / "js/pay.js").open("a") as script:
            script.write("document.documentElement.dataset.made = 'before';")

    def before_the_update(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(version, old))

    asked = till.sell()
    till.page.route("**/pay/*", before_the_update, times=1)
    till.page.reload()
    expect(till.page.locator("html[data-made=before]")).to_have_count(int(kept))
    expect(till.timer).not_to_have_text("10:00")
    till.pay(asked)
    till.shows(PAID)
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Paid")
    sources = till.page.locator("script[type=module]").evaluate_all("all => all.map((it) => it.src)")
    assert version in sources[0]

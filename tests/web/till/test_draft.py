"""What is typed at a till is told to its customer's display, and costs the cashier nothing."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pos import close, create_app
from pos.domain.draft import Draft
from pos.domain.money import SAT, Money
from pos.domain.sale import Line
from pos.domain.tax import parse_tax_rate
from pos.services.drafts import SEEN_FOR
from pos.settings import Settings
from pos.shop import Shop
from tests.fakes import NOON, FakeClock, FakeRates, FakeWallet

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")

ONE, TWO = "browser-1", "browser-2"
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


@pytest.fixture
def app(settings: Settings, wallet: FakeWallet, clock: FakeClock, rates: FakeRates) -> Iterator[Flask]:
    """A shop with two tills."""
    app = create_app(replace(settings, tills=("till", "bar")), wallet=wallet, clock=clock, running=clock, rates=rates)
    yield app
    close(app)


def tell(client: FlaskClient, browser: str = ONE, till: str = "till", **typed: Any) -> bool:
    """Tell what is typed as the page does, and return whether it is not alone."""
    answer = client.post(f"/till/{till}/draft", data={"browser": browser, **typed}, headers=OURS)
    assert answer.status_code == 200
    shared = answer.get_json()["shared"]
    assert shared in ("", "This till is also open in another browser.")
    return bool(shared)


def drafted(shop: Shop, till: str = "till") -> Draft:
    draft = shop.store.drafts.last(till)
    assert draft
    return draft


def test_what_is_typed_is_kept_with_what_it_comes_to(client: FlaskClient, shop: Shop) -> None:
    tell(client, unit="EUR", line=["3.80", "2.50"], amount="1.2")
    lines = (Line(380), Line(250), Line(120))
    assert drafted(shop) == Draft("till", ONE, "EUR", lines, Money(15_000, SAT), version=1, typed_at=NOON)
    tell(client, unit="SAT", amount="15000")
    assert drafted(shop).lines == (Line(15_000),)
    assert drafted(shop).worth == Money(750, "EUR")


@pytest.mark.parametrize(
    ("lines", "amount", "read"),
    [
        ([], "", []),
        (["3.80"], "", [380]),
        (["3.80"], "0", [380]),
        # What is no amount yet, or no more, is none to show.
        (["3.80"], "1.234", [380]),
        (["3.80"], "x", [380]),
        ([], "x", []),
        (["y"], "x", []),
        (["y"], "", []),
    ],
)
def test_only_what_is_an_amount_is_shown(
    client: FlaskClient, shop: Shop, lines: list[str], amount: str, read: list[int]
) -> None:
    tell(client, unit="EUR", line=lines, amount=amount)
    assert [it.unit_price for it in drafted(shop).lines] == read


def test_without_a_rate_nothing_is_said_of_the_other_unit(client: FlaskClient, shop: Shop, rates: FakeRates) -> None:
    rates.price = None
    for unit in ("EUR", "SAT"):
        tell(client, unit=unit, amount="5")
        assert drafted(shop).worth is None


def test_tax_that_comes_on_top_is_in_the_sum(settings: Settings, wallet: FakeWallet, clock: FakeClock) -> None:
    rate = parse_tax_rate("+8.25")
    assert rate
    app = create_app(replace(settings, tax_rates=(rate,)), wallet=wallet, clock=clock, rates=FakeRates())
    tell(app.test_client(), unit="EUR", amount="10")
    assert drafted(app.extensions["shop"]).total == Money(1083, "EUR")
    close(app)


def test_a_page_that_is_only_open_takes_nothing_off_the_display(client: FlaskClient, shop: Shop) -> None:
    tell(client, unit="EUR", amount="5")
    tell(client)
    tell(client, TWO)
    assert drafted(shop).lines == (Line(500),)


def test_a_second_browser_at_the_same_till_is_told_so_and_the_first_one_too(
    client: FlaskClient, clock: FakeClock
) -> None:
    assert not tell(client, ONE)
    assert not tell(client, ONE, unit="EUR", amount="5")
    assert not tell(client, TWO, "bar")
    assert tell(client, TWO)
    assert tell(client, ONE, unit="EUR", amount="5")
    clock.move(SEEN_FOR)
    assert tell(client, ONE)
    clock.move(1)
    assert not tell(client, ONE)


@pytest.mark.parametrize(
    ("till", "typed", "status"),
    [
        ("none", {"browser": ONE}, 404),
        ("till", {}, 400),
        ("till", {"browser": "no name"}, 400),
        ("till", {"browser": ONE, "amount": "1", "unit": "USD"}, 400),
    ],
)
def test_what_no_page_of_ours_sends_is_refused(
    client: FlaskClient, shop: Shop, till: str, typed: dict[str, str], status: int
) -> None:
    assert client.post(f"/till/{till}/draft", data=typed, headers=OURS).status_code == status
    assert shop.store.drafts.last("till") is None


def test_a_page_of_somebody_else_tells_it_nothing(client: FlaskClient, shop: Shop) -> None:
    typed = {"browser": ONE, "unit": "EUR", "amount": "5"}
    assert client.post("/till/till/draft", data=typed, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert shop.store.drafts.last("till") is None
    assert client.get("/till/till/draft", query_string={"browser": ONE}).status_code == 405


def test_a_page_names_its_till_where_there_are_several(client: FlaskClient, app: Flask) -> None:
    assert "<small>bar</small>" in client.get("/till/bar").text
    assert 'data-draft="/till/bar/draft"' in client.get("/till/bar").text
    shop: Shop = app.extensions["shop"]
    app.extensions["shop"] = replace(shop, settings=replace(shop.settings, tills=("till",)))
    assert "<small>till</small>" not in client.get("/").text

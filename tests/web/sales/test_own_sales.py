"""A device sees the sales of its own till; a manager who sells there, and the owner, see all of the shop's."""

import json
import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from pos.domain.charge import Channel, Charge
from pos.domain.money import SAT, Money
from pos.domain.printer import parse_printer
from pos.domain.sale import Sale
from pos.domain.staff import Role
from pos.services.charge import charge
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from tests.fakes import FakeWallet
from tests.people import People

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    # Nobody listens there.
    return replace(settings, tills=("till", "bar"), printer=parse_printer("network://127.0.0.1:1"))


@pytest.fixture
def sold(people: People, wallet: FakeWallet) -> dict[str, Charge]:
    """A sale of each: the two tills, a kiosk that is called as one of them was, and the tip jar."""
    people.claim()

    def sell(name: str, channel: Channel, till: str, sat: int) -> Charge:
        made = charge(people.shop, channel, Sale(Money(sat, SAT), f"of the {name}", till=till), name)
        wallet.settle(made.invoice, sat)
        return settle(people.shop, made)

    return {
        "till": sell("till", Channel.TILL, "till", 1000),
        "bar": sell("bar", Channel.TILL, "bar", 20_000),
        "kiosk": sell("kiosk", Channel.KIOSK, "bar", 300_000),
        "jar": sell("jar", Channel.TIPS, "", 4_000_000),
    }


@pytest.fixture
def bar(people: People) -> FlaskClient:
    return people.device(place="bar")


def said_of(page: str, sold: dict[str, Charge]) -> list[str]:
    return [name for name in sold if f"of the {name}" in page]


@pytest.mark.parametrize(
    "asked", ["", "?till=till", "?channel=kiosk", "?channel=tips", "?channel=kiosk&till=bar", "?q=of+the", "?show=paid"]
)
def test_the_list_and_its_sum_are_of_its_own_till(bar: FlaskClient, sold: dict[str, Charge], asked: str) -> None:
    page = bar.get(f"/sales{asked}").text
    assert said_of(page, sold) == ["bar"]
    assert "20,000" in page
    assert not re.search("4,0|300,|1,000", page)
    # Nor is it led to what it does not see.
    assert not re.search("channel=(tips|kiosk|api|lnurl)|till=till", page.partition("chips filters")[2])


@pytest.mark.parametrize("asked", ["", "?till=till", "?channel=tips", "?q=of+the"])
def test_so_is_what_it_takes_along(bar: FlaskClient, sold: dict[str, Charge], asked: str) -> None:
    assert said_of(bar.get(f"/sales.csv{asked}").text, sold) == ["bar"]
    assert [it["memo"] for it in json.loads(bar.get(f"/sales.json{asked}").data)] == ["of the bar"]


@pytest.mark.parametrize("whose", ["till", "kiosk", "jar"])
def test_a_sale_of_anybody_elses_is_answered_as_one_that_there_is_not(
    bar: FlaskClient, sold: dict[str, Charge], whose: str
) -> None:
    number = str(sold[whose].number)

    def answers(of: str) -> list[tuple[int, str]]:
        found = [
            bar.get(f"/sales/{of}"),
            bar.post(f"/sales/{of}/print", headers=OURS),
            bar.post(f"/sales/{of}/message", headers=OURS),
        ]
        return [
            (it.status_code, re.sub(r'csrf_token[^>]*|value="[^"]*"', "", it.text).replace(of, "N")) for it in found
        ]

    none = number[:-1] + "9"
    assert answers(number) == answers(none)
    assert {status for status, _ in answers(number)} == {404}
    assert said_of(bar.get(f"/sales?q={number}").text, sold) == []


def test_its_own_sale_is_open_to_it(bar: FlaskClient, sold: dict[str, Charge]) -> None:
    number = sold["bar"].number
    assert bar.get(f"/sales/{number}").status_code == 200
    assert bar.post(f"/sales/{number}/print", headers=OURS).status_code == 303


def test_a_cashier_sees_no_more_and_a_manager_all(people: People, sold: dict[str, Charge]) -> None:
    ana, mia = people.somebody("Ana"), people.somebody("Mia", Role.MANAGER)
    assert said_of(people.device(place="bar", sells=ana).get("/sales").text, sold) == ["bar"]
    for browser in (people.device(place="bar", sells=mia), people.owner()):
        assert said_of(browser.get("/sales").text, sold) == list(sold)
        assert said_of(browser.get("/sales.csv").text, sold) == list(sold)
        assert browser.get(f"/sales/{sold['jar'].number}").status_code == 200


def test_as_long_as_nobody_owns_the_shop_all_see_all(shop: Shop, client: FlaskClient) -> None:
    charge(shop, Channel.TILL, Sale(Money(1000, SAT), "of the bar", till="bar"), "key")
    assert "of the bar" in client.get("/sales").text


def test_who_sold_is_found_by_name_whoever_has_left_too_and_the_sums_follow(people: People, wallet: FakeWallet) -> None:
    owner, shop = people.owner(), people.shop
    for name, sat in (("Ana", 1000), ("Joana", 200), ("Ben", 4000)):
        made = charge(shop, Channel.TILL, Sale(Money(sat, SAT), "Tea", staff=people.somebody(name)), name)
        wallet.settle(made.invoice, sat)
        settle(shop, made)
    joana = shop.store.staff.get("joana")
    assert joana
    shop.store.staff.remove(joana, "Marta", shop.now())
    page = owner.get("/sales?q=ANA").text
    assert page.count("<b><bdi>Tea</bdi></b>") == 2
    assert "2 sales paid" in page
    assert "1,200\u00a0sat" in page
    assert "4,000" not in page
    assert "4,000" in owner.get("/sales?q=ben").text
    assert [it["staff"] for it in json.loads(owner.get("/sales.json?q=ben").data)] == ["Ben"]

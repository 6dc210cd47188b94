"""The tip jars in the office: what each holds, and where its page, its poster and its live page are."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from pos.domain.charge import Channel
from pos.domain.jar import Goal, Jar
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.services.charge import charge
from pos.services.settle import settle
from pos.shop import Shop
from tests.fakes import FakeWallet
from tests.people import People

CELLO = Jar(
    name="cello",
    title="Cello <under> the Bridge",
    currency=SAT,
    goal=Goal("A new bow", Money(30_000, SAT)),
    live_token="a-secret",
)


@pytest.fixture
def owner(people: People, shop: Shop) -> FlaskClient:
    shop.store.jars.add(CELLO)
    return people.owner()


def put_in(shop: Shop, wallet: FakeWallet, jar: str, sat: int) -> None:
    made = charge(shop, Channel.TIPS, Sale(Money(sat, SAT), jar=jar), f"k{len(wallet.made)}")
    wallet.settle(made.invoice, sat)
    settle(shop, made)


def test_each_jar_says_what_it_holds_and_how_far_its_goal_is(
    owner: FlaskClient, shop: Shop, wallet: FakeWallet
) -> None:
    for jar, sat in (("cello", 6000), ("cello", 1500), ("tips", 210)):
        put_in(shop, wallet, jar, sat)
    page = owner.get("/office/jars").text
    assert "7,500\u00a0sat of 30,000\u00a0sat</b> · 2 tips" in page
    assert '<progress max="100" value="25"' in page
    assert "210\u00a0sat</b> · 1 tip" in page
    assert page.index("Marta&#39;s Stall") < page.index("Cello &lt;under&gt; the Bridge")


def test_it_leads_to_page_poster_and_the_live_page_of_those_that_have_one(owner: FlaskClient) -> None:
    answer = owner.get("/office/jars")
    for path in ("/tips", "/tips/tips/poster", "/tips/cello", "/tips/cello/poster", "/tips/cello/live/a-secret"):
        assert f'href="{path}"' in answer.text, path
    assert answer.text.count("/live/") == 1
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_one_in_a_currency_that_the_shop_takes_no_more_takes_nothing(owner: FlaskClient, shop: Shop) -> None:
    shop.store.jars.change(replace(CELLO, currency="JPY", goal=None))
    page = owner.get("/office/jars").text
    assert 'tag">takes nothing' in page
    assert 'href="/tips/cello"' not in page


@pytest.mark.parametrize("path", ["/tips/cello/poster", "/poster"])
def test_a_poster_leads_the_owner_back_to_the_office_and_nobody_else(
    owner: FlaskClient, people: People, path: str
) -> None:
    assert 'href="/office/jars"' in owner.get(path).text
    assert "/office" not in people.stranger().get(path).text


def test_a_closed_jar_says_so_and_has_no_page_to_be_opened(owner: FlaskClient, shop: Shop) -> None:
    shop.store.jars.change(replace(CELLO, closed_at=shop.now()))
    page = owner.get("/office/jars").text
    assert page.count(">takes nothing</em>") == 1
    assert page.count(">takes tips</em>") == 1
    assert 'href="/tips/cello"' not in page

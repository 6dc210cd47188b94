"""The page of a jar for a second screen or a stream, which is opened by a secret address."""

import json
from collections.abc import Generator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pos.domain.charge import Channel
from pos.domain.jar import Goal, Jar, jar_topic
from pos.domain.money import Money
from pos.domain.sale import Sale
from pos.services.charge import charge
from pos.services.follow_jar import MOST_TIPS
from pos.services.jars import find_jar
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from tests.conftest import Cashier
from tests.fakes import FakeClock, FakeRates, FakeWallet

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")

CELLO = Jar(
    name="cello",
    title="Cello",
    currency="EUR",
    amounts=(Money(200, "EUR"),),
    goal=Goal("A new case", Money(30_000, "EUR")),
    live_token="secret",
)
LIVE = "/tips/cello/live/secret"


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


@pytest.fixture(autouse=True)
def cello(shop: Shop) -> None:
    shop.store.jars.add(CELLO)


def change(shop: Shop, **changes: object) -> None:
    shop.store.jars.change(replace(find_jar(shop, "cello"), **changes))  # type: ignore[arg-type]
    shop.broker.publish(jar_topic("cello"))


def put_in(shop: Shop, wallet: FakeWallet, message: str = "La <b>Bamba</b>", payer: str = "Ana") -> None:
    sale = Sale(Money(3000, "EUR"), message, jar="cello", payer=payer, shown=bool(message or payer))
    made = charge(shop, Channel.TIPS, sale, f"k{len(wallet.made)}")
    wallet.settle(made.invoice, made.amount_sat)
    settle(shop, made)


def hide_latest(shop: Shop) -> None:
    number = shop.store.jars.contents("cello", 1, shown_only=False).latest[0].number
    shop.store.jars.show_message(number, shown=False)
    shop.broker.publish(jar_topic("cello"))


def lines(client: FlaskClient) -> Generator[Any, None, None]:
    """Open the line of the page, and give what each event on it says."""
    answer = client.get(f"{LIVE}/events", buffered=False)
    assert answer.status_code == 200
    try:
        for said in answer.response:
            assert isinstance(said, bytes)
            yield json.loads(said.decode().partition("\ndata: ")[2])
    finally:
        answer.close()


def test_a_tip_comes_with_its_amount_name_and_message_and_without_its_words_once_it_is_hidden(
    client: FlaskClient, shop: Shop, wallet: FakeWallet
) -> None:
    line = lines(client)
    told = {"goal": "A new case", "raised": "€0.00 of €300.00", "percent": 0, "tips": [], "open": True, "gone": False}
    assert next(line) == told
    put_in(shop, wallet)
    (number,) = (str(it.number) for it in shop.store.jars.contents("cello", 1, shown_only=False).latest)
    tip = {"id": number, "name": "Ana", "text": "La <b>Bamba</b>", "amount": "€30.00"}
    told |= {"raised": "€30.00 of €300.00", "percent": 10, "tips": [tip]}
    assert next(line) == told
    hide_latest(shop)
    assert next(line) == {**told, "tips": [{**tip, "name": "no name", "text": ""}]}
    line.close()
    assert shop.broker.subscriber_count == 0


def test_a_tip_without_words_comes_up_too_and_one_that_is_not_paid_does_not(
    client: FlaskClient, shop: Shop, wallet: FakeWallet
) -> None:
    put_in(shop, wallet, "", "")
    charge(shop, Channel.TIPS, Sale(Money(100, "EUR"), "Soon", jar="cello", shown=True), "open")
    (tip,) = client.get(f"{LIVE}/news").get_json()["tips"]
    assert (tip["name"], tip["text"]) == ("no name", "")


def test_what_a_stranger_writes_comes_up_where_the_page_of_the_jar_shows_no_messages(
    cashier: Cashier, client: FlaskClient, shop: Shop, wallet: FakeWallet
) -> None:
    said = "The shop may show your message and name on a screen or a stream."
    assert said in client.get("/tips/cello").text
    answer = cashier.send("/tips/cello", amount="200", memo="La Bamba")
    made = shop.store.get(answer.headers["Location"].removeprefix("/pay/"))
    assert made
    wallet.settle(made.invoice, made.amount_sat)
    settle(shop, made)
    assert client.get(f"{LIVE}/news").get_json()["tips"][0]["text"] == "La Bamba"
    assert client.get("/tips/cello/news").get_json()["messages"] == []


def test_where_nobody_can_see_it_a_message_is_said_to_be_the_shops_alone(client: FlaskClient, shop: Shop) -> None:
    change(shop, live_token="")
    assert "Only the shop sees your message and name." in client.get("/tips/cello").text


def test_what_others_see_on_the_page_of_the_jar_they_are_not_told_twice(client: FlaskClient, shop: Shop) -> None:
    change(shop, shows_messages=True)
    assert "Everybody sees your message and name on this page." in client.get("/tips/cello").text


def test_as_many_can_come_at_once_as_a_crowd_gives(client: FlaskClient, shop: Shop, wallet: FakeWallet) -> None:
    for _ in range(MOST_TIPS):
        put_in(shop, wallet)
    assert len(client.get(f"{LIVE}/news").get_json()["tips"]) == 50


def test_another_address_opens_nothing(client: FlaskClient) -> None:
    for token in ("wrong", "SECRET", "secre", "%C3%A9", "%00"):
        for path in ("", "/news", "/events"):
            answer = client.get(f"/tips/cello/live/{token}{path}")
            assert answer.status_code == 404, (token, path)
            assert same_as_no_jar(client, answer), (token, path)


@pytest.mark.parametrize("path", ["", "/news", "/events"])
def test_a_jar_without_a_secret_has_no_such_page(client: FlaskClient, shop: Shop, path: str) -> None:
    change(shop, live_token="")
    answer = client.get(LIVE + path)
    assert answer.status_code == 404
    assert same_as_no_jar(client, answer)


def same_as_no_jar(client: FlaskClient, answer: TestResponse) -> bool:
    """Tell whether an answer is that about a jar that is not there: nobody learns that something is."""
    nobody = client.get(answer.request.path.replace("cello", "nobody")).text
    assert "There is no tip jar at this address." in nobody
    return answer.text.replace("cello", "nobody") == nobody


def test_with_a_new_address_the_old_page_is_told_to_go(client: FlaskClient, shop: Shop) -> None:
    line = lines(client)
    next(line)
    change(shop, live_token="another")
    assert next(line) == {"goal": "", "raised": "", "percent": 0, "tips": [], "open": False, "gone": True}
    line.close()


def test_it_is_kept_by_nobody_and_found_by_no_search_and_no_other_page_hears_its_address(client: FlaskClient) -> None:
    for path in (LIVE, f"{LIVE}/news"):
        headers = client.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Robots-Tag"] == "noindex"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_the_owner_has_a_line_however_many_visitors_there_are(client: FlaskClient, shop: Shop) -> None:
    shop.broker.most_visitors = 0
    line = lines(client)
    assert next(line)["tips"] == []
    line.close()


def test_it_is_read_once_for_all_who_wait_and_apart_from_what_visitors_see(
    client: FlaskClient, shop: Shop, wallet: FakeWallet
) -> None:
    first, second = lines(client), lines(client)
    put_in(shop, wallet)
    change(shop, shows_messages=True)
    hide_latest(shop)
    assert len(next(first)["tips"]) == len(next(second)["tips"]) == 1
    assert client.get("/tips/cello/news").get_json()["messages"] == []
    first.close()
    second.close()


def test_without_a_script_it_loads_itself_again_and_what_has_just_come_is_up(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    assert f'content="5;url={LIVE}"' in client.get(LIVE).text
    assert f'content="5;url={LIVE}?clear="' in client.get(f"{LIVE}?clear").text
    put_in(shop, wallet)
    assert "<noscript><article" in client.get(LIVE).text
    clock.move(15)
    page = client.get(LIVE).text
    assert "<noscript><article" not in page
    assert "La &lt;b&gt;Bamba" in page


def test_the_page_knows_which_tips_are_old(client: FlaskClient, shop: Shop, wallet: FakeWallet) -> None:
    put_in(shop, wallet)
    (tip,) = client.get(f"{LIVE}/news").get_json()["tips"]
    assert f'data-known="{tip["id"]}"' in client.get(LIVE).text


def test_on_no_ground_there_is_nothing_but_the_tip_and_the_goal(
    client: FlaskClient, shop: Shop, wallet: FakeWallet
) -> None:
    put_in(shop, wallet)
    page = client.get(f"{LIVE}?clear").text
    assert '<body class="live clear">' in page
    assert "<header" not in page
    assert "Leave a tip" not in page
    assert "Latest tips" not in page
    assert "€30.00 of €300.00" in page


def test_a_goal_that_there_is_not_has_no_bar(client: FlaskClient, shop: Shop) -> None:
    change(shop, goal=None)
    assert '<div class="goal" hidden>' in client.get(LIVE).text
    assert client.get(f"{LIVE}/news").get_json()["raised"] == ""


def test_a_jar_that_is_closed_still_shows_what_came(client: FlaskClient, shop: Shop, wallet: FakeWallet) -> None:
    put_in(shop, wallet)
    change(shop, closed_at=1)
    assert "Ana" in client.get(LIVE).text


def test_a_jar_that_is_closed_asks_for_no_tip(client: FlaskClient, shop: Shop) -> None:
    assert '<section id="idle">' in client.get(LIVE).text
    assert 'id="closed" hidden>' in client.get(LIVE).text
    change(shop, closed_at=1)
    page = client.get(LIVE).text
    assert '<section id="idle" hidden>' in page
    assert 'id="closed">This tip jar is closed at the moment.' in page
    assert client.get(f"{LIVE}/news").get_json()["open"] is False


def test_the_address_at_its_head_is_the_one_that_people_type(client: FlaskClient) -> None:
    page = client.get(LIVE).text
    assert '<b class="where" dir="ltr">localhost/tips/cello</b>' in page
    assert "data:image/png" not in page


class TestOfAPublicShop:
    """A shop that others can reach."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, public_url="https://till.example/shop")

    def test_its_head_names_the_public_address_and_a_code_leads_there(self, client: FlaskClient) -> None:
        page = client.get(LIVE).text
        assert '<b class="where" dir="ltr">till.example/shop/tips/cello</b>' in page
        assert 'src="data:image/png;base64,' in page

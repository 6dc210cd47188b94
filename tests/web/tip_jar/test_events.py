"""What is told to everybody who has the page of a jar open, by a line or when they ask."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from pos import close, create_app
from pos.domain.charge import Channel
from pos.domain.jar import Goal, Jar, jar_topic
from pos.domain.money import Money
from pos.domain.sale import Sale
from pos.services.charge import charge
from pos.services.follow_jar import follow_jar, last_told
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from tests.fakes import NOON, FakeClock, FakeRates, FakeWallet

CELLO = Jar(
    name="cello",
    title="Cello",
    currency="EUR",
    goal=Goal("A new case", Money(30_000, "EUR")),
    shows_messages=True,
)
NOTHING: dict[str, Any] = {
    "open": True,
    "total": "€0.00",
    "goal_text": "A new case",
    "ends": "",
    "goal": "€0.00 of €300.00",
    "percent": 0,
    "messages": [],
}
LA_BAMBA = {"name": "Ana", "text": "La <b>Bamba</b>", "amount": "€30.00"}


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


@pytest.fixture(autouse=True)
def cello(shop: Shop) -> None:
    shop.store.jars.add(CELLO)


def put_in(shop: Shop, wallet: FakeWallet) -> None:
    sale = Sale(Money(3000, "EUR"), "La <b>Bamba</b>", jar="cello", payer="Ana", shown=True)
    made = charge(shop, Channel.TIPS, sale, f"k{len(wallet.made)}")
    wallet.settle(made.invoice, made.amount_sat)
    settle(shop, made)


def hide(shop: Shop) -> None:
    """Hide the latest message, as its owner does."""
    number = shop.store.jars.contents("cello", 1, shown_only=True).latest[0].number
    shop.store.jars.show_message(number, shown=False)
    shop.broker.publish(jar_topic("cello"))


class Visitor:
    """Somebody who has the page open."""

    def __init__(self, client: FlaskClient, language: str = "en") -> None:
        self.answer = client.get("/tips/cello/events", headers={"Accept-Language": language}, buffered=False)
        assert self.answer.status_code == 200
        self._said: Iterator[bytes] = iter(self.answer.response)  # type: ignore[arg-type]

    def hears(self) -> bytes:
        return next(self._said)

    def is_told(self) -> Any:
        """Return what the next event says."""
        said = self.hears().decode()
        assert "event: jar\n" in said
        return json.loads(said.partition("\ndata: ")[2])

    def leaves(self) -> None:
        self.answer.close()


def test_a_visitor_is_told_what_there_is_and_then_what_is_new(
    client: FlaskClient, shop: Shop, wallet: FakeWallet
) -> None:
    visitor = Visitor(client)
    assert visitor.is_told() == NOTHING
    put_in(shop, wallet)
    told = {**NOTHING, "total": "€30.00", "goal": "€30.00 of €300.00", "percent": 10, "messages": [LA_BAMBA]}
    assert visitor.is_told() == told
    hide(shop)
    assert visitor.is_told() == {**told, "messages": []}
    visitor.leaves()
    assert shop.broker.subscriber_count == 0


def test_a_jar_that_is_closed_is_told_so(client: FlaskClient, shop: Shop) -> None:
    visitor = Visitor(client)
    visitor.hears()
    shop.store.jars.change(replace(CELLO, closed_at=NOON))
    shop.broker.publish(jar_topic("cello"))
    assert visitor.is_told()["open"] is False
    visitor.leaves()


def test_no_message_is_told_once_the_owner_has_turned_them_off(
    client: FlaskClient, shop: Shop, wallet: FakeWallet
) -> None:
    put_in(shop, wallet)
    shop.store.jars.change(replace(CELLO, shows_messages=False))
    assert client.get("/tips/cello/news").get_json()["messages"] == []


def test_the_messages_of_a_jar_that_is_closed_are_gone_with_its_page(
    client: FlaskClient, shop: Shop, wallet: FakeWallet
) -> None:
    put_in(shop, wallet)
    shop.store.jars.change(replace(CELLO, closed_at=NOON))
    told = client.get("/tips/cello/news").get_json()
    assert (told["open"], told["messages"]) == (False, [])


def test_what_came_into_a_jar_without_a_goal_is_nobodys_business(
    client: FlaskClient, shop: Shop, wallet: FakeWallet
) -> None:
    put_in(shop, wallet)
    shop.store.jars.change(replace(CELLO, goal=None))
    assert client.get("/tips/cello/news").get_json()["total"] == ""


def test_each_is_told_in_a_language_of_their_own(client: FlaskClient, shop: Shop, wallet: FakeWallet) -> None:
    one, other = Visitor(client), Visitor(client, "de")
    one.hears()
    other.hears()
    put_in(shop, wallet)
    assert one.is_told()["goal"] == "€30.00 of €300.00"
    assert other.is_told()["goal"] == "30,00 € von 300,00 €".replace(" €", "\u00a0€")
    one.leaves()
    other.leaves()


def test_what_is_told_is_read_and_written_once_for_all_who_wait(client: FlaskClient, shop: Shop) -> None:
    visitors = [Visitor(client) for _ in range(5)]
    told = [visitor.hears() for visitor in visitors]
    assert all(it is told[0] for it in told)
    last = last_told(shop, "cello")
    assert last_told(shop, "cello") is last
    shop.broker.publish(jar_topic("cello"))
    assert last_told(shop, "cello") is not last
    for visitor in visitors:
        visitor.leaves()
    assert last_told(shop, "cello") is not last_told(shop, "cello")


def test_who_waits_hears_something_now_and_then(shop: Shop) -> None:
    sent = follow_jar(shop, "cello", heartbeat=0.01)
    assert next(sent)
    assert next(sent) is None
    sent.close()


def test_news_of_another_kind_are_no_event(shop: Shop) -> None:
    sent = follow_jar(shop, "cello", heartbeat=0.01)
    next(sent)
    shop.broker.publish(jar_topic("cello"))
    assert next(sent) is None
    sent.close()


def test_a_line_ends_with_the_process(client: FlaskClient, shop: Shop) -> None:
    visitor = Visitor(client)
    visitor.hears()
    shop.broker.close()
    with pytest.raises(StopIteration):
        visitor.hears()


def test_there_is_no_line_to_a_jar_that_is_not_there(client: FlaskClient) -> None:
    assert client.get("/tips/nope/events").status_code == 404
    assert client.get("/tips/nope/news").status_code == 404


def test_when_too_many_wait_the_next_has_to_ask(client: FlaskClient, shop: Shop, wallet: FakeWallet) -> None:
    shop.broker.most_visitors = 2
    visitors = [Visitor(client), Visitor(client)]
    answer = client.get("/tips/cello/events")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")
    assert client.get("/tips/cello/news").get_json() == NOTHING
    put_in(shop, wallet)
    assert client.get("/tips/cello/news").get_json()["messages"] == [LA_BAMBA]
    visitors[0].leaves()
    Visitor(client).leaves()
    visitors[1].leaves()


def test_who_asks_while_nobody_waits_is_told_what_another_process_wrote(
    client: FlaskClient, settings: Settings, wallet: FakeWallet, clock: FakeClock, rates: FakeRates
) -> None:
    assert client.get("/tips/cello/news").get_json() == NOTHING
    app = create_app(settings, wallet=wallet, clock=clock, rates=rates)
    put_in(app.extensions["shop"], wallet)
    assert client.get("/tips/cello/news").get_json()["total"] == "€30.00"
    close(app)


def test_who_comes_again_is_told_what_happened_while_nobody_waited(
    client: FlaskClient, settings: Settings, wallet: FakeWallet, clock: FakeClock, rates: FakeRates
) -> None:
    first = Visitor(client)
    first.hears()
    first.leaves()
    app = create_app(settings, wallet=wallet, clock=clock, rates=rates)
    put_in(app.extensions["shop"], wallet)
    second = Visitor(client)
    assert second.is_told()["total"] == "€30.00"
    second.leaves()
    close(app)

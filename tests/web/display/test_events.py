"""The customer's display is told what it has to show: the tape as it grows, the sale, and what became of it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pos import close, create_app
from pos.domain.charge import Channel, Charge
from pos.domain.draft import Draft, till_topic
from pos.domain.money import SAT, Money
from pos.domain.sale import Line, Sale
from pos.runtime.broker import MOST_OF_ONE
from pos.services.cancel import cancel
from pos.services.charge import charge, charge_again
from pos.services.drafts import type_draft
from pos.services.follow_till import follow_till
from pos.services.settle import settle
from pos.services.showing import Scene
from pos.settings import Settings
from pos.shop import Shop
from tests.conftest import Cashier
from tests.fakes import FakeClock, FakeRates, FakeWallet
from tests.people import People

# Seconds after which a test gives up.
PATIENCE = 10
COFFEES = Draft("till", "browser-1", "EUR", (Line(380), Line(250, 2)), Money(17_600, SAT))


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


@pytest.fixture
def app(settings: Settings, wallet: FakeWallet, clock: FakeClock, rates: FakeRates) -> Iterator[Flask]:
    """A shop with two tills."""
    settings = replace(settings, tills=("till", "bar"))
    app = create_app(settings, wallet=wallet, clock=clock, running=clock, rates=rates)
    yield app
    close(app)


@pytest.fixture
def other_process(settings: Settings, wallet: FakeWallet, clock: FakeClock) -> Iterator[Shop]:
    app = create_app(settings, wallet=wallet, clock=clock, rates=FakeRates())
    yield app.extensions["shop"]
    close(app)


class Display:
    """Somebody's display of a till that hears what is due."""

    def __init__(self, client: FlaskClient, till: str = "till") -> None:
        self.answer = client.get(f"/screen/{till}/events", buffered=False)
        assert self.answer.status_code == 200
        self._said: Iterator[bytes] = iter(self.answer.response)  # type: ignore[arg-type]

    def is_told(self) -> Any:
        """Return what the next event says, past the heartbeats."""
        for said in self._said:
            if b"event: screen\n" in said:
                return json.loads(said.decode().partition("\ndata: ")[2])
        return None

    def is_sent_away(self) -> bool:
        """Tell whether the line ends, instead of a heartbeat."""
        return next(self._said, None) is None

    def leaves(self) -> None:
        self.answer.close()


def sell(shop: Shop, till: str = "till", key: str = "k") -> Charge:
    return charge(shop, Channel.TILL, Sale(Money(1250, "EUR"), till=till), key)


def pay(shop: Shop, wallet: FakeWallet, sold: Charge) -> None:
    wallet.settle(sold.invoice, sold.amount_sat)
    settle(shop, sold)


def status(client: FlaskClient, till: str = "till") -> str:
    """Tell what the page shows."""
    return client.get(f"/screen/{till}").text.partition('data-status="')[2].partition('"')[0]


def test_it_is_told_each_picture_once_and_what_is_told_is_what_it_would_ask(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    display = Display(client)
    pictures = [display.is_told()]
    assert pictures == [{"version": "idle", "left": None}]

    def comes_up() -> None:
        pictures.append(display.is_told())
        assert pictures[-1] == client.get("/screen/till/status").get_json()
        assert pictures.count(pictures[-1]) == 1

    clock.move(1)
    type_draft(shop, COFFEES)
    comes_up()
    type_draft(shop, replace(COFFEES, lines=(*COFFEES.lines, Line(5))))
    comes_up()
    sold = sell(shop)
    comes_up()
    assert pictures[-1]["left"] == 600
    pay(shop, wallet, sold)
    comes_up()
    clock.move(1)
    type_draft(shop, COFFEES)
    comes_up()
    display.leaves()
    assert shop.broker.subscriber_count == 0


def test_it_is_told_what_becomes_of_a_sale_that_is_not_paid(client: FlaskClient, shop: Shop) -> None:
    sold = sell(shop)
    display = Display(client)
    first = display.is_told()
    cancel(shop, sold)
    assert display.is_told()["version"] == "idle"
    cancelled = shop.store.get(sold.id)
    assert cancelled
    charge_again(shop, cancelled)
    assert display.is_told()["version"] not in ("idle", first["version"])
    display.leaves()


def test_what_another_process_writes_is_told_here(client: FlaskClient, shop: Shop, other_process: Shop) -> None:
    with shop.broker.subscribe(till_topic("till")) as news:
        # The first may be about what was there before.
        while news.wait(0.5):
            pass
        type_draft(other_process, COFFEES)
        assert news.wait(PATIENCE)
        while news.wait(0.5):
            pass
        sell(other_process)
        assert news.wait(PATIENCE)
    assert status(client) == "open"


def test_nothing_of_one_till_is_on_the_display_of_another(client: FlaskClient, shop: Shop, clock: FakeClock) -> None:
    with shop.broker.subscribe(till_topic("bar")) as news:
        type_draft(shop, COFFEES)
        sell(shop)
        clock.move(1)
        type_draft(shop, COFFEES)
        assert not news.wait(0)
    assert status(client, "bar") == "idle"
    assert "bar</small>" in client.get("/screen/bar").text


def test_the_tape_is_shown_with_its_sum_and_count(client: FlaskClient, shop: Shop) -> None:
    type_draft(shop, COFFEES)
    page = client.get("/screen/till").text
    assert "data-state" not in page.split(">", 2)[1]
    for text in ("Total so far", "€8.80", "≈ 17,600\u00a0sat", "3 items", "<b>3.80</b>", "2 ×</span> <b>2.50</b>"):
        assert text in page
    german = client.get("/screen/till", headers={"Accept-Language": "de"}).text
    assert "<b>3,80</b>" in german


def test_of_one_thing_it_says_so(client: FlaskClient, shop: Shop) -> None:
    type_draft(shop, Draft("till", "browser-1", SAT, (Line(21),)))
    page = client.get("/screen/till").text
    assert "1 item<" in page
    assert 'class="worth' not in page


def test_a_tape_that_was_cleared_is_gone(client: FlaskClient, shop: Shop) -> None:
    type_draft(shop, COFFEES)
    type_draft(shop, replace(COFFEES, lines=()))
    assert status(client) == "idle"


def test_what_nobody_goes_on_with_is_forgotten(client: FlaskClient, shop: Shop, clock: FakeClock) -> None:
    type_draft(shop, COFFEES)
    clock.move(179)
    assert status(client) == "tape"
    sent = follow_till(shop, "till")
    tape = next(it for it in sent if it)
    clock.move(1)
    shop.broker.publish(till_topic("till"))
    assert next(it for it in sent if it) == Scene(tape.now + 1)
    sent.close()
    assert status(client) == "idle"


def test_a_code_that_somebody_may_be_about_to_pay_stays_whatever_is_typed(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    sold = sell(shop)
    clock.move(1)
    type_draft(shop, COFFEES)
    assert status(client) == "open"
    # Nor is the tape there before the cashier types again: whoever has paid looks at it.
    pay(shop, wallet, sold)
    assert status(client) == "paid"
    clock.move(1)
    type_draft(shop, COFFEES)
    assert status(client) == "tape"


@pytest.mark.parametrize("later_on", [61, 601])
def test_what_is_typed_after_a_payment_stays_though_an_older_sale_is_open_or_has_just_ended(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock, later_on: int
) -> None:
    sell(shop, key="older")
    clock.move(2)
    pay(shop, wallet, sell(shop, key="later"))
    clock.move(later_on - 19)
    type_draft(shop, COFFEES)
    assert status(client) == "tape"
    clock.move(19)
    assert status(client) == "tape"


def test_a_new_invoice_of_an_older_sale_takes_no_tape_away_that_was_typed_after_it(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    older = cancel(shop, sell(shop, key="older"))
    clock.move(2)
    later = sell(shop, key="later")
    clock.move(2)
    charge_again(shop, older)
    pay(shop, wallet, later)
    clock.move(42)
    type_draft(shop, COFFEES)
    clock.move(19)
    assert status(client) == "tape"


def test_a_sale_that_came_to_nothing_makes_way_for_what_is_typed(
    client: FlaskClient, shop: Shop, clock: FakeClock
) -> None:
    sell(shop)
    clock.move(601)
    assert status(client) == "expired"
    type_draft(shop, COFFEES)
    assert status(client) == "tape"


def test_what_was_typed_for_a_sale_does_not_come_back_after_it(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    type_draft(shop, COFFEES)
    clock.move(1)
    sold = sell(shop)
    pay(shop, wallet, sold)
    clock.move(60)
    assert status(client) == "idle"
    cancel(shop, sell(shop, key="k2"))
    assert status(client) == "idle"


def test_a_display_without_news_is_sent_heartbeats(shop: Shop) -> None:
    sent = follow_till(shop, "till", heartbeat=0.01)
    assert next(sent) == Scene(shop.now())
    assert [next(sent) for _ in range(3)] == [None, None, None]
    sent.close()


def test_many_displays_cost_no_more_than_one(shop: Shop, clock: FakeClock) -> None:
    lines = [follow_till(shop, "till") for _ in range(MOST_OF_ONE)]

    def heard() -> list[Scene]:
        return [next(it for it in line if it) for line in lines]

    assert [it.version for it in heard()] == ["idle"] * MOST_OF_ONE
    for count in (1, 2):
        # Each time it is what is there by now.
        type_draft(shop, replace(COFFEES, lines=COFFEES.lines[:count]))
        scenes = heard()
        assert [len(it.draft.lines) for it in scenes if it.draft] == [count] * MOST_OF_ONE
        # It was read once, and perhaps again when the database told of it, too.
        assert len(set(map(id, scenes))) <= 5
    clock.move(180)
    shop.broker.publish(till_topic("till"))
    assert [it.version for it in heard()] == ["idle"] * MOST_OF_ONE
    for line in lines:
        line.close()
    # Nobody hears of this.
    type_draft(shop, COFFEES)
    assert next(it for it in follow_till(shop, "till") if it).draft


def test_a_display_asks_by_itself_where_nobody_watches(shop: Shop, wallet: FakeWallet, clock: FakeClock) -> None:
    sold = sell(shop)
    sent = follow_till(shop, "till")
    next(sent)
    wallet.settle(sold.invoice, sold.amount_sat)
    clock.move(1)
    paid = next(it for it in sent if it)
    assert paid.charge
    assert paid.charge.payment
    sent.close()


def test_the_end_of_the_process_sends_its_displays_to_another(shop: Shop) -> None:
    sent = follow_till(shop, "till")
    next(sent)
    shop.broker.close()
    assert list(sent) == []


def test_a_book_that_cannot_be_read_ends_a_line_and_no_more(shop: Shop) -> None:
    sent = follow_till(shop, "till")
    next(sent)
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE draft RENAME TO gone")
    shop.broker.publish(till_topic("till"))
    assert [it for it in sent if it] == []
    assert shop.broker.subscriber_count == 0


def looks_again(shop: Shop, clock: FakeClock) -> None:
    """Let all displays ask whether they are still open."""
    clock.move(1)
    shop.broker.publish(till_topic("till"))


def test_whoever_claims_the_shop_ends_the_displays_of_strangers(
    client: FlaskClient, shop: Shop, clock: FakeClock, people: People
) -> None:
    display = Display(client)
    display.is_told()
    looks_again(shop, clock)
    assert not display.is_sent_away()
    people.claim()
    looks_again(shop, clock)
    assert display.is_sent_away()
    assert client.get("/screen/till/events").status_code == 403


def test_an_owners_display_ends_with_the_session(shop: Shop, clock: FakeClock, people: People) -> None:
    owner = people.owner()
    display = Display(owner)
    display.is_told()
    looks_again(shop, clock)
    assert not display.is_sent_away()
    Cashier(owner).send("/sign-out", Cashier(owner).open("/office"))
    looks_again(shop, clock)
    assert display.is_sent_away()


def test_of_too_many_displays_the_last_has_to_ask(client: FlaskClient) -> None:
    lines = [Display(client) for _ in range(MOST_OF_ONE)]
    refused = client.get("/screen/till/events")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "5")
    for line in lines:
        line.leaves()


def test_a_till_that_there_is_not_has_no_news(client: FlaskClient) -> None:
    assert client.get("/screen/none/events").status_code == 404

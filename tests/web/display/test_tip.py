"""The customer is asked for a tip on the display, and the till goes on by itself; who answers first has answered."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pos import close, create_app
from pos.domain.charge import Channel, Charge
from pos.domain.device import Face
from pos.domain.draft import till_topic
from pos.domain.money import Money
from pos.domain.sale import Sale
from pos.services.ask_tip import THERE_FOR
from pos.services.cancel import cancel
from pos.services.charge import charge, charge_again
from pos.services.follow_till import NOTE_EVERY, follow_till
from pos.settings import Settings
from pos.shop import Shop
from pos.wallets.base import WalletUnreachable
from tests.conftest import Cashier, hidden_fields, stored
from tests.fakes import FakeClock, FakeRates, FakeWallet
from tests.people import People

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


@pytest.fixture
def tip_at() -> tuple[str, ...]:
    return ("display",)


@pytest.fixture
def app(
    settings: Settings, wallet: FakeWallet, clock: FakeClock, rates: FakeRates, tip_at: tuple[str, ...]
) -> Iterator[Flask]:
    settings = replace(settings, tills=("till", "bar"), tip_percent=(5, 10), tip_at=tip_at)
    app = create_app(settings, wallet=wallet, clock=clock, running=clock, rates=rates)
    yield app
    close(app)


@pytest.fixture
def display(app: Flask) -> FlaskClient:
    """The display of the till, which is there."""
    display = app.test_client()
    display.get("/screen/till")
    return display


def charged(cashier: Cashier, amount: str = "10") -> str:
    """Press Charge, and return where that leads."""
    return cashier.send(unit="EUR", amount=amount).headers["Location"]


def status(display: FlaskClient, till: str = "till") -> str:
    """Tell what the display shows."""
    return display.get(f"/screen/{till}").text.partition('data-status="')[2].partition('"')[0]


def tap(display: FlaskClient, tip: int | str, page: str | None = None) -> TestResponse:
    """Tap a tile of the page, or of one that was there before."""
    fields = hidden_fields(page or display.get("/screen/till").text)
    return display.post("/screen/till/tip", data={**fields, "tip": tip})


def sell(shop: Shop, till: str = "till", key: str = "k") -> Charge:
    return charge(shop, Channel.TILL, Sale(Money(500, "EUR"), till=till), key)


def goes_on(cashier: Cashier, address: str) -> Any:
    return cashier.client.get(f"{address}/status").get_json()["to"]


def test_the_customer_chooses_and_the_till_goes_on_by_itself(
    cashier: Cashier, display: FlaskClient, shop: Shop, wallet: FakeWallet
) -> None:
    address = charged(cashier)
    assert wallet.made == []
    page = cashier.client.get(address).text
    assert "The customer is choosing" in page
    assert f'content="2;url={address}"' in page
    assert goes_on(cashier, address) is None
    asked = display.get("/screen/till").text
    assert re.findall(r'name="tip" value="(\d+)"', asked) == ["0", "5", "10"]
    assert "€11.00" in asked
    assert "22,000\u00a0sat" in asked
    answer = tap(display, 10)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/screen/till")
    to = goes_on(cashier, address)
    sold = stored(shop, to.removeprefix("/pay/"))
    assert (sold.amount_sat, sold.tip_sat, sold.till) == (22_000, 2000, "till")
    # Without a script it gets there, too.
    assert cashier.client.get(address).headers["Location"] == to
    assert status(display) == "open"


def test_a_till_that_has_locked_meanwhile_goes_on_all_the_same_and_opens_nothing_else(
    people: People, clock: FakeClock, shop: Shop
) -> None:
    people.claim()
    till, display = Cashier(people.device(sells=people.somebody("Ana"))), people.device(Face.DISPLAY)
    display.get("/screen/till")
    chosen = charged(till)
    assert "The customer is choosing" in till.client.get(chosen).text
    clock.move(shop.settings.lock_after)
    display.get("/screen/till")
    assert goes_on(till, chosen) is None
    assert tap(display, 10).status_code == 303
    to = goes_on(till, chosen)
    sale = shop.store.get_sale(stored(shop, to.removeprefix("/pay/")).sale_id)
    assert sale
    assert (sale.staff, sale.tip) == ("ana", 100)
    assert till.client.get(to).status_code == 200
    for path in (chosen, "/"):
        assert till.client.get(path).headers["Location"].startswith("/pin"), path
    # Nor does it say of another sale where that was made.
    assert till.client.get("/tip/x/status").status_code == 400


def test_it_is_good_once_and_for_that_sale(cashier: Cashier, display: FlaskClient, wallet: FakeWallet) -> None:
    charged(cashier)
    page = display.get("/screen/till").text
    for tip in (5, 10):
        assert tap(display, tip, page).status_code == 303
    assert len(wallet.made) == 1
    charged(cashier)
    assert tap(display, 5, page).status_code == 303
    assert len(wallet.made) == 1
    assert status(display) == "tip"


def test_the_display_learns_nothing_of_the_sale_but_its_price(cashier: Cashier, display: FlaskClient) -> None:
    token = charged(cashier).removeprefix("/tip/")
    assert token not in display.get("/screen/till").text


def test_a_tap_from_another_page_is_refused(cashier: Cashier, display: FlaskClient, wallet: FakeWallet) -> None:
    charged(cashier)
    fields = hidden_fields(display.get("/screen/till").text)
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert display.post("/screen/till/tip", data={**fields, "tip": "5"}, headers=foreign).status_code == 400
    assert display.post("/screen/bar/tip", data={**fields, "tip": "5"}).status_code == 303
    assert display.post("/screen/none/tip", data={**fields, "tip": "5"}).status_code == 404
    assert wallet.made == []


@pytest.mark.parametrize("tip", ["7", "x", ""])
def test_what_is_not_offered_is_not_taken(cashier: Cashier, display: FlaskClient, wallet: FakeWallet, tip: str) -> None:
    charged(cashier)
    answer = tap(display, tip)
    assert answer.status_code == 400
    assert "That tip is not one of those offered." in answer.text
    assert wallet.made == []


def test_the_cashier_skips_it(cashier: Cashier, display: FlaskClient, shop: Shop, wallet: FakeWallet) -> None:
    address = charged(cashier)
    page = display.get("/screen/till").text
    answer = cashier.send(address, skip="1")
    assert stored(shop, answer.headers["Location"].removeprefix("/pay/")).tip_sat == 0
    tap(display, 10, page)
    assert len(wallet.made) == 1
    assert status(display) == "open"


def test_a_customer_who_was_faster_has_chosen(cashier: Cashier, display: FlaskClient, shop: Shop) -> None:
    address = charged(cashier)
    fields = cashier.open(address)
    tap(display, 10)
    skipped = cashier.send(address, fields, skip="1")
    assert skipped.status_code == 303
    assert stored(shop, skipped.headers["Location"].removeprefix("/pay/")).tip_sat == 2000
    # Whoever presses a tile of the till's own says which one.
    assert cashier.send(address, fields | {"tip": "5"}).status_code == 409


def test_the_cashier_takes_it_back(cashier: Cashier, display: FlaskClient, shop: Shop, wallet: FakeWallet) -> None:
    address = charged(cashier)
    page = display.get("/screen/till").text
    with shop.broker.subscribe(till_topic("till")) as news:
        assert 'value="10.00"' in cashier.client.get(f"/?sale={address.removeprefix('/tip/')}").text
        assert news.wait(0)
    assert status(display) == "idle"
    tap(display, 10, page)
    assert wallet.made == []
    # The page that waited for it asks by itself now.
    assert goes_on(cashier, address) == address
    assert 'class="tile"' in cashier.client.get(address).text


def test_the_display_is_told_of_the_question(cashier: Cashier, display: FlaskClient, shop: Shop) -> None:
    sent = follow_till(shop, "till")
    next(sent)
    charged(cashier)
    asked = next(it for it in sent if it)
    assert asked.question
    tap(display, 5)
    assert next(it for it in sent if it).charge
    sent.close()


@pytest.mark.parametrize("there", [True, False])
def test_where_no_display_is_there_any_more_the_till_asks_itself(
    cashier: Cashier, display: FlaskClient, clock: FakeClock, there: bool
) -> None:
    clock.move(THERE_FOR - there)
    page = cashier.client.get(charged(cashier)).text
    assert ("The customer is choosing" in page) is there
    assert ('class="tile"' in page) is not there
    if not there:
        assert status(display) == "idle"


def test_nobody_waits_for_a_display_that_is_gone(
    cashier: Cashier, display: FlaskClient, clock: FakeClock, wallet: FakeWallet
) -> None:
    address = charged(cashier)
    clock.move(THERE_FOR - 1)
    assert goes_on(cashier, address) is None
    clock.move(1)
    assert goes_on(cashier, address) == address
    fields = cashier.open(address)
    # One that comes back asks on, and whoever answers first has answered.
    assert status(display) == "tip"
    tap(display, 10)
    assert cashier.send(address, fields, tip="5").status_code == 409
    assert len(wallet.made) == 1


def test_a_display_on_a_line_is_there(cashier: Cashier, shop: Shop, clock: FakeClock) -> None:
    sent = follow_till(shop, "till")
    next(sent)
    clock.move(NOTE_EVERY)
    shop.broker.publish(till_topic("till"))
    next(sent)
    clock.move(THERE_FOR - 1)
    assert "The customer is choosing" in cashier.client.get(charged(cashier)).text
    sent.close()


def test_one_that_asks_is_there(cashier: Cashier, client: FlaskClient) -> None:
    client.get("/screen/till/status")
    assert "The customer is choosing" in cashier.client.get(charged(cashier)).text


def test_the_display_of_another_till_asks_nobody(cashier: Cashier, display: FlaskClient) -> None:
    display.get("/screen/bar")
    charged(cashier)
    assert status(display, "bar") == "idle"


def test_nobody_is_asked_for_ever(cashier: Cashier, display: FlaskClient, clock: FakeClock) -> None:
    address = charged(cashier)
    clock.move(599)
    assert status(display) == "tip"
    clock.move(1)
    assert status(display) == "idle"
    assert goes_on(cashier, address) == address


def test_what_cannot_be_charged_now_is_said_and_may_be_tapped_again(
    cashier: Cashier, display: FlaskClient, wallet: FakeWallet
) -> None:
    charged(cashier)
    wallet.fail_with = WalletUnreachable("away")
    answer = tap(display, 5)
    assert answer.status_code == 502
    assert 'role="alert"' in answer.text
    wallet.fail_with = None
    assert tap(display, 5, answer.text).status_code == 303
    assert len(wallet.made) == 1


def test_without_a_rate_the_display_asks_nothing(cashier: Cashier, display: FlaskClient, rates: FakeRates) -> None:
    charged(cashier)
    rates.price = None
    assert status(display) == "idle"


@pytest.mark.parametrize("why", ["no rate", "another currency"])
def test_where_the_display_has_nothing_to_choose_from_the_till_says_why(
    cashier: Cashier, display: FlaskClient, rates: FakeRates, why: str
) -> None:
    address = charged(cashier)
    if why == "no rate":
        rates.price = None
    else:
        rates.currency = "USD"
    assert status(display) == "idle"
    assert goes_on(cashier, address) == address
    page = cashier.client.get(address).text
    assert "The customer is choosing" not in page
    assert 'role="alert"' in page
    # The display does not come up with it later, while the till waits for nobody.
    rates.price, rates.currency = Decimal(50_000), "EUR"
    assert 'class="tile"' in cashier.client.get(address).text
    assert status(display) == "idle"


def test_what_another_key_sealed_is_no_question(cashier: Cashier, display: FlaskClient, app: Flask) -> None:
    charged(cashier)
    app.secret_key = "another"
    assert status(display) == "idle"


def test_a_book_that_cannot_be_read_leaves_the_asking_to_the_till(
    cashier: Cashier, display: FlaskClient, shop: Shop
) -> None:
    assert status(display) == "idle"
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE display RENAME TO gone")
    assert 'class="tile"' in cashier.client.get(charged(cashier)).text


def test_what_was_asked_before_hides_no_code(
    cashier: Cashier, display: FlaskClient, shop: Shop, clock: FakeClock, wallet: FakeWallet
) -> None:
    address = charged(cashier, "100")
    page = display.get("/screen/till").text
    clock.move(1)
    # The cashier has left that sale, and sells from another browser, which asks the customer at the till.
    sell(shop)
    assert status(display) == "open"
    tap(display, 10, page)
    assert len(wallet.made) == 1
    assert goes_on(cashier, address) == address


def test_a_question_that_was_walked_away_from_gives_way_to_what_is_typed_next(
    cashier: Cashier, display: FlaskClient, clock: FakeClock, wallet: FakeWallet
) -> None:
    address = charged(cashier)
    page = display.get("/screen/till").text

    def types(amount: str) -> None:
        typed = {"browser": "another-tab", "unit": "EUR", "amount": amount}
        assert (
            cashier.client.post("/till/till/draft", data=typed, headers={"Origin": "http://localhost"}).status_code
            == 200
        )

    # What was still under way is of the same sale, and a page that is opened types nothing.
    types("10")
    clock.move(3)
    types("")
    assert status(display) == "tip"
    types("3.80")
    assert status(display) == "tape"
    assert tap(display, 10, page).status_code == 303
    assert wallet.made == []
    # Whoever waits there yet asks for himself.
    assert goes_on(cashier, address) == address


def test_a_new_invoice_of_an_older_sale_takes_no_question_away(
    cashier: Cashier, display: FlaskClient, shop: Shop, clock: FakeClock
) -> None:
    older = sell(shop)
    cancel(shop, older)
    charged(cashier)
    clock.move(1)
    cancelled = shop.store.get(older.id)
    assert cancelled
    charge_again(shop, cancelled)
    sell(shop, "bar", "k2")
    charge(shop, Channel.KIOSK, Sale(Money(100, "EUR"), till="till"), "k3")
    assert status(display) == "tip"


def test_a_display_that_comes_back_asks_nothing_about_the_sale_before(
    cashier: Cashier, display: FlaskClient, clock: FakeClock, wallet: FakeWallet
) -> None:
    charged(cashier, "100")
    page = display.get("/screen/till").text
    clock.move(THERE_FOR)
    assert 'class="tile"' in cashier.client.get(charged(cashier, "5")).text
    assert status(display) == "idle"
    tap(display, 10, page)
    assert wallet.made == []


def test_that_nobody_can_write_down_that_it_is_there_takes_no_code_away(
    cashier: Cashier, display: FlaskClient, shop: Shop
) -> None:
    cashier.send(charged(cashier), skip="1")
    with shop.store.engine.begin() as connection:
        # It can be read, and not written.
        connection.exec_driver_sql("ALTER TABLE display RENAME TO gone")
        connection.exec_driver_sql("CREATE VIEW display AS SELECT DISTINCT * FROM gone")
    assert status(display) == "open"
    sent = follow_till(shop, "till")
    assert next(it for it in sent if it).charge
    sent.close()
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP VIEW display")
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO display")


class TestAtTheTill:
    """A shop that asks at the till, and writes nothing of its displays down."""

    @pytest.fixture
    def tip_at(self) -> tuple[str, ...]:
        return ("till",)

    def test_the_display_asks_nothing(self, cashier: Cashier, display: FlaskClient, shop: Shop) -> None:
        assert 'class="tile"' in cashier.client.get(charged(cashier)).text
        assert status(display) == "idle"
        assert shop.store.displays.seen_at("till") is None

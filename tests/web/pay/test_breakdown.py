"""What the pay page says of a charge in the shop's currency, and what it asks its screen to do when it is over."""

import re
from dataclasses import replace
from decimal import Decimal
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pos import close, create_app
from pos.domain.charge import Channel, Charge
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.services.cancel import cancel
from pos.services.charge import charge
from pos.settings import Settings
from pos.shop import Shop
from tests.conftest import Cashier, stored
from tests.fakes import FakeClock, FakeRates, FakeWallet

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

LUNCH = Sale(Money(1250, "EUR"), "Lunch", tip=125)


@pytest.fixture
def rates() -> FakeRates:
    # A cent is 20 sat.
    return FakeRates(Decimal(50_000))


@pytest.fixture
def lunch(shop: Shop) -> Charge:
    return charge(shop, Channel.TILL, LUNCH, "lunch")


def words(client: FlaskClient, made: Charge) -> str:
    page = client.get(f"/pay/{made.id}").text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1])).split())


def asks(client: FlaskClient, made: Charge) -> dict[str, str]:
    """Return what the page asks its screen to do."""
    main = client.get(f"/pay/{made.id}").text.split("<main", 1)[1].split(">", 1)[0]
    return dict(re.findall(r'data-(ring|leave-after)="([\w-]+)"', main))


def test_what_was_typed_leads_then_come_sat_with_price_and_tip_apart(client: FlaskClient, lunch: Charge) -> None:
    assert "€13.75 27,500 sat €12.50 + €1.25 tip · Lunch" in words(client, lunch)


def test_without_a_tip_nothing_is_split(client: FlaskClient, shop: Shop) -> None:
    made = charge(shop, Channel.TILL, replace(LUNCH, tip=0), "k")
    assert "€12.50 25,000 sat Lunch" in words(client, made)
    assert "tip" not in words(client, made)


def test_what_was_typed_in_sat_is_worth_about_so_much(client: FlaskClient, shop: Shop) -> None:
    made = charge(shop, Channel.TILL, Sale(Money(4200, SAT), "Lunch", tip=420), "k")
    assert "4,620 sat ≈ €2.31 4,200 sat + 420 sat tip · Lunch" in words(client, made)


def test_without_a_rate_there_are_sat_alone(client: FlaskClient, shop: Shop, rates: FakeRates) -> None:
    rates.price = None
    made = charge(shop, Channel.TILL, Sale(Money(4200, SAT), "Lunch"), "k")
    assert "4,200 sat Lunch" in words(client, made)
    assert "1 BTC" not in words(client, made)


def test_the_rate_and_who_said_so_can_be_looked_up(client: FlaskClient, lunch: Charge, clock: FakeClock) -> None:
    sentence = r"1 BTC = €50,000\.00 , kraken, at \d+:\d\d"
    assert re.search(sentence, words(client, lunch))
    clock.move(600)
    assert re.search(sentence, words(client, lunch))


def test_a_rate_of_the_shops_own_is_called_that(settings: Settings, wallet: FakeWallet, clock: FakeClock) -> None:
    own = replace(settings, currency="EUR", rate_fixed=Decimal(65_000))
    app = create_app(own, wallet=wallet, clock=clock)
    made = charge(app.extensions["shop"], Channel.TILL, LUNCH, "k")
    assert "1 BTC = €65,000.00 , the shop's own rate" in words(app.test_client(), made)
    close(app)


def test_the_currency_stays_when_it_expires_and_when_it_is_paid(
    client: FlaskClient, lunch: Charge, wallet: FakeWallet, clock: FakeClock
) -> None:
    clock.move(600)
    assert "€13.75 27,500 sat €12.50 + €1.25 tip · Lunch" in words(client, lunch)
    wallet.settle(lunch.invoice, 27_500)
    clock.move(1)
    assert "€13.75 27,500 sat €12.50 + €1.25 tip Lunch · " in words(client, lunch)


def test_other_money_than_asked_is_worth_about_what_it_was_at_that_rate(
    client: FlaskClient, lunch: Charge, wallet: FakeWallet
) -> None:
    wallet.settle(lunch.invoice, 20_000)
    shown = words(client, lunch)
    assert "≈ €10.00 20,000 sat Lunch" in shown
    assert "€13.75" not in shown


def test_numbers_stay_in_order_whichever_way_the_text_runs(client: FlaskClient, lunch: Charge) -> None:
    page = client.get(f"/pay/{lunch.id}").text
    assert '<span class="number">€12.50</span> + <span class="number">€1.25</span> tip' in page
    assert "<bdi>Lunch</bdi>" in page


def test_a_new_invoice_has_the_rate_of_now_and_the_same_tip(
    cashier: Cashier, shop: Shop, lunch: Charge, rates: FakeRates, clock: FakeClock
) -> None:
    clock.move(600)
    rates.price = Decimal(25_000)
    answer = cashier.send(f"/pay/{lunch.id}/again", cashier.open(f"/pay/{lunch.id}"))
    again = stored(shop, answer.headers["Location"].removeprefix("/pay/"))
    assert (again.sale, again.amount_sat, again.tip_sat) == (LUNCH, 55_000, 5_000)


@pytest.mark.parametrize(
    ("price", "status", "sentence"), [(None, 503, "no exchange rate right now"), (Decimal(1), 422, "Too much: ")]
)
def test_a_rate_at_which_there_is_no_new_invoice_is_told_on_the_expired_page(
    cashier: Cashier,
    wallet: FakeWallet,
    lunch: Charge,
    rates: FakeRates,
    clock: FakeClock,
    price: Decimal | None,
    status: int,
    sentence: str,
) -> None:
    clock.move(600)
    fields = cashier.open(f"/pay/{lunch.id}")
    rates.price = price
    answer = cashier.send(f"/pay/{lunch.id}/again", fields)
    assert answer.status_code == status
    assert sentence in answer.text
    assert 'data-state="expired"' in answer.text
    assert len(wallet.made) == 1


@pytest.mark.parametrize("channel", [Channel.TILL, Channel.KIOSK, Channel.API])
def test_where_somebody_stands_the_end_of_a_charge_is_heard(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock, channel: Channel
) -> None:
    paid, differing, unproven, expired = (charge(shop, channel, LUNCH, f"k{n}") for n in range(4))
    assert "ring" not in asks(client, paid)
    wallet.settle(paid.invoice, 27_500)
    wallet.settle(differing.invoice, 27_501)
    wallet.settle(unproven.invoice, 27_500, preimage=None)
    clock.move(600)
    heard = [asks(client, made).get("ring") for made in (paid, differing, unproven, expired)]
    assert heard == ["paid", "needs-review", "needs-review", "expired"]


def test_a_customers_own_phone_and_a_cancelled_sale_stay_silent(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, lunch: Charge
) -> None:
    tip = charge(shop, Channel.TIPS, LUNCH, "k")
    wallet.settle(tip.invoice, 27_500)
    cancel(shop, lunch)
    assert asks(client, tip) == {}
    assert asks(client, lunch) == {}


def test_a_shop_can_be_silent(settings: Settings, wallet: FakeWallet, clock: FakeClock) -> None:
    app = create_app(replace(settings, sound="off"), wallet=wallet, clock=clock)
    made = charge(app.extensions["shop"], Channel.TILL, Sale(Money(2100, SAT)), "k")
    assert 'id="sound"' not in app.test_client().get(f"/pay/{made.id}").text
    wallet.settle(made.invoice, 2100)
    assert "ring" not in asks(app.test_client(), made)
    close(app)


@pytest.mark.parametrize(
    ("channel", "has"), [(Channel.TILL, True), (Channel.KIOSK, True), (Channel.TIPS, False), (Channel.API, False)]
)
def test_a_device_of_the_shop_has_a_switch_for_its_sound(
    client: FlaskClient, shop: Shop, channel: Channel, has: bool
) -> None:
    made = charge(shop, channel, LUNCH, "k")
    assert ('id="sound"' in client.get(f"/pay/{made.id}").text) is has


LEAVES = {
    # Paid, paid but another amount, paid and not proven, expired.
    Channel.TILL: ["8", None, None, None],
    Channel.KIOSK: ["8", "30", "30", "20"],
    Channel.TIPS: [None, None, None, None],
    Channel.API: [None, None, None, None],
    Channel.LNURL: [None, None, None, None],
}


@pytest.mark.parametrize("channel", list(Channel))
def test_a_screen_goes_back_by_itself_unless_somebody_has_to_look(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock, channel: Channel
) -> None:
    paid, differing, unproven, expired = (charge(shop, channel, LUNCH, f"k{n}") for n in range(4))
    assert "leave-after" not in asks(client, paid)
    wallet.settle(paid.invoice, 27_500)
    wallet.settle(differing.invoice, 27_499)
    wallet.settle(unproven.invoice, 27_500, preimage=None)
    clock.move(600)
    assert [asks(client, made).get("leave-after") for made in (paid, differing, unproven, expired)] == LEAVES[channel]


@pytest.fixture
def patient(settings: Settings, wallet: FakeWallet, clock: FakeClock) -> Flask:
    return create_app(replace(settings, paid_seconds=0), wallet=wallet, clock=clock)


@pytest.mark.parametrize("channel", [Channel.TILL, Channel.KIOSK])
@pytest.mark.parametrize("received", [2100, 2000])
def test_a_shop_can_let_paid_sales_stay(patient: Flask, wallet: FakeWallet, channel: Channel, received: int) -> None:
    made = charge(patient.extensions["shop"], channel, Sale(Money(2100, SAT)), "k")
    wallet.settle(made.invoice, received)
    assert "leave-after" not in asks(patient.test_client(), made)
    close(patient)

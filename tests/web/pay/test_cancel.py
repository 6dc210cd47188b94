"""Cancelling a sale from its pay page."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from pos.domain.charge import Channel, Status
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.services.charge import charge
from pos.settings import Settings
from pos.shop import Shop
from pos.wallets.base import WalletUnreachable
from tests.conftest import Cashier, in_sat, stored
from tests.fakes import FakeClock, FakeWallet

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, tills=("till", "bar"))


@pytest.fixture
def charge_id(cashier: Cashier) -> str:
    return cashier.sell(2100, "Coffee")


def cancel(cashier: Cashier, charge_id: str) -> tuple[int, str]:
    answer = cashier.send(f"/pay/{charge_id}/cancel", cashier.open(f"/pay/{charge_id}"))
    return answer.status_code, answer.headers["Location"]


def test_the_cashier_is_back_at_the_till_and_the_sale_is_closed(
    cashier: Cashier, shop: Shop, charge_id: str, clock: FakeClock
) -> None:
    assert cancel(cashier, charge_id) == (303, f"/?sale={charge_id}")
    assert stored(shop, charge_id).cancelled_at == clock.time
    assert cashier.status(charge_id)["status"] == "expired"


@pytest.mark.parametrize(("channel", "start"), [(Channel.KIOSK, "/kiosk"), (Channel.TIPS, "/tips")])
def test_each_face_starts_over(cashier: Cashier, shop: Shop, channel: Channel, start: str) -> None:
    made = charge(shop, channel, in_sat(2100), "k")
    assert cancel(cashier, made.id) == (303, start)


def test_another_till_gets_its_own_screen_back(cashier: Cashier, shop: Shop) -> None:
    made = charge(shop, Channel.TILL, Sale(Money(2100, SAT), till="bar"), "k")
    assert cancel(cashier, made.id)[1] == f"/till/bar?sale={made.id}"


def test_what_a_program_sold_is_not_cancelled_on_a_screen(cashier: Cashier, shop: Shop, client: FlaskClient) -> None:
    made = charge(shop, Channel.API, in_sat(2100), "k")
    assert "/cancel" not in client.get(f"/pay/{made.id}").text
    assert cashier.send(f"/pay/{made.id}/cancel", cashier.open("/")).status_code == 404
    assert stored(shop, made.id).cancelled_at is None


def test_money_that_is_there_already_is_shown_instead(
    cashier: Cashier, shop: Shop, wallet: FakeWallet, charge_id: str
) -> None:
    wallet.settle(stored(shop, charge_id).invoice, 2100)
    fields = cashier.open("/")
    answer = cashier.send(f"/pay/{charge_id}/cancel", fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/pay/{charge_id}")
    assert stored(shop, charge_id).cancelled_at is None


@pytest.mark.parametrize("channel", [Channel.TILL, Channel.KIOSK, Channel.TIPS])
def test_a_wallet_that_is_down_keeps_nobody_from_cancelling_and_that_nobody_knows_whether_it_is_paid_is_told(
    cashier: Cashier, shop: Shop, wallet: FakeWallet, channel: Channel
) -> None:
    """Who was led to the till, with the same amount typed, had the customer pay twice."""
    made = charge(shop, channel, in_sat(2100), "k")
    wallet.fail_with = WalletUnreachable("down")
    assert cancel(cashier, made.id) == (303, f"/pay/{made.id}")
    assert stored(shop, made.id).cancelled_at
    page = cashier.client.get(f"/pay/{made.id}").text
    assert "Not known yet</h2>" in page
    assert "This sale was cancelled</b>" in page
    assert "Time is up" not in page
    assert "/again" not in page


def test_who_has_cancelled_while_the_wallet_is_down_goes_on_with_the_next_customer(
    cashier: Cashier, wallet: FakeWallet, charge_id: str, clock: FakeClock
) -> None:
    wallet.fail_with = WalletUnreachable("down")
    pay_page = cancel(cashier, charge_id)[1]
    assert '<a class="button" href="/">New sale</a>' in cashier.client.get(pay_page).text
    assert 'value="2100"' not in cashier.client.get("/").text
    wallet.fail_with = None
    clock.move(5)
    assert "Cancelled</h2>" in cashier.client.get(pay_page).text


def test_who_cancels_twice_while_the_wallet_is_down_is_told_so_twice(
    cashier: Cashier, wallet: FakeWallet, charge_id: str
) -> None:
    fields = cashier.open(f"/pay/{charge_id}")
    wallet.fail_with = WalletUnreachable("down")
    ways = [cashier.send(f"/pay/{charge_id}/cancel", fields).headers["Location"] for _ in range(2)]
    assert ways == 2 * [f"/pay/{charge_id}"]


def test_a_wallet_that_takes_its_time_to_say_that_it_is_not_paid_leads_to_the_till(
    cashier: Cashier, wallet: FakeWallet, charge_id: str, clock: FakeClock
) -> None:
    wallet.before_look_up = lambda: clock.move(3)
    assert cancel(cashier, charge_id) == (303, f"/?sale={charge_id}")


def test_a_sale_of_another_wallet_is_not_charged_again_either_as_nobody_knows_of_it(
    cashier: Cashier, wallet: FakeWallet, charge_id: str
) -> None:
    wallet.identity = "fake:2"
    assert cancel(cashier, charge_id) == (303, f"/pay/{charge_id}")
    assert "another wallet of the shop" in cashier.client.get(f"/pay/{charge_id}").text


def test_to_cancel_needs_a_token(cashier: Cashier, shop: Shop, charge_id: str) -> None:
    assert cashier.send(f"/pay/{charge_id}/cancel", {"x": "y"}).status_code == 400
    assert cashier.client.get(f"/pay/{charge_id}/cancel").status_code == 405
    assert stored(shop, charge_id).cancelled_at is None


def test_an_unknown_charge_is_not_found(cashier: Cashier) -> None:
    assert cashier.send("/pay/nosuchcharge/cancel", cashier.open("/")).status_code == 404


def test_a_cancelled_page_says_so_and_has_nothing_to_scan(
    cashier: Cashier, client: FlaskClient, charge_id: str
) -> None:
    cancel(cashier, charge_id)
    page = client.get(f"/pay/{charge_id}").text
    assert 'data-state="expired"' in page
    assert "Cancelled</h2>" in page
    assert "Money that still comes is shown here." in page
    assert "<title>Cancelled</title>" in page
    assert "expired." not in page
    assert "lightning:" not in page
    assert "/cancel" not in page
    assert client.get(f"/pay/{charge_id}/qr.png").status_code == 404


def test_one_tap_brings_the_sale_back(cashier: Cashier, shop: Shop, charge_id: str) -> None:
    cancel(cashier, charge_id)
    answer = cashier.send(f"/pay/{charge_id}/again", cashier.open(f"/pay/{charge_id}"))
    again = stored(shop, answer.headers["Location"].removeprefix("/pay/"))
    assert again.status(shop.now()) is Status.OPEN
    assert (again.amount_sat, again.memo) == (2100, "Coffee")


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(59, "59 seconds"), (120, "2 minutes"), (2 * 3600, "2 hours"), (2 * 86400, "2 days")],
)
def test_money_that_comes_all_the_same_is_late_and_says_after_what(
    cashier: Cashier,
    client: FlaskClient,
    shop: Shop,
    wallet: FakeWallet,
    charge_id: str,
    clock: FakeClock,
    seconds: int,
    written: str,
) -> None:
    cancel(cashier, charge_id)
    clock.move(seconds)
    wallet.settle(stored(shop, charge_id).invoice, 2100)
    page = client.get(f"/pay/{charge_id}").text
    assert "Paid late" in page
    assert "After the sale was cancelled" in page
    assert f"It came {written} after the sale had been cancelled." in page


def test_an_expired_sale_stays_expired(cashier: Cashier, client: FlaskClient, charge_id: str, clock: FakeClock) -> None:
    fields = cashier.open(f"/pay/{charge_id}")
    clock.move(600)
    assert cashier.send(f"/pay/{charge_id}/cancel", fields).headers["Location"] == f"/?sale={charge_id}"
    assert "This invoice has expired" in client.get(f"/pay/{charge_id}").text

"""A sale of which there are several invoices: once one of them is paid, nobody is asked to pay another."""

from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pos.domain.charge import Channel, Charge, Status
from pos.services.cancel import cancel
from pos.services.charge import charge, charge_again
from pos.services.follow import follow
from pos.services.recent import recent
from pos.services.renew import renew
from pos.services.settle import settle
from pos.services.showing import showing
from pos.shop import Shop
from pos.store import SalePaid
from tests.conftest import TOKEN, Cashier, in_sat, stored
from tests.fakes import FakeClock, FakeWallet

ON_TOP = "This sale had been paid before. This payment came on top of it."


@pytest.fixture
def first(shop: Shop) -> Charge:
    """The invoice that was cancelled by mistake: most wallets take none back, so it may be paid."""
    return cancel(shop, charge(shop, Channel.TILL, in_sat(2100, "Coffee"), "k1"))


@pytest.fixture
def second(shop: Shop, first: Charge, clock: FakeClock) -> Charge:
    """The new one in its place, which a screen shows."""
    clock.move(2)
    return renew(shop, first)


def pay(shop: Shop, wallet: FakeWallet, clock: FakeClock, made: Charge) -> Charge:
    clock.move(2)
    wallet.settle(made.invoice, made.amount_sat)
    return settle(shop, stored(shop, made.id))


def test_the_page_of_the_other_leads_to_the_one_that_is_paid(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock, first: Charge, second: Charge
) -> None:
    pay(shop, wallet, clock, first)
    answer = client.get(f"/pay/{second.id}")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/pay/{first.id}")
    assert 'data-state="paid"' in client.get(f"/pay/{second.id}", follow_redirects=True).text
    assert client.get(f"/pay/{second.id}/qr.png").status_code == 404
    status = client.get(f"/pay/{second.id}/status").get_json()
    assert (status["id"], status["status"]) == (first.id, "paid")
    assert "Preimage" in client.get(f"/pay/{second.id}/receipt").text


def test_a_screen_that_shows_the_other_is_told(
    shop: Shop, wallet: FakeWallet, clock: FakeClock, first: Charge, second: Charge
) -> None:
    news = follow(shop, second.id)
    assert news
    shown = next(news)
    assert shown
    assert shown.status(shop.now()) is Status.OPEN
    pay(shop, wallet, clock, first)
    assert (second.id, True) in shop.store.ended_among([second.id])
    shop.broker.publish(second.id)
    told = next(it for it in news if it)
    assert (told.id, told.status(shop.now())) == (first.id, Status.PAID)
    news.close()


def test_no_further_invoice_is_made_of_it(
    cashier: Cashier, shop: Shop, wallet: FakeWallet, clock: FakeClock, first: Charge, second: Charge
) -> None:
    pay(shop, wallet, clock, first)
    clock.move(shop.settings.invoice_expiry)
    fields = cashier.open()
    for it in (first, second):
        answer = cashier.send(f"/pay/{it.id}/again", fields)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/pay/{first.id}")
    assert len(wallet.made) == 2


def test_one_that_the_wallet_makes_as_the_money_comes_is_shown_to_nobody(
    shop: Shop, wallet: FakeWallet, clock: FakeClock, first: Charge
) -> None:
    def the_money_comes() -> None:
        wallet.settle(first.invoice, 2100)
        settle(shop, first)

    clock.move(2)
    wallet.before_answer = the_money_comes
    shown = renew(shop, first)
    assert (shown.id, shown.status(shop.now())) == (first.id, Status.PAID)
    assert [it.attempt for it in shop.store.attempts(first.sale_id)] == [1]


def test_the_store_writes_none_down_for_a_sale_that_is_paid(
    shop: Shop, wallet: FakeWallet, clock: FakeClock, first: Charge
) -> None:
    pay(shop, wallet, clock, first)
    with pytest.raises(SalePaid):
        charge_again(shop, first)
    assert [it.attempt for it in shop.store.attempts(first.sale_id)] == [1]


def test_who_cancels_the_other_is_shown_that_it_is_paid(
    cashier: Cashier, shop: Shop, wallet: FakeWallet, clock: FakeClock, first: Charge, second: Charge
) -> None:
    fields = cashier.open(f"/pay/{second.id}")
    pay(shop, wallet, clock, first)
    answer = cashier.send(f"/pay/{second.id}/cancel", fields)
    assert answer.headers["Location"] == f"/pay/{first.id}"


def test_the_customers_display_never_comes_back_to_the_other(
    shop: Shop, wallet: FakeWallet, clock: FakeClock, app: Flask
) -> None:
    cashier = Cashier(app.test_client())
    sold = cancel(shop, stored(shop, cashier.sell(2100)))
    clock.move(2)
    second = renew(shop, sold)
    shown = showing(shop, second.till).charge
    assert shown
    assert shown.id == second.id
    pay(shop, wallet, clock, sold)
    shown = showing(shop, second.till).charge
    assert shown
    assert shown.id == sold.id
    clock.move(61)
    assert showing(shop, second.till).is_idle


def test_among_the_last_sales_it_is_paid_and_not_open_besides(
    shop: Shop, wallet: FakeWallet, clock: FakeClock, app: Flask
) -> None:
    cashier = Cashier(app.test_client())
    sold = cancel(shop, stored(shop, cashier.sell(2100)))
    clock.move(2)
    renew(shop, sold)
    pay(shop, wallet, clock, sold)
    assert [(it.id, it.received_sat) for it in recent(shop, sold.till)] == [(sold.id, 2100)]


def test_whoever_pays_the_other_all_the_same_is_seen_to_have_paid_twice(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock, first: Charge, second: Charge
) -> None:
    pay(shop, wallet, clock, first)
    pay(shop, wallet, clock, second)
    page = unescape(client.get(f"/pay/{second.id}").text)
    assert "Paid twice" in page
    assert ON_TOP in page
    assert 'data-ring="needs-review"' in page
    assert "data-leave-after" not in page
    for path in (f"/pay/{first.id}", f"/pay/{first.id}/receipt"):
        assert ON_TOP not in unescape(client.get(path).text)
    assert unescape(client.get(f"/pay/{second.id}/receipt").text).count(ON_TOP) == 1


class TestAProgram:
    """One that sells by the API, and whose customer takes a new invoice on the pay page."""

    @pytest.fixture
    def asked(self, client: FlaskClient) -> dict[str, Any]:
        return {"json": {"amount_sat": 2100, "key": "order-17"}, "headers": {"Authorization": f"Bearer {TOKEN}"}}

    def test_it_learns_of_the_new_one_and_that_it_was_paid(
        self,
        client: FlaskClient,
        asked: dict[str, Any],
        shop: Shop,
        wallet: FakeWallet,
        clock: FakeClock,
    ) -> None:
        def tells() -> list[tuple[str, str]]:
            answers = [
                client.get(f"/api/v1/charges/{made['id']}", headers=asked["headers"]).get_json(),
                client.post("/api/v1/charges", **asked).get_json(),
            ]
            return [(it["id"], it["status"]) for it in answers]

        made = client.post("/api/v1/charges", **asked).get_json()
        clock.move(shop.settings.invoice_expiry)
        assert tells() == [(made["id"], "expired")] * 2
        new = renew(shop, stored(shop, made["id"]))
        assert tells() == [(new.id, "open")] * 2
        pay(shop, wallet, clock, new)
        assert tells() == [(new.id, "paid")] * 2

    def test_it_learns_that_the_old_one_was_paid_at_last(
        self, client: FlaskClient, asked: dict[str, Any], shop: Shop, wallet: FakeWallet, clock: FakeClock
    ) -> None:
        made = client.post("/api/v1/charges", **asked).get_json()
        clock.move(shop.settings.invoice_expiry)
        new = renew(shop, stored(shop, made["id"]))
        pay(shop, wallet, clock, stored(shop, made["id"]))
        told = client.get(f"/api/v1/charges/{new.id}", headers=asked["headers"]).get_json()
        assert (told["id"], told["status"]) == (made["id"], "paid")

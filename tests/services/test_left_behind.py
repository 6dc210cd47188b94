"""A shop that changes its wallet: what was sold with the one before is that one's, and is in nobody's way."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask

from pos import close, create_app
from pos.domain.charge import Channel, Charge, LeftBehind, Payment
from pos.domain.due import WATCHED_FOR
from pos.runtime.leader import Lease, watch_of
from pos.runtime.throttle import Throttle
from pos.runtime.watch import TICK
from pos.services.cancel import cancel
from pos.services.charge import charge, charge_again
from pos.services.doctor import Verdict, examine
from pos.services.left_behind import SECONDS_GOOD, LastCount, left_behind
from pos.services.settle import refresh, settle, settle_hint
from pos.services.watch import open_watch
from pos.settings import Settings
from pos.shop import Shop
from pos.store import StoreError
from pos.wallets.base import ById, ByPaymentHash
from tests.conftest import Cashier, in_sat, lease_of_watch, stored
from tests.fakes import NOON, FakeClock, FakeWallet

LEFT = 40


@dataclass
class Successor:
    """The till that goes on with another wallet, on the database of the first one. Time passes in its watch's ticks."""

    app: Flask
    shop: Shop
    wallet: FakeWallet
    clock: FakeClock
    running: FakeClock
    left: list[Charge]

    def sell(self, key: str = "new") -> Charge:
        return charge(self.shop, Channel.TILL, in_sat(2100), key)

    def pass_time(self, seconds: float) -> None:
        watch = open_watch(self.shop, running=self.running, beside=lambda look_up: look_up())
        for _ in range(round(seconds / TICK)):
            watch.tick()
            self.clock.move(TICK)
            self.running.move(TICK)


@pytest.fixture
def successor(app: Flask, shop: Shop, settings: Settings, clock: FakeClock) -> Iterator[Successor]:
    left = [charge(shop, Channel.TILL, in_sat(2100), f"old-{number}") for number in range(LEFT)]
    close(app)
    wallet, running = FakeWallet(clock, identity="fake:2"), FakeClock(0)
    following = create_app(settings, wallet=wallet, clock=clock)
    changed = replace(
        following.extensions["shop"],
        lease=Lease(shop.store, running, watch_of(wallet.identity)),
        throttle=Throttle(wallet.questions_per_second, running),
    )
    yield Successor(following, changed, wallet, clock, running, left)
    close(following)


def test_a_charge_names_the_wallet_that_made_its_invoice(successor: Successor) -> None:
    assert {stored(successor.shop, it.id).wallet for it in successor.left} == {"fake:1"}
    assert successor.sell().wallet == "fake:2"


def test_whatever_looks_at_a_charge_of_the_other_wallet_this_one_is_not_asked(successor: Successor) -> None:
    shop, left = successor.shop, successor.left[0]
    refresh(shop, left)
    settle(shop, left)
    for hint in (ById(left.invoice.id), ByPaymentHash(left.invoice.payment_hash)):
        settle_hint(shop, hint)
    client = successor.app.test_client()
    for path in ("", "/status"):
        assert client.get(f"/pay/{left.id}{path}").status_code == 200
    cancelled = cancel(shop, left)
    assert cancelled.cancelled_at is not None
    assert charge_again(shop, cancelled).wallet == "fake:2"
    assert successor.wallet.look_ups == 0


def test_the_watch_asks_about_its_own_charges_alone_and_as_soon_as_ever(successor: Successor) -> None:
    successor.pass_time(10)
    assert successor.wallet.look_ups == 0
    new = successor.sell()
    successor.pass_time(1)
    assert successor.wallet.look_ups >= 1
    successor.wallet.settle(new.invoice, 2100)
    successor.pass_time(2)
    assert stored(successor.shop, new.id).payment
    asked = successor.wallet.look_ups
    successor.pass_time(700)
    assert successor.wallet.look_ups == asked


def test_a_process_that_still_has_the_wallet_of_before_does_not_lead_those_of_the_new_one(
    successor: Successor, settings: Settings
) -> None:
    not_restarted = create_app(settings, wallet=FakeWallet(successor.clock), clock=successor.clock)
    old = not_restarted.extensions["shop"]
    old = replace(old, lease=lease_of_watch(old, successor.running))
    watches = [open_watch(it, running=successor.running, beside=lambda ask: ask()) for it in (old, successor.shop)]
    sold = successor.sell()
    for _ in range(round(20 / TICK)):
        for watch in watches:
            watch.tick()
        successor.clock.move(TICK)
        successor.running.move(TICK)
    assert old.lease.mine
    assert successor.shop.lease.mine
    successor.wallet.settle(sold.invoice, 2100)
    successor.pass_time(2)
    assert stored(successor.shop, sold.id).payment
    close(not_restarted)


def test_the_doctor_says_how_much_is_with_which_wallet(successor: Successor) -> None:
    told = [it for it in examine(successor.shop, lambda *_: 200, lambda _: b"") if "fake:1" in it.sentence]
    assert [(it.verdict, it.part) for it in told] == [(Verdict.WARNING, "wallet")]
    assert f": {LEFT}." in told[0].sentence


@pytest.mark.parametrize("path", ["/", "/recent"])
def test_the_list_of_the_till_says_so_too(successor: Successor, path: str) -> None:
    page = successor.app.test_client().get(path).text
    assert f"Unpaid with another wallet, which is not asked any more: {LEFT} (fake:1)" in page


def test_a_sale_in_the_list_says_which_other_wallet_holds_it_until_it_is_paid(
    cashier: Cashier, shop: Shop, settings: Settings, clock: FakeClock
) -> None:
    charge_id = cashier.sell(2100)
    following = create_app(settings, wallet=FakeWallet(clock, identity="fake:2"), clock=clock)
    after = Cashier(following.test_client())
    after.sell(500)
    assert "<bdi>" not in cashier.client.get("/recent").text.replace("<bdi>fake:2</bdi>", "")
    assert after.client.get("/recent").text.partition("<ul")[2].count("<bdi>fake:1</bdi>") == 1
    shop.store.mark_paid(charge_id, Payment(NOON, 2100, None, proven=False))
    assert "<bdi>" not in after.client.get("/recent").text
    close(following)


def test_what_was_cancelled_or_expired_long_ago_is_not_told_of(successor: Successor) -> None:
    cancel(successor.shop, successor.left[0])
    assert left_behind(successor.shop) == [LeftBehind("fake:1", LEFT - 1)]
    successor.clock.move(successor.shop.settings.invoice_expiry + WATCHED_FOR)
    assert left_behind(successor.shop) == []


def test_the_number_on_a_till_s_page_is_counted_anew_after_a_minute(successor: Successor) -> None:
    shop, clock = successor.shop, successor.clock
    count = LastCount(shop)
    before = count.get()
    cancel(shop, successor.left[0])
    clock.move(SECONDS_GOOD - 1)
    assert count.get() == before == [LeftBehind("fake:1", LEFT)]
    clock.move(1)
    assert count.get() == [LeftBehind("fake:1", LEFT - 1)]


def test_a_clock_that_was_put_back_does_not_keep_the_number(successor: Successor) -> None:
    count = LastCount(successor.shop)
    count.get()
    cancel(successor.shop, successor.left[0])
    successor.clock.move(-1)
    assert count.get() == [LeftBehind("fake:1", LEFT - 1)]


def test_a_count_that_failed_is_made_the_next_time(successor: Successor) -> None:
    count = LastCount(successor.shop)
    with successor.shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO away")
    with pytest.raises(StoreError):
        count.get()
    with successor.shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO charge")
    assert count.get() == [LeftBehind("fake:1", LEFT)]


def test_a_till_that_kept_its_wallet_has_left_nothing_behind(shop: Shop) -> None:
    charge(shop, Channel.TILL, in_sat(2100), "k")
    assert left_behind(shop) == []

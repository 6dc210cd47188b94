"""Settling, and the one door to "paid"."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from pos.domain.charge import Channel, Charge, Payment
from pos.runtime.throttle import Throttle
from pos.services.charge import charge
from pos.services.settle import refresh, settle
from pos.shop import Shop
from pos.store import StoreError
from pos.wallets.base import WalletError, WalletUnreachable
from tests.conftest import in_sat, stored
from tests.fakes import NOON, FakeClock, FakeWallet


@pytest.fixture
def sold(shop: Shop) -> Charge:
    return charge(shop, Channel.TILL, in_sat(2100, "Coffee"), "k1")


def test_an_unpaid_charge_stays_as_it_is(shop: Shop, sold: Charge) -> None:
    assert settle(shop, sold) == sold


def test_a_payment_is_recorded_with_its_proof(shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock) -> None:
    clock.move(60)
    wallet.settle(sold.invoice, 2100)
    clock.move(1)
    payment = Payment(NOON + 60, 2100, wallet.preimages[sold.invoice.id], proven=True)
    assert settle(shop, sold) == stored(shop, sold.id) == replace(sold, payment=payment)


@pytest.mark.parametrize("preimage", [None, "00" * 32])
def test_paid_without_the_right_preimage_is_paid_and_not_proven(
    shop: Shop, sold: Charge, wallet: FakeWallet, preimage: str | None
) -> None:
    wallet.settle(sold.invoice, 2100, preimage=preimage)
    payment = settle(shop, sold).payment
    assert payment
    assert not payment.proven


@pytest.mark.parametrize("settled_at", [None, 0, NOON - 1, NOON + 3600])
def test_a_time_that_cannot_be_right_gives_way_to_our_clock(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock, settled_at: int | None
) -> None:
    clock.move(30)
    wallet.settle(sold.invoice, 2100, settled_at=settled_at)
    payment = settle(shop, sold).payment
    assert payment
    assert payment.paid_at == NOON + 30


@pytest.mark.parametrize("received_sat", [0, -1, 21 * 10**14 + 1, 2**63])
@pytest.mark.parametrize("has_preimage", [True, False])
def test_settled_without_any_money_or_with_more_than_there_is_is_no_payment_and_is_asked_about_again(
    shop: Shop, sold: Charge, wallet: FakeWallet, received_sat: int, has_preimage: bool
) -> None:
    wallet.settle(sold.invoice, received_sat)
    if not has_preimage:
        wallet.settle(sold.invoice, received_sat, preimage=None)
    with pytest.raises(WalletError, match=f"settled, and that {received_sat} sat"):
        settle(shop, sold)
    assert refresh(shop, sold) == stored(shop, sold.id) == sold
    assert shop.throttle.free
    wallet.settle(sold.invoice, 2100)
    assert settle(shop, sold).payment


def test_what_was_received_is_recorded_and_not_what_was_asked(shop: Shop, sold: Charge, wallet: FakeWallet) -> None:
    wallet.settle(sold.invoice, 2000)
    paid = settle(shop, sold)
    assert paid.payment
    assert paid.payment.received_sat == 2000
    assert paid.has_discrepancy


def test_money_that_comes_after_the_expiry_is_recorded_as_late(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock
) -> None:
    clock.move(700)
    wallet.settle(sold.invoice, 2100)
    assert settle(shop, sold).late


def test_a_paid_charge_is_never_asked_about_again(shop: Shop, sold: Charge, wallet: FakeWallet) -> None:
    wallet.settle(sold.invoice, 2100)
    paid = settle(shop, sold)
    asked = wallet.look_ups
    assert settle(shop, paid) == paid
    assert wallet.look_ups == asked


def test_a_wallet_that_takes_its_word_back_changes_nothing(shop: Shop, sold: Charge, wallet: FakeWallet) -> None:
    wallet.settle(sold.invoice, 2100)
    paid = settle(shop, sold)
    wallet.settlements.clear()
    assert stored(shop, sold.id) == paid


def test_the_first_record_of_a_payment_stays(shop: Shop, sold: Charge, wallet: FakeWallet) -> None:
    wallet.settle(sold.invoice, 2100)
    first = settle(shop, sold)
    wallet.settle(sold.invoice, 1, preimage=None)
    assert settle(shop, sold) == first


def test_the_wallet_is_asked_at_most_once_a_second_for_each_charge(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock
) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: refresh(shop, sold), range(16)))
    assert wallet.look_ups == 1
    clock.move(0.9)
    refresh(shop, sold)
    assert wallet.look_ups == 1
    clock.move(0.1)
    refresh(shop, sold)
    assert wallet.look_ups == 2


def test_one_charge_does_not_wait_for_another(shop: Shop, sold: Charge, wallet: FakeWallet) -> None:
    other = charge(shop, Channel.TILL, in_sat(5), "k2")
    refresh(shop, sold)
    refresh(shop, other)
    assert wallet.look_ups == 2


def test_a_server_clock_that_was_set_back_does_not_stop_the_asking(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock
) -> None:
    running = FakeClock(0)
    shop = replace(shop, throttle=Throttle(5, running))
    refresh(shop, sold)
    clock.move(-3600)
    running.move(1)
    refresh(shop, sold)
    assert wallet.look_ups == 2


def test_a_wallet_that_is_down_changes_nothing_and_is_asked_again(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock
) -> None:
    wallet.fail_with = WalletUnreachable("down")
    assert refresh(shop, sold) == sold
    wallet.fail_with = None
    wallet.settle(sold.invoice, 2100)
    clock.move(1)
    assert refresh(shop, sold).payment


@pytest.fixture
def led(shop: Shop) -> Shop:
    """The shop while some process is known to watch its charges."""
    shop.lease.keep()
    shop.lease.keep()
    assert shop.lease.led
    return shop


def test_no_screen_says_that_it_waits_for_money_that_came_and_could_not_be_written_down(
    led: Shop, sold: Charge, wallet: FakeWallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bool:
        raise StoreError("the disk is full")

    wallet.settle(sold.invoice, 2100)
    with monkeypatch.context() as disk:
        disk.setattr(led.store, "mark_paid", full)
        assert not refresh(led, sold).payment
        # As the watch does.
        with pytest.raises(StoreError, match="the disk is full"):
            settle(led, sold)
        # Whoever looks while others ask, or a moment after somebody else has asked.
        for _ in range(3):
            with pytest.raises(StoreError, match="the wallet says that it is paid"):
                refresh(led, sold)
    assert settle(led, sold).payment
    assert refresh(led, stored(led, sold.id)).payment
    assert sold.id not in led.unwritten


def test_a_screen_asks_itself_about_what_could_not_be_written_down_where_nobody_watches(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bool:
        raise StoreError("the disk is full")

    wallet.settle(sold.invoice, 2100)
    with monkeypatch.context() as disk:
        disk.setattr(shop.store, "mark_paid", full)
        for _ in range(3):
            with pytest.raises(StoreError):
                refresh(shop, sold)
    clock.move(1)
    assert refresh(shop, sold).payment

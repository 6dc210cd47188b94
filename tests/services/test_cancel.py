"""Cancelling a sale."""

from dataclasses import replace

import pytest

from pos.domain.charge import Channel, Charge, Status
from pos.domain.due import Unpaid
from pos.services.cancel import cancel
from pos.services.charge import charge, charge_again
from pos.services.recent import outcome, outcome_of, recent
from pos.services.settle import settle
from pos.shop import Shop
from pos.wallets.base import WalletUnreachable
from tests.conftest import in_sat, stored
from tests.fakes import NOON, CancellingWallet, FakeClock, FakeWallet


@pytest.fixture
def sold(shop: Shop) -> Charge:
    return charge(shop, Channel.TILL, in_sat(2100, "Coffee"), "k1")


def test_a_cancelled_charge_is_closed_before_its_time(shop: Shop, sold: Charge, clock: FakeClock) -> None:
    clock.move(5)
    cancelled = cancel(shop, sold)
    assert cancelled == stored(shop, sold.id)
    assert (cancelled.cancelled_at, cancelled.ends_at) == (NOON + 5, NOON + 5)
    assert cancelled.status(NOON + 5) is Status.EXPIRED


def test_a_charge_that_turns_out_to_be_paid_is_not_cancelled(shop: Shop, sold: Charge, wallet: FakeWallet) -> None:
    wallet.settle(sold.invoice, 2100)
    assert cancel(shop, sold).status(NOON) is Status.PAID
    assert stored(shop, sold.id).cancelled_at is None


def test_a_wallet_that_is_down_does_not_keep_a_cashier_from_cancelling(
    shop: Shop, sold: Charge, wallet: FakeWallet
) -> None:
    wallet.fail_with = WalletUnreachable("down")
    assert cancel(shop, sold).cancelled_at == NOON


def test_the_wallets_word_at_the_moment_of_cancelling_is_all_that_there_is_to_know(
    shop: Shop, sold: Charge, clock: FakeClock
) -> None:
    clock.move(5)
    assert cancel(shop, sold).is_known(NOON + 5)


def test_a_charge_may_have_been_paid_between_the_question_to_the_wallet_and_the_cancelling(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock
) -> None:
    wallet.before_look_up = lambda: clock.move(8)
    cancelled = cancel(shop, sold)
    assert (cancelled.asked_at, cancelled.cancelled_at) == (NOON, NOON + 8)
    assert not cancelled.is_known(NOON + 8)
    assert settle(shop, cancelled).is_known(NOON + 16)


def test_the_wallet_is_asked_again_soon_whatever_nobody_looks_at(shop: Shop, sold: Charge) -> None:
    cancel(shop, sold)
    assert sold.id in shop.presence.take([], 0)


def test_a_charge_is_cancelled_once(shop: Shop, sold: Charge, clock: FakeClock) -> None:
    cancel(shop, sold)
    clock.move(5)
    assert cancel(shop, sold).cancelled_at == NOON


def test_an_expired_charge_is_not_cancelled_as_well(shop: Shop, sold: Charge, clock: FakeClock) -> None:
    clock.move(600)
    assert cancel(shop, sold).cancelled_at is None


def test_money_that_comes_for_a_cancelled_charge_is_recorded_as_late(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock
) -> None:
    cancel(shop, sold)
    clock.move(5)
    wallet.settle(sold.invoice, 2100)
    paid = settle(shop, sold)
    assert paid.status(NOON + 5) is Status.PAID
    assert paid.late


def test_money_that_had_come_before_it_was_cancelled_is_not_late(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock
) -> None:
    wallet.fail_with = WalletUnreachable("down")
    wallet.settle(sold.invoice, 2100)
    clock.move(5)
    cancel(shop, sold)
    wallet.fail_with = None
    assert not settle(shop, sold).late


def test_money_that_came_after_it_was_cancelled_is_late_whatever_the_wallets_clock_says(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock
) -> None:
    clock.move(60)
    cancelled = cancel(shop, sold)
    clock.move(10)
    wallet.settle(sold.invoice, 2100, settled_at=NOON + 40)
    paid = settle(shop, cancelled)
    assert paid.payment
    assert (paid.payment.paid_at, paid.late) == (NOON + 70, True)


def test_cancelled_it_stays_while_a_clock_that_was_ahead_is_set_back(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock
) -> None:
    clock.move(300)
    cancel(shop, sold)
    clock.move(-290)
    cancelled = settle(shop, stored(shop, sold.id))
    (listed,) = recent(shop, sold.till)
    assert (cancelled.status(shop.now()), cancelled.is_known(shop.now())) == (Status.EXPIRED, True)
    assert [outcome(listed, shop.now()), outcome_of(cancelled, shop.now())] == ["cancelled", "cancelled"]
    # It says what was heard, and no more: until the wallet is asked again, the customer may have paid.
    another = charge(shop, Channel.TILL, in_sat(21), "k2")
    wallet.fail_with = WalletUnreachable("down")
    clock.move(300)
    cancel(shop, another)
    clock.move(-290)
    assert not stored(shop, another.id).is_known(shop.now())


def test_its_screens_hear_of_it(shop: Shop, sold: Charge) -> None:
    with shop.broker.subscribe(sold.id) as news:
        cancel(shop, sold)
        assert news.wait(0)


def test_the_watch_goes_on_for_money_that_comes_all_the_same(shop: Shop, sold: Charge, clock: FakeClock) -> None:
    clock.move(5)
    cancel(shop, sold)
    (unpaid,) = shop.store.unpaid(shop.wallet.identity, NOON)
    # As closely as before: it can be paid as long as its invoice.
    assert unpaid == Unpaid(sold.id, NOON, sold.invoice.expires_at, looks=0)


def test_the_same_sale_can_be_charged_again(shop: Shop, sold: Charge) -> None:
    again = charge_again(shop, cancel(shop, sold))
    assert (again.amount_sat, again.memo) == (2100, "Coffee")
    assert again.id != sold.id


def test_it_is_counted_among_neither_the_open_nor_the_late(shop: Shop, sold: Charge) -> None:
    cancel(shop, sold)
    tally = next(it for it in shop.store.tally(NOON) if it.channel is Channel.TILL)
    assert (tally.made, tally.open, tally.paid, tally.late) == (1, 0, 0, 0)


@pytest.fixture
def taking_back(shop: Shop, clock: FakeClock) -> Shop:
    return replace(shop, wallet=CancellingWallet(clock))


def taken_back(shop: Shop) -> list[str]:
    assert isinstance(shop.wallet, CancellingWallet)
    return shop.wallet.cancelled


def test_a_wallet_that_can_takes_the_invoice_back_once(taking_back: Shop) -> None:
    sold = charge(taking_back, Channel.TILL, in_sat(2100), "k1")
    cancel(taking_back, sold)
    cancel(taking_back, sold)
    assert taken_back(taking_back) == [sold.invoice.id]


def test_the_invoice_of_a_paid_charge_is_not_taken_back(taking_back: Shop) -> None:
    sold = charge(taking_back, Channel.TILL, in_sat(2100), "k1")
    assert isinstance(taking_back.wallet, CancellingWallet)
    taking_back.wallet.settle(sold.invoice, 2100)
    assert cancel(taking_back, sold).status(NOON) is Status.PAID
    assert taken_back(taking_back) == []


def test_a_charge_is_cancelled_though_the_wallet_does_not_take_its_invoice_back(
    taking_back: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    sold = charge(taking_back, Channel.TILL, in_sat(2100), "k1")
    assert isinstance(taking_back.wallet, CancellingWallet)
    taking_back.wallet.fail_with = WalletUnreachable("down")
    assert cancel(taking_back, sold).cancelled_at == NOON
    assert "did not take its invoice back" in caplog.text

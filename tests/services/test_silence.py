"""A wallet that is silent: what is known of a charge, and since when, in every process and after a restart."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from pos.domain.charge import SILENT_AFTER, Channel, Charge
from pos.runtime.shared_clock import SharedClock
from pos.services.cancel import cancel
from pos.services.charge import charge
from pos.services.settle import WRITE_EVERY, refresh, settle
from pos.shop import Shop
from pos.store import Store, StoreError
from pos.wallets.base import BadAnswer, WalletBusy, WalletError, WalletTimeout, WalletUnreachable
from tests.conftest import in_sat, stored
from tests.fakes import NOON, FakeClock, FakeWallet

EXPIRY = 600
DAY = 24 * 60 * 60


@pytest.fixture
def sold(shop: Shop) -> Charge:
    return charge(shop, Channel.TILL, in_sat(2100, "Coffee"), "k1")


def ask(shop: Shop, sold: Charge) -> Charge:
    """Ask the wallet, whatever it says, and return what the book then has."""
    with suppress(WalletError):
        settle(shop, stored(shop, sold.id))
    return stored(shop, sold.id)


def test_a_good_answer_is_noted_and_only_every_few_seconds(shop: Shop, sold: Charge, clock: FakeClock) -> None:
    assert sold.asked_at is None
    noted = []
    for _ in range(3 * WRITE_EVERY):
        clock.move(1)
        noted.append(ask(shop, sold).asked_at)
    assert noted[-1] == clock.time
    assert set(noted) == {None, *(NOON + WRITE_EVERY * it for it in (1, 2, 3))}


def test_what_was_asked_before_the_answer_came_counts_from_the_question(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock
) -> None:
    clock.move(EXPIRY - 1)
    wallet.before_look_up = lambda: clock.move(5)
    assert not ask(shop, sold).is_known(int(clock.time))


def test_a_payment_that_is_there_is_never_silent(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock
) -> None:
    wallet.fail_with = WalletUnreachable("down")
    ask(shop, sold)
    wallet.fail_with = None
    wallet.settle(sold.invoice, 2100)
    clock.move(SILENT_AFTER)
    paid = ask(shop, sold)
    assert paid.payment
    assert not paid.is_silent(int(clock.time))


@pytest.mark.parametrize(
    "failure", [WalletUnreachable("down"), WalletTimeout("hangs"), WalletBusy("busy", 5), BadAnswer("<html>")]
)
def test_a_wallet_without_a_good_answer_for_ten_seconds_is_silent(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock, failure: WalletError
) -> None:
    clock.move(30)
    ask(shop, sold)
    wallet.fail_with = failure
    clock.move(SILENT_AFTER - 1)
    assert not ask(shop, sold).is_silent(int(clock.time))
    clock.move(1)
    assert stored(shop, sold.id).is_silent(int(clock.time))
    wallet.fail_with = None
    assert not ask(shop, sold).is_silent(int(clock.time))


def test_one_that_says_settled_without_money_has_given_no_good_answer(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock
) -> None:
    wallet.settle(sold.invoice, 0)
    clock.move(SILENT_AFTER)
    assert ask(shop, sold).is_silent(int(clock.time))


def test_what_was_heard_by_a_clock_that_was_ahead_neither_ends_a_sale_nor_hides_a_silence(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock
) -> None:
    clock.move(3600)
    ask(shop, sold)
    clock.move(-3600)
    wallet.fail_with = WalletUnreachable("down")
    assert ask(shop, sold).is_silent(int(clock.time))
    clock.move(EXPIRY)
    assert not ask(shop, sold).is_known(int(clock.time))
    assert stored(shop, sold.id).is_silent(int(clock.time))
    wallet.fail_with = None
    assert ask(shop, sold).is_known(int(clock.time))


def test_an_answer_that_came_while_the_charge_was_read_counts(sold: Charge) -> None:
    ended = sold.invoice.expires_at
    heard = replace(sold, asked_at=ended + 2, silent_since=ended)
    assert heard.is_known(ended)
    assert not heard.is_silent(ended)


def test_a_charge_that_nobody_had_to_ask_about_is_not_silent(sold: Charge, clock: FakeClock) -> None:
    clock.move(EXPIRY - 1)
    assert not sold.is_silent(int(clock.time))


def test_one_question_without_an_answer_tells_of_every_charge_that_waits(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock
) -> None:
    """While the wallet fails it is asked rarely, and about one charge at a time."""
    other = charge(shop, Channel.KIOSK, in_sat(1000), "k2")
    wallet.fail_with = WalletUnreachable("down")
    clock.move(SILENT_AFTER)
    ask(shop, sold)
    assert stored(shop, other.id).is_silent(int(clock.time))
    wallet.fail_with = None
    ask(shop, sold)
    assert stored(shop, other.id).is_silent(int(clock.time))
    assert not ask(shop, other).is_silent(int(clock.time))


def test_of_a_charge_that_has_expired_nothing_is_known_until_the_wallet_was_asked(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock
) -> None:
    clock.move(EXPIRY - 1)
    assert ask(shop, sold).is_known(int(clock.time))
    wallet.fail_with = WalletUnreachable("down")
    clock.move(1)
    assert not ask(shop, sold).is_known(int(clock.time))
    clock.move(SILENT_AFTER)
    unknown = stored(shop, sold.id)
    assert not unknown.is_known(int(clock.time))
    assert unknown.is_silent(int(clock.time))
    wallet.fail_with = None
    assert ask(shop, sold).is_known(int(clock.time))
    wallet.fail_with = WalletUnreachable("down")
    clock.move(SILENT_AFTER)
    known = ask(shop, sold)
    assert known.is_known(int(clock.time))
    assert not known.is_silent(int(clock.time))


def test_a_sale_that_was_cancelled_without_the_wallets_word_is_not_known_either(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock
) -> None:
    other = charge(shop, Channel.TILL, in_sat(5), "k2")
    assert cancel(shop, other).is_known(int(clock.time))
    wallet.fail_with = WalletUnreachable("down")
    assert not cancel(shop, sold).is_known(int(clock.time))
    wallet.fail_with = None
    assert ask(shop, sold).is_known(int(clock.time))


def test_after_a_restart_all_of_it_is_known_still(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock
) -> None:
    clock.move(30)
    ask(shop, sold)
    wallet.fail_with = WalletUnreachable("down")
    clock.move(SILENT_AFTER)
    ask(shop, sold)
    restarted = Store(shop.settings.database_url, shop.settings.network)
    found = restarted.get(sold.id)
    restarted.close()
    assert found
    assert (found.asked_at, found.silent_since) == (NOON + 30, NOON + 30 + SILENT_AFTER)


def test_the_charge_of_another_wallet_does_not_wait_for_this_one(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock
) -> None:
    wallet.identity = "fake:2"
    other = charge(shop, Channel.TILL, in_sat(5), "k2")
    wallet.fail_with = WalletUnreachable("down")
    clock.move(SILENT_AFTER)
    assert ask(shop, other).is_silent(int(clock.time))
    assert not stored(shop, sold.id).is_silent(int(clock.time))


def test_who_looks_at_a_charge_that_the_watch_gave_up_before_the_wallet_answered_has_it_asked(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock, led: Callable[[], None]
) -> None:
    clock.move(EXPIRY + DAY - 1)
    led()
    refresh(shop, stored(shop, sold.id))
    assert wallet.look_ups == 0
    clock.move(1)
    led()
    assert refresh(shop, stored(shop, sold.id)).is_known(int(clock.time))
    clock.move(1)
    refresh(shop, stored(shop, sold.id))
    assert wallet.look_ups == 1


@pytest.fixture
def led(shop: Shop, clock: FakeClock) -> Callable[[], None]:
    """Let this process lead the watch at this time."""

    def lead() -> None:
        clock.move(2)
        shop.lease.keep()
        clock.move(-2)
        assert shop.lease.led

    return lead


def test_a_book_that_does_not_take_the_note_takes_nothing_from_the_wallets_word(
    shop: Shop, sold: Charge, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(shop.store, "note_answer", full)
    clock.move(WRITE_EVERY)
    assert settle(shop, sold).asked_at == clock.time


@pytest.fixture(params=[60, -60], ids=["ahead", "behind"])
def elsewhere(request: pytest.FixtureRequest, shop: Shop, clock: FakeClock) -> Shop:
    """The same shop on another host, whose own clock is a minute off; this one's agrees with the database's."""
    shared = SharedClock(ask=clock, own=lambda: clock() + request.param, running=lambda: 0)
    shared.keep()
    return replace(shop, clock=shared)


def test_a_host_with_a_wrong_clock_neither_hides_another_ones_silence_nor_makes_it_up(
    shop: Shop, elsewhere: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    for asks, looks in ((shop, elsewhere), (elsewhere, shop)):
        sold = charge(looks, Channel.TILL, in_sat(2100), f"k{clock()}")
        clock.move(SILENT_AFTER)
        ask(asks, sold)
        wallet.fail_with = WalletUnreachable("down")
        clock.move(SILENT_AFTER - 1)
        assert not ask(asks, sold).is_silent(looks.now())
        clock.move(1)
        assert ask(asks, sold).is_silent(looks.now())
        wallet.fail_with = None
        assert not ask(asks, sold).is_silent(looks.now())


def test_a_host_with_a_wrong_clock_knows_the_end_of_a_sale_when_another_one_has_asked_about_it(
    shop: Shop, elsewhere: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    for asks, looks in ((shop, elsewhere), (elsewhere, shop)):
        sold, cancelled = (charge(looks, Channel.TILL, in_sat(5), f"{name}{clock()}") for name in "ab")
        clock.move(EXPIRY - 1)
        wallet.fail_with = WalletUnreachable("down")
        cancel(looks, cancelled)
        wallet.fail_with = None
        assert ask(asks, cancelled).is_known(looks.now())
        # Asked a second before its end: of that nothing is known yet.
        ask(asks, sold)
        clock.move(1)
        assert not stored(shop, sold.id).is_known(looks.now())
        assert ask(asks, sold).is_known(looks.now())

"""The watch of a shop whose wallet itself tells what may have been paid."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from queue import Empty, Queue

import pytest

from pos.domain.charge import Channel, Charge
from pos.runtime.leader import HEARTBEAT, STALE, watch_of
from pos.runtime.listener import FIRST_PAUSE
from pos.runtime.watch import Watch
from pos.services.charge import charge
from pos.services.settle import settle
from pos.services.watch import open_watch
from pos.shop import Shop
from pos.store import StoreError
from pos.wallets.base import ById, ByPaymentHash, Hint, WalletUnreachable
from tests.conftest import in_sat, lease_of_watch, stored
from tests.fakes import FakeClock, FakeWallet, PushingWallet

# Seconds until a thread that does nothing has certainly got so far.
SOON = 10


@pytest.fixture
def wallet(clock: FakeClock) -> PushingWallet:
    return PushingWallet(clock)


@pytest.fixture
def running() -> FakeClock:
    return FakeClock(0)


@pytest.fixture
def shop(shop: Shop, running: FakeClock) -> Shop:
    return replace(shop, lease=lease_of_watch(shop, running))


@pytest.fixture
def watch(shop: Shop, running: FakeClock) -> Iterator[Watch]:
    watch = open_watch(shop, running=running)
    yield watch
    watch.stop()


@pytest.fixture
def on_hint(watch: Watch, wallet: PushingWallet) -> Callable[[Hint], None]:
    """What the wallet calls to push, now that this process leads and listens."""
    watch.tick()
    return wallet.listening.get(timeout=SOON)


@pytest.fixture
def sold(shop: Shop) -> Charge:
    """Sold, in a test that has asked for `on_hint` first, after the last tick: nothing but a push settles it."""
    return charge(shop, Channel.TILL, in_sat(2100), "k1")


def is_paid(shop: Shop, sold: Charge) -> bool:
    return stored(shop, sold.id).payment is not None


def nothing_in(queue: Queue[Callable[[Hint], None]]) -> bool:
    try:
        queue.get_nowait()
    except Empty:
        return True
    return False


def test_a_push_settles_the_charge_at_once(
    shop: Shop, on_hint: Callable[[Hint], None], sold: Charge, wallet: PushingWallet
) -> None:
    wallet.settle(sold.invoice, 2100)
    on_hint(ByPaymentHash(sold.invoice.payment_hash))
    assert is_paid(shop, sold)


def test_a_push_is_a_hint_and_no_proof(
    shop: Shop, on_hint: Callable[[Hint], None], sold: Charge, wallet: PushingWallet
) -> None:
    on_hint(ById(sold.invoice.id))
    assert wallet.look_ups == 1
    assert not is_paid(shop, sold)


def test_what_was_paid_before_its_turn_came_is_not_asked_about_again(
    shop: Shop, running: FakeClock, wallet: PushingWallet
) -> None:
    put_off: list[Callable[[], None]] = []
    watch = open_watch(shop, running=running, beside=put_off.append)
    watch.tick()
    sold = charge(shop, Channel.TILL, in_sat(2100), "k1")
    running.move(1)
    watch.tick()
    wallet.settle(sold.invoice, 2100)
    settle(shop, sold)
    *_, question = put_off
    question()
    assert wallet.look_ups == 1


@pytest.mark.parametrize("hint", [ById("somebody else's"), ByPaymentHash("00" * 32)])
def test_a_push_about_somebody_elses_invoice_does_nothing(
    shop: Shop, on_hint: Callable[[Hint], None], sold: Charge, wallet: PushingWallet, hint: Hint
) -> None:
    wallet.settle(sold.invoice, 2100)
    on_hint(hint)
    assert wallet.look_ups == 0
    assert not is_paid(shop, sold)


def test_a_wallet_that_cannot_be_asked_takes_nobody_down(
    on_hint: Callable[[Hint], None], sold: Charge, wallet: PushingWallet, caplog: pytest.LogCaptureFixture
) -> None:
    wallet.fail_with = WalletUnreachable("down")
    on_hint(ById(sold.invoice.id))
    assert f"invoice '{sold.invoice.id}': a hint could not be followed: down" in caplog.text


@pytest.mark.usefixtures("on_hint")
def test_one_connection_is_open_however_long_this_process_leads(
    watch: Watch, wallet: PushingWallet, running: FakeClock
) -> None:
    for _ in range(20):
        running.move(HEARTBEAT)
        watch.tick()
    assert nothing_in(wallet.listening)


def test_one_who_fails_to_listen_listens_again_after_a_pause_and_the_watch_goes_on(
    shop: Shop, wallet: PushingWallet, running: FakeClock
) -> None:
    watch = open_watch(shop, running=running, beside=lambda action: action())
    sold = charge(shop, Channel.TILL, in_sat(2100), "k1")
    wallet.fail_with = WalletUnreachable("down")
    for _ in range(2):
        watch.tick()
    assert wallet.listening.qsize() == 1
    running.move(FIRST_PAUSE)
    watch.tick()
    assert wallet.listening.qsize() == 2
    assert wallet.look_ups > 0
    assert not is_paid(shop, sold)


@pytest.mark.usefixtures("on_hint")
def test_a_process_that_loses_the_lease_stops_listening(
    shop: Shop, watch: Watch, wallet: PushingWallet, running: FakeClock
) -> None:
    watch_lease = watch_of(shop.wallet.identity)
    assert shop.store.leases.take("another", shop.store.leases.read(watch_lease), watch_lease)
    running.move(HEARTBEAT)
    watch.tick()
    wallet.ended.get(timeout=SOON)


@pytest.mark.usefixtures("on_hint")
def test_a_process_that_cannot_keep_the_lease_stops_listening(
    shop: Shop, watch: Watch, wallet: PushingWallet, running: FakeClock
) -> None:
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE lease RENAME TO gone")
    running.move(STALE)
    with pytest.raises(StoreError):
        watch.tick()
    wallet.ended.get(timeout=SOON)
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO lease")


@pytest.mark.usefixtures("on_hint")
def test_nobody_listens_once_the_process_ends(watch: Watch, wallet: PushingWallet) -> None:
    watch.run(lambda _seconds: True)
    wallet.ended.get(timeout=SOON)


def test_a_process_that_does_not_lead_does_not_listen(shop: Shop, wallet: PushingWallet, running: FakeClock) -> None:
    open_watch(shop, lead=False, running=running, beside=lambda action: action()).tick()
    assert nothing_in(wallet.listening)


def test_a_wallet_that_does_not_push_costs_no_thread(shop: Shop, clock: FakeClock, running: FakeClock) -> None:
    begun: list[Callable[[], None]] = []
    watch = open_watch(replace(shop, wallet=FakeWallet(clock)), running=running, beside=begun.append)
    watch.tick()
    assert shop.lease.mine
    assert begun == []

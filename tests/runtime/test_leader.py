"""Which of several processes on one book leads."""

import pytest

from pos.runtime.leader import HEARTBEAT, STALE, Lease, watch_of
from pos.settings import Settings
from pos.shop import Shop
from pos.store import Store
from tests.conftest import lease_of_watch
from tests.fakes import FakeClock


@pytest.fixture
def running() -> FakeClock:
    return FakeClock(0)


def live(running: FakeClock, seconds: float, *leases: Lease) -> None:
    """Let time pass, in which these processes do what they do all the time."""
    for _ in range(round(seconds / HEARTBEAT)):
        running.move(HEARTBEAT)
        for lease in leases:
            lease.keep()


@pytest.fixture
def first(shop: Shop, running: FakeClock) -> Lease:
    lease = lease_of_watch(shop, running)
    lease.keep()
    return lease


@pytest.fixture
def second(shop: Shop, running: FakeClock, first: Lease) -> Lease:
    assert first.mine
    lease = lease_of_watch(shop, running)
    lease.keep()
    return lease


def test_the_first_to_come_leads_at_once(first: Lease) -> None:
    assert first.mine
    assert first.led


def test_one_leads_and_the_other_knows_it(first: Lease, second: Lease, running: FakeClock) -> None:
    live(running, 60, first, second)
    assert (first.mine, second.mine) == (True, False)
    assert second.led


def test_a_crashed_leader_is_followed_within_ten_seconds(first: Lease, second: Lease, running: FakeClock) -> None:
    live(running, 20, first, second)
    live(running, STALE - HEARTBEAT, second)
    assert not second.mine
    live(running, 10 - STALE + HEARTBEAT, second)
    assert second.mine


def test_a_leader_that_ends_is_followed_at_its_next_look(first: Lease, second: Lease, running: FakeClock) -> None:
    live(running, 20, first, second)
    first.give_up()
    assert not first.mine
    live(running, HEARTBEAT, second)
    assert second.mine


def test_who_does_not_lead_gives_nothing_up(first: Lease, second: Lease, running: FakeClock) -> None:
    second.give_up()
    live(running, 4, first)
    assert first.mine


def test_of_several_who_try_at_once_one_succeeds(shop: Shop, running: FakeClock, first: Lease) -> None:
    first.keep()
    others = [lease_of_watch(shop, running) for _ in range(5)]
    live(running, 20, *others)
    assert [lease.mine for lease in others].count(True) == 1


def test_a_leader_writes_its_heartbeat_now_and_then_however_often_it_is_called(shop: Shop, running: FakeClock) -> None:
    lease = lease_of_watch(shop, running)
    for _ in range(100):
        lease.keep()
        running.move(HEARTBEAT / 10)
    _, heartbeat = shop.store.leases.read(watch_of(shop.wallet.identity))
    assert heartbeat == 10


def test_two_that_saw_the_same_do_not_both_take_it(shop: Shop) -> None:
    leases = shop.store.leases
    assert leases.take("a", ("", 0), "/watch")
    assert not leases.take("b", ("", 0), "/watch")
    assert leases.take("b", ("a", 1), "/watch")
    assert not leases.take("c", ("a", 1), "/watch")
    assert leases.read("/watch") == ("b", 2)


def test_a_leader_that_was_asleep_leads_no_more_before_it_knows(first: Lease, running: FakeClock) -> None:
    running.move(STALE)
    assert not first.mine


def test_a_leader_that_was_followed_learns_it(first: Lease, second: Lease, running: FakeClock) -> None:
    live(running, 12, second)
    live(running, HEARTBEAT, first)
    assert (first.mine, second.mine) == (False, True)


def test_a_heartbeat_that_was_found_may_be_a_dead_ones(first: Lease, second: Lease, running: FakeClock) -> None:
    assert not second.led
    live(running, HEARTBEAT, first, second)
    assert second.led


def test_a_process_that_may_not_lead_sees_who_does(shop: Shop, running: FakeClock, first: Lease) -> None:
    only_sees = lease_of_watch(shop, running)
    for _ in range(20):
        only_sees.keep(lead=False)
        live(running, HEARTBEAT, first)
    assert only_sees.led
    for _ in range(20):
        only_sees.keep(lead=False)
        running.move(HEARTBEAT)
    assert (only_sees.led, only_sees.mine) == (False, False)


def test_play_money_and_real_money_are_led_apart(settings: Settings, running: FakeClock) -> None:
    leases = [Lease(Store(settings.database_url, it), running, "/watch") for it in ("bc", "bcrt")]
    for lease in leases:
        lease.keep()
    assert [it.mine for it in leases] == [True, True]

"""The watch: every charge that is not paid is asked about when it is due, and never more than the wallet is to bear."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from threading import Event, Thread

import pytest

from pos.domain.charge import Channel, Charge, Settlement
from pos.domain.due import Unpaid
from pos.domain.invoice import Invoice
from pos.runtime.throttle import Throttle
from pos.runtime.watch import TICK, Watch
from pos.services.cancel import cancel
from pos.services.charge import charge
from pos.services.settle import refresh, settle_hint
from pos.services.watch import open_watch
from pos.shop import Shop
from pos.store import Store, StoreError
from pos.wallets.base import ById, WalletBusy, WalletError, WalletUnreachable
from tests.conftest import in_sat, lease_of_watch, stored
from tests.crowd import ask_too
from tests.fakes import NOON, FakeClock, FakeWallet

END = Exception("the process ends")


@dataclass
class Watched:
    """A shop with a watch in hands of the test: time passes in ticks, on the wall and on the running clock alike."""

    shop: Shop
    wallet: FakeWallet
    clock: FakeClock
    running: FakeClock
    asked: list[tuple[float, str]] = field(default_factory=list)
    under_way: list[Callable[[], None]] = field(default_factory=list)
    hangs: bool = False

    def __post_init__(self) -> None:
        self.watch = self.another()
        look_up = self.wallet.look_up

        def noted(invoice: Invoice) -> Settlement | None:
            self.asked.append((self.running(), invoice.id))
            return look_up(invoice)

        self.wallet.look_up = noted  # type: ignore[method-assign]

    def another(self, shop: Shop | None = None, *, lead: bool = True) -> Watch:
        return open_watch(shop or self.shop, lead=lead, running=self.running, beside=self._beside)

    def _beside(self, action: Callable[[], None]) -> None:
        if self.hangs:
            self.under_way.append(action)
        else:
            action()

    def sell(self, key: str = "k1", channel: Channel = Channel.TILL) -> Charge:
        return charge(self.shop, channel, in_sat(2100), key)

    def pass_time(self, seconds: float, *watches: Watch, looking_at: tuple[Charge, ...] = ()) -> None:
        for _ in range(round(seconds / TICK)):
            for it in looking_at:
                self.shop.presence.note(it.id)
            for watch in watches or (self.watch,):
                watch.tick()
            self.clock.move(TICK)
            self.running.move(TICK)

    def times(self, sold: Charge) -> list[float]:
        return [at for at, invoice_id in self.asked if invoice_id == sold.invoice.id]


@pytest.fixture
def running() -> FakeClock:
    return FakeClock(0)


@pytest.fixture
def shop(shop: Shop, running: FakeClock) -> Shop:
    return replace(shop, lease=lease_of_watch(shop, running), throttle=Throttle(5, running))


@pytest.fixture
def watched(shop: Shop, wallet: FakeWallet, clock: FakeClock, running: FakeClock) -> Watched:
    return Watched(shop, wallet, clock, running)


def test_a_payment_that_nobody_looks_at_is_seen(watched: Watched) -> None:
    sold = watched.sell()
    watched.pass_time(200)
    watched.wallet.settle(sold.invoice, 2100)
    watched.pass_time(31)
    assert stored(watched.shop, sold.id).payment


def test_a_charge_on_a_screen_is_asked_about_once_a_second(watched: Watched) -> None:
    sold = watched.sell()
    watched.pass_time(100, looking_at=(sold,))
    assert 80 <= len(watched.times(sold)) <= 100


def test_a_new_charge_is_asked_about_within_a_second(watched: Watched) -> None:
    watched.pass_time(10)
    sold = watched.sell()
    began = watched.running()
    watched.pass_time(2)
    assert watched.times(sold)[0] - began <= 1


def test_a_charge_that_is_looked_at_again_is_asked_about_at_once(watched: Watched) -> None:
    sold = watched.sell()
    watched.pass_time(300)
    watched.shop.presence.note(sold.id)
    began = watched.running()
    watched.pass_time(2, looking_at=(sold,))
    assert next(at for at in watched.times(sold) if at >= began) - began <= 1.2


def test_a_screen_that_waits_on_its_line_counts_as_looking(watched: Watched) -> None:
    sold = watched.sell()
    watched.pass_time(300)
    asked = len(watched.times(sold))
    with watched.shop.broker.subscribe(sold.id):
        watched.pass_time(60)
    assert len(watched.times(sold)) - asked >= 45


def test_thirty_that_nobody_looks_at_cost_no_more_than_the_budget(watched: Watched) -> None:
    for number in range(30):
        watched.sell(f"k{number}")
    watched.pass_time(120)
    times = [at for at, _ in watched.asked]
    assert all(sixth - first > 1 - TICK / 2 for first, sixth in zip(times, times[5:], strict=False))
    assert len({invoice_id for _, invoice_id in watched.asked}) == 30


def test_with_too_little_budget_all_are_asked_more_rarely_alike(watched: Watched) -> None:
    sold = [watched.sell(f"k{number}") for number in range(30)]
    watched.pass_time(60, looking_at=tuple(sold))
    counts = [len(watched.times(it)) for it in sold]
    assert max(counts) - min(counts) <= 2
    assert sum(counts) >= 5 * 50


def test_while_hundreds_of_tips_are_looked_at_a_payment_at_the_till_is_seen_within_two_seconds(
    watched: Watched,
) -> None:
    tips = tuple(watched.sell(f"t{number}", Channel.TIPS) for number in range(200))
    watched.pass_time(2, looking_at=tips)
    sold = watched.sell()
    watched.pass_time(5, looking_at=(*tips, sold))
    watched.wallet.settle(sold.invoice, 2100)
    watched.pass_time(2, looking_at=(*tips, sold))
    assert stored(watched.shop, sold.id).payment


def test_while_the_shop_sells_a_lot_tips_are_asked_about_too(watched: Watched) -> None:
    tips = tuple(watched.sell(f"t{number}", Channel.TIPS) for number in range(3))
    sold = tuple(watched.sell(f"k{number}") for number in range(30))
    watched.pass_time(1)
    for tip in tips:
        watched.wallet.settle(tip.invoice, 2100)
    watched.pass_time(5, looking_at=(*tips, *sold))
    assert all(stored(watched.shop, tip.id).payment for tip in tips)


def test_a_cancelled_sale_is_watched_as_closely_as_before_until_its_invoice_expires(watched: Watched) -> None:
    sold = watched.sell()
    watched.pass_time(60)
    cancel(watched.shop, sold)
    watched.pass_time(400)
    watched.wallet.settle(sold.invoice, 2100)
    watched.pass_time(31)
    assert stored(watched.shop, sold.id).payment


def test_a_sale_that_was_cancelled_while_the_clock_was_set_back_is_watched_all_the_same(watched: Watched) -> None:
    sold = watched.sell()
    watched.clock.move(-7 * 24 * 3600)
    cancel(watched.shop, sold)
    watched.clock.move(7 * 24 * 3600)
    watched.pass_time(1)
    watched.wallet.settle(sold.invoice, 2100)
    watched.pass_time(31)
    assert stored(watched.shop, sold.id).payment


class LongList(Store):
    """A database that takes a while to list all that nobody has paid, and notes what was listed."""

    def __init__(self, store: Store, running: FakeClock, seconds: float) -> None:
        self.__dict__ |= store.__dict__
        self._running, self._seconds = running, seconds
        self.listed_all: list[float] = []

    def unpaid(self, wallet: str, expires_after: int) -> list[Unpaid]:
        if expires_after < NOON - 24 * 60 * 60:
            self.listed_all.append(self._running())
            self._running.move(self._seconds)
        return super().unpaid(wallet, expires_after)


def test_a_long_list_of_old_charges_takes_a_fiftieth_of_the_time_and_holds_up_nothing(
    watched: Watched, shop: Shop
) -> None:
    old = watched.sell("old")
    watched.clock.move(3600)
    store = LongList(shop.store, watched.running, 0.5)
    watched.watch = watched.another(replace(shop, store=store))
    watched.pass_time(12)
    new = watched.sell("new")
    watched.wallet.settle(new.invoice, 2100)
    watched.pass_time(2)
    assert stored(shop, new.id).payment
    watched.wallet.settle(old.invoice, 2100)
    watched.pass_time(4, looking_at=(old,))
    assert stored(shop, old.id).payment
    watched.pass_time(100)
    assert len(store.listed_all) == 5
    assert all(later - earlier >= 25 for earlier, later in pairwise(store.listed_all))


def test_the_newest_screen_goes_first(watched: Watched) -> None:
    old = [watched.sell(f"k{number}") for number in range(30)]
    watched.pass_time(30, looking_at=tuple(old))
    new = watched.sell("new")
    began = watched.running()
    watched.pass_time(3, looking_at=(*old, new))
    assert watched.times(new)[0] - began <= 1.2


def test_a_charge_that_expired_a_day_ago_costs_nothing(watched: Watched) -> None:
    sold = watched.sell()
    watched.pass_time(watched.shop.settings.invoice_expiry + 60)
    asked = len(watched.times(sold))
    watched.clock.move(24 * 60 * 60)
    watched.pass_time(60)
    assert len(watched.times(sold)) == asked


@pytest.mark.parametrize("days", [2, 29])
def test_money_that_came_before_the_till_was_off_for_days_is_found_when_it_is_back(watched: Watched, days: int) -> None:
    sold = watched.sell()
    watched.pass_time(10)
    watched.wallet.settle(sold.invoice, 2100)
    watched.clock.move(days * 24 * 60 * 60)
    watched.watch = watched.another()
    watched.pass_time(2)
    assert stored(watched.shop, sold.id).payment


def test_what_ended_while_the_till_was_off_for_days_is_asked_about_once(watched: Watched) -> None:
    sold, cancelled = watched.sell(), watched.sell("k2")
    watched.pass_time(10)
    watched.wallet.fail_with = WalletUnreachable("down")
    cancel(watched.shop, cancelled)
    watched.wallet.fail_with = None
    watched.asked.clear()
    watched.clock.move(2 * 24 * 60 * 60)
    watched.watch = watched.another()
    watched.pass_time(60)
    assert [len(watched.times(it)) for it in (sold, cancelled)] == [1, 1]


def test_what_ended_more_than_a_month_ago_is_looked_for_no_more(watched: Watched) -> None:
    watched.sell()
    watched.clock.move(40 * 24 * 60 * 60)
    watched.pass_time(60)
    assert watched.asked == []


def test_of_a_charge_that_ended_long_ago_money_is_seen_while_a_screen_looks(watched: Watched) -> None:
    sold = watched.sell()
    watched.pass_time(10)
    # A machine without a battery learns the time.
    watched.clock.move(400 * 24 * 60 * 60)
    watched.pass_time(10, looking_at=(sold,))
    watched.wallet.settle(sold.invoice, 2100)
    watched.pass_time(10, looking_at=(sold,))
    assert stored(watched.shop, sold.id).payment


def test_money_that_comes_an_hour_late_is_seen(watched: Watched) -> None:
    sold = watched.sell()
    watched.clock.move(watched.shop.settings.invoice_expiry + 3600)
    watched.wallet.settle(sold.invoice, 2100)
    watched.pass_time(10)
    assert stored(watched.shop, sold.id).late


def test_a_paid_charge_is_not_asked_about(watched: Watched) -> None:
    sold = watched.sell()
    watched.wallet.settle(sold.invoice, 2100)
    watched.pass_time(60)
    assert len(watched.times(sold)) == 1


def test_what_is_paid_is_forgotten(watched: Watched) -> None:
    sold = watched.sell()
    watched.wallet.settle(sold.invoice, 2100)
    watched.pass_time(5)
    assert not watched.watch._schedule._cases


def test_at_the_start_whatever_is_due_is_picked_up(watched: Watched) -> None:
    sold = [watched.sell(f"k{number}") for number in range(12)]
    watched.pass_time(60)
    for it in sold:
        watched.wallet.settle(it.invoice, 2100)
    watched.watch.stop()
    next_process = watched.another(replace(watched.shop, lease=lease_of_watch(watched.shop, watched.running)))
    watched.pass_time(5, next_process)
    assert all(stored(watched.shop, it.id).payment for it in sold)


def test_only_the_process_that_leads_asks(watched: Watched) -> None:
    sold = watched.sell()
    other = watched.another(replace(watched.shop, lease=lease_of_watch(watched.shop, watched.running)))
    watched.pass_time(100, watched.watch, other, looking_at=(sold,))
    assert len(watched.times(sold)) <= 100


def test_another_process_asks_within_ten_seconds_of_a_crash(watched: Watched) -> None:
    sold = watched.sell()
    other = watched.another(replace(watched.shop, lease=lease_of_watch(watched.shop, watched.running)))
    watched.pass_time(20, watched.watch, other, looking_at=(sold,))
    crashed_at = watched.running()
    watched.pass_time(12, other, looking_at=(sold,))
    assert next(at for at in watched.times(sold) if at > crashed_at + TICK) - crashed_at <= 10


def test_a_watch_that_is_turned_off_asks_nothing_but_tells_what_its_screens_look_at(watched: Watched) -> None:
    sold = watched.sell()
    watched.pass_time(300)
    server = watched.another(replace(watched.shop, lease=lease_of_watch(watched.shop, watched.running)), lead=False)
    watched.watch.stop()
    watched.asked.clear()
    watched.pass_time(20, server, looking_at=(sold,))
    assert watched.asked == []
    (unpaid,) = watched.shop.store.unpaid(watched.shop.wallet.identity, 0)
    assert 4 <= unpaid.looks <= 6


@pytest.mark.parametrize("failure", [WalletUnreachable("gone"), WalletError("nonsense")])
def test_after_an_outage_a_payment_is_seen_within_ten_seconds(watched: Watched, failure: WalletError) -> None:
    sold = watched.sell()
    watched.wallet.fail_with = failure
    watched.pass_time(60, looking_at=(sold,))
    watched.wallet.fail_with = None
    watched.wallet.settle(sold.invoice, 2100)
    watched.pass_time(5, looking_at=(sold,))
    assert stored(watched.shop, sold.id).payment


def test_a_wallet_that_is_down_is_asked_rarely_however_many_wait(watched: Watched) -> None:
    sold = tuple(watched.sell(f"k{number}") for number in range(30))
    watched.wallet.fail_with = WalletUnreachable("gone")
    watched.pass_time(60, looking_at=sold)
    assert len(watched.asked) <= 40


def test_a_wallet_that_hangs_is_asked_again_and_an_earlier_answer_may_still_come(watched: Watched) -> None:
    sold = watched.sell()
    watched.hangs = True
    watched.pass_time(10, looking_at=(sold,))
    assert 2 <= len(watched.under_way) <= 4
    watched.wallet.settle(sold.invoice, 2100)
    watched.under_way[0]()
    assert stored(watched.shop, sold.id).payment


def test_a_wallet_that_hangs_on_everything_is_asked_ever_more_rarely(watched: Watched) -> None:
    sold = tuple(watched.sell(f"k{number}") for number in range(60))
    watched.hangs = True
    watched.pass_time(7, looking_at=sold)
    hanging = len(watched.under_way)
    assert 20 <= hanging <= 35
    watched.pass_time(60, looking_at=sold)
    assert len(watched.under_way) - hanging <= 16


def test_screens_are_asked_about_soon_after_a_wallet_hung_whatever_its_time_limit(watched: Watched) -> None:
    sold = tuple(watched.sell(f"k{number}") for number in range(30))
    watched.hangs = True
    watched.pass_time(20, looking_at=sold)
    watched.hangs = False
    watched.asked.clear()
    healed_at = watched.running()
    watched.pass_time(10, looking_at=sold)
    assert watched.asked[0][0] - healed_at <= 4


def test_a_screen_does_not_wait_for_a_long_list_of_old_charges_after_a_start(watched: Watched) -> None:
    ask_too(watched.shop, watched.sell("old"), [""] * 299)
    shown = watched.sell("shown")
    watched.clock.move(120)
    watched.pass_time(60, looking_at=(shown,))
    times = [at for at in watched.times(shown) if at >= 10]
    assert len(times) >= 30


@pytest.mark.parametrize("hours", [-25, -2, 2, 25])
def test_a_leader_whose_clock_is_wrong_asks_about_what_is_looked_at(watched: Watched, hours: int) -> None:
    wrong = FakeClock(watched.clock.time + 3600 * hours)
    leader = watched.another(replace(watched.shop, clock=wrong))
    sold = watched.sell()
    watched.pass_time(10, leader, looking_at=(sold,))
    watched.wallet.settle(sold.invoice, 2100)
    watched.pass_time(6, leader, looking_at=(sold,))
    assert stored(watched.shop, sold.id).payment


def test_a_question_that_could_not_be_begun_takes_no_place(watched: Watched) -> None:
    sold = watched.sell()

    def no_thread(_action: Callable[[], None]) -> None:
        raise RuntimeError("can't start new thread")

    watch = open_watch(watched.shop, running=watched.running, beside=no_thread)
    with pytest.raises(RuntimeError):
        watched.pass_time(10, watch, looking_at=(sold,))
    assert not watched.shop.lease.led
    watched.pass_time(10, looking_at=(sold,))
    assert watched.times(sold)


def test_a_leader_that_cannot_read_what_is_due_does_not_lead(watched: Watched, shop: Shop) -> None:
    watched.sell()
    watched.pass_time(2)
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    with pytest.raises(StoreError):
        watched.pass_time(2)
    assert not shop.lease.led
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO charge")


def test_the_same_hint_again_and_again_is_one_question_a_second(watched: Watched) -> None:
    sold = watched.sell()
    for _ in range(50):
        settle_hint(watched.shop, ById(sold.invoice.id))
    assert len(watched.asked) == 1


def test_no_hint_is_followed_while_the_wallet_wants_to_be_left_alone(watched: Watched) -> None:
    sold = watched.sell()
    watched.wallet.fail_with = WalletBusy("429", 60)
    watched.pass_time(1, looking_at=(sold,))
    watched.asked.clear()
    settle_hint(watched.shop, ById(sold.invoice.id))
    assert watched.asked == []


def test_where_nobody_watches_the_pages_keep_to_the_budget(watched: Watched) -> None:
    sold = [watched.sell(f"k{number}") for number in range(30)]
    for it in sold:
        refresh(watched.shop, it)
    assert len(watched.asked) == 5


def test_a_wallet_that_wants_to_be_left_alone_is_left_alone_for_so_long(watched: Watched) -> None:
    sold = watched.sell()
    watched.wallet.fail_with = WalletBusy("429", 8)
    watched.pass_time(1, looking_at=(sold,))
    watched.wallet.fail_with = None
    watched.asked.clear()
    busy_since = watched.running()
    watched.pass_time(20, looking_at=(sold,))
    assert 7 - TICK <= watched.asked[0][0] - busy_since + 1 <= 9


def test_one_charge_that_the_wallet_fails_on_does_not_hold_up_the_others(watched: Watched) -> None:
    bad, good = watched.sell("bad"), watched.sell("good")

    def fails_on_one() -> None:
        if watched.asked[-1][1] == bad.invoice.id:
            raise WalletError("LnTx not found")

    watched.wallet.before_look_up = fails_on_one
    watched.pass_time(60, looking_at=(bad, good))
    assert len(watched.times(good)) >= 45


@pytest.mark.parametrize("step", [-7200, 7200])
def test_a_server_clock_that_is_stepped_loses_no_payment(watched: Watched, step: int) -> None:
    sold = watched.sell()
    watched.pass_time(10, looking_at=(sold,))
    watched.clock.move(step)
    watched.wallet.settle(sold.invoice, 2100)
    watched.pass_time(6, looking_at=(sold,))
    assert stored(watched.shop, sold.id).payment


def test_the_watch_goes_on_when_the_book_is_back(watched: Watched, shop: Shop) -> None:
    sold = watched.sell()
    watched.pass_time(2)
    watched.wallet.settle(sold.invoice, 2100)
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    with pytest.raises(StoreError):
        watched.pass_time(2)
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO charge")
    watched.pass_time(3)
    assert stored(shop, sold.id).payment


def test_nothing_ends_the_watch_but_the_end_of_the_process(watched: Watched, caplog: pytest.LogCaptureFixture) -> None:
    ticks = iter([StoreError("locked"), StoreError("locked"), None, ValueError("our own fault"), END])
    ended, watch = Event(), watched.watch

    def tick() -> None:
        trouble = next(ticks)
        if trouble is END:
            ended.set()
        elif trouble:
            raise trouble

    watch.tick = tick  # type: ignore[method-assign]
    running = Thread(target=watch.run, args=(ended.wait,))
    running.start()
    running.join(10)
    assert not running.is_alive()
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]


def test_while_a_watch_leads_a_page_is_answered_from_the_book(watched: Watched) -> None:
    sold = watched.sell()
    watched.pass_time(3)
    watched.asked.clear()
    watched.wallet.fail_with = WalletUnreachable("hangs")
    assert refresh(watched.shop, sold) == sold
    assert watched.asked == []


def test_a_page_asks_the_wallet_itself_where_nobody_watches(watched: Watched) -> None:
    sold = watched.sell()
    watched.wallet.settle(sold.invoice, 2100)
    assert refresh(watched.shop, sold).payment


def test_a_hint_that_comes_too_soon_is_looked_into_again_soon(watched: Watched) -> None:
    sold = watched.sell()
    watched.pass_time(300)
    settle_hint(watched.shop, ById(sold.invoice.id))
    watched.wallet.settle(sold.invoice, 2100)
    watched.pass_time(2)
    assert stored(watched.shop, sold.id).payment


def test_the_lag_tells_how_late_the_watch_is(watched: Watched) -> None:
    sold = watched.sell()
    watched.pass_time(10, looking_at=(sold,))
    assert watched.watch.lag <= TICK
    watched.wallet.fail_with = WalletBusy("429", 60)
    watched.pass_time(30, looking_at=(sold,))
    assert 25 <= watched.watch.lag <= 30


def test_at_the_end_of_the_process_its_screens_and_the_lease_go_to_another(watched: Watched) -> None:
    pauses: list[float] = []

    def is_over(seconds: float) -> bool:
        pauses.append(seconds)
        return len(pauses) == 3

    watched.watch.run(is_over)
    assert pauses == [TICK] * 3
    assert watched.shop.broker.closed
    assert not watched.shop.lease.mine

"""The broker: screens hear of a payment, whichever process wrote it down, and what one screen is sent."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Thread
from time import monotonic

import pytest

from pos import close, create_app
from pos.domain.charge import Channel, Charge, Status
from pos.domain.jar import Jar, jar_topic
from pos.runtime.broker import Broker
from pos.services.cancel import cancel
from pos.services.charge import charge
from pos.services.follow import FINAL_FOR, HEARTBEAT, follow
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from pos.store import Store, StoreError
from tests.conftest import in_sat
from tests.fakes import FakeClock, FakeWallet

# Seconds after which a test gives up.
PATIENCE = 10


@pytest.fixture
def sold(shop: Shop) -> Charge:
    return charge(shop, Channel.TILL, in_sat(2100, "Coffee"), "k1")


@pytest.fixture
def other_process(settings: Settings, wallet: FakeWallet, clock: FakeClock) -> Iterator[Shop]:
    app = create_app(settings, wallet=wallet, clock=clock)
    yield app.extensions["shop"]
    close(app)


def followed(shop: Shop, sold: Charge, heartbeat: float = HEARTBEAT) -> Iterator[Charge | None]:
    """Follow a charge that is there."""
    sent = follow(shop, sold.id, heartbeat)
    assert sent
    return sent


def statuses(shop: Shop, sent: Iterator[Charge | None], count: int) -> list[Status]:
    """Read so many changes, past the heartbeats."""
    changes = (it.status(shop.now()) for it in sent if it)
    return [next(changes) for _ in range(count)]


def test_a_screen_is_woken_by_news_of_its_charge(shop: Shop) -> None:
    with shop.broker.subscribe("c1") as news:
        shop.broker.publish("c1")
        assert news.wait(0)


def test_a_screen_is_not_woken_by_news_of_another(shop: Shop) -> None:
    with shop.broker.subscribe("c1") as news:
        shop.broker.publish("c2")
        assert not news.wait(0)


def test_only_the_caller_whose_update_changed_the_row_publishes(shop: Shop, sold: Charge, wallet: FakeWallet) -> None:
    published: list[str] = []

    class Heard(Broker):
        def publish(self, charge_id: str) -> None:
            published.append(charge_id)

    heard = replace(shop, broker=Heard(shop.store))
    wallet.settle(sold.invoice, 2100)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: settle(heard, sold), range(8)))
    assert published == [sold.id]


def test_every_screen_of_a_charge_is_woken(shop: Shop) -> None:
    with shop.broker.subscribe("c1") as one, shop.broker.subscribe("c1") as two:
        assert shop.broker.subscriber_count == 2
        shop.broker.publish("c1")
        assert one.wait(0)
        assert two.wait(0)
    assert shop.broker.subscriber_count == 0
    assert list(shop.broker.waiting()) == []


def test_every_visitor_of_a_jar_is_woken_and_those_who_left_are_not(shop: Shop) -> None:
    topic = jar_topic("cello")
    with shop.broker.subscribe(topic) as one, shop.broker.subscribe(topic) as two:
        with shop.broker.subscribe(topic) as gone:
            assert shop.broker.subscriber_count == 3
        shop.broker.publish(topic)
        assert one.wait(0)
        assert two.wait(0)
        assert not gone.wait(0)
        assert list(shop.broker.waiting()) == [topic]
    assert shop.broker.subscriber_count == 0
    assert list(shop.broker.waiting()) == []


def test_what_was_told_of_a_jar_is_known_as_long_as_somebody_waits(shop: Shop) -> None:
    topic = jar_topic("cello")
    assert shop.broker.told(topic) is None
    with shop.broker.subscribe(topic):
        first = shop.broker.told(topic)
        assert shop.broker.told(topic) == first is not None
        with shop.broker.subscribe(topic):
            assert shop.broker.told(topic) == first
        shop.broker.publish(topic)
        assert shop.broker.told(topic) != first
        last = shop.broker.told(topic)
    assert shop.broker.told(topic) is None
    with shop.broker.subscribe(topic):
        assert shop.broker.told(topic) not in (None, last)


def test_visitors_of_jars_leave_room_for_who_pays(shop: Shop) -> None:
    shop.broker.most_visitors = 2
    with shop.broker.subscribe("a charge"), shop.broker.subscribe(jar_topic("cello")):
        assert not shop.broker.is_crowded()
        with shop.broker.subscribe(jar_topic("hat")):
            assert shop.broker.is_crowded()
        assert not shop.broker.is_crowded()


def test_what_another_process_does_to_a_jar_wakes_its_visitors_here(shop: Shop, other_process: Shop) -> None:
    other_process.store.jars.add(Jar(name="hat", title="Hat", currency="SAT"))
    with shop.broker.subscribe(jar_topic("hat")) as news:
        # The first may be about what was there before.
        while news.wait(0.5):
            pass
        other_process.store.jars.empty("hat")
        assert news.wait(PATIENCE)


def test_a_payment_that_another_process_writes_down_wakes_the_screens_of_this_one(
    shop: Shop, other_process: Shop, sold: Charge, wallet: FakeWallet
) -> None:
    with shop.broker.subscribe(sold.id) as news:
        wallet.settle(sold.invoice, 2100)
        settle(other_process, sold)
        assert news.wait(PATIENCE)


def test_a_payment_that_was_written_down_while_nobody_listened_is_told(
    shop: Shop, other_process: Shop, sold: Charge, wallet: FakeWallet
) -> None:
    wallet.settle(sold.invoice, 2100)
    settle(other_process, sold)
    with shop.broker.subscribe(sold.id) as news:
        assert news.wait(PATIENCE)


def test_screens_that_come_and_go_are_all_told(shop: Shop, other_process: Shop, wallet: FakeWallet) -> None:
    """The one that listens for them ends with the last of them, and is there again for the next."""

    def see_a_sale(number: int) -> bool:
        sale = charge(shop, Channel.TILL, in_sat(5), f"k{number}")
        with shop.broker.subscribe(sale.id) as news:
            wallet.settle(sale.invoice, 5)
            settle(other_process, sale)
            return news.wait(PATIENCE)

    with ThreadPoolExecutor(4) as people:
        assert all(people.map(see_a_sale, range(12)))


def test_the_book_is_listened_to_only_while_somebody_waits(shop: Shop) -> None:
    broker = Broker(shop.store)
    before = set(threading.enumerate())
    with broker.subscribe("c1") as news:
        assert set(threading.enumerate()) <= before
        news.wait(0)
        news.wait(0)
        (listening,) = set(threading.enumerate()) - before
    listening.join(PATIENCE)
    assert not listening.is_alive()


def test_the_listening_goes_on_after_the_book_was_away(
    shop: Shop, other_process: Shop, sold: Charge, wallet: FakeWallet
) -> None:
    class Away(Store):
        """A book that cannot be listened to at first."""

        times = 0

        def ended_among(self, charge_ids: object) -> set[tuple[str, bool]]:
            self.times += 1
            if self.times < 3:
                raise StoreError("away")
            return super().ended_among(charge_ids)  # type: ignore[arg-type]

    away = Away(shop.settings.database_url, shop.settings.network)
    broker = Broker(away, pause=0.01)
    with broker.subscribe(sold.id) as news:
        wallet.settle(sold.invoice, 2100)
        settle(other_process, sold)
        assert news.wait(PATIENCE)
    broker.close()
    away.close()


def test_a_screen_is_sent_the_present_state_at_once(shop: Shop, sold: Charge) -> None:
    assert statuses(shop, followed(shop, sold), 1) == [Status.OPEN]


def test_a_screen_is_sent_a_payment_once(shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock) -> None:
    sent = followed(shop, sold)
    assert statuses(shop, sent, 1) == [Status.OPEN]
    wallet.settle(sold.invoice, 2100)
    settle(shop, sold)
    assert statuses(shop, sent, 1) == [Status.PAID]
    clock.move(FINAL_FOR)
    shop.broker.publish(sold.id)
    assert [it for it in sent if it] == []


def test_what_comes_between_reading_the_book_and_the_first_word_is_not_lost(
    shop: Shop, sold: Charge, wallet: FakeWallet
) -> None:
    sent = followed(shop, sold)
    wallet.settle(sold.invoice, 2100)
    settle(shop, sold)
    assert next(sent) == sold
    assert statuses(shop, sent, 1) == [Status.PAID]


def test_a_screen_is_sent_that_the_time_is_up(shop: Shop, sold: Charge, clock: FakeClock) -> None:
    sent = followed(shop, sold)
    statuses(shop, sent, 1)
    clock.move(shop.settings.invoice_expiry)
    shop.broker.publish(sold.id)
    assert statuses(shop, sent, 1) == [Status.EXPIRED]


def test_a_screen_is_sent_money_that_is_a_little_late(
    shop: Shop, sold: Charge, clock: FakeClock, wallet: FakeWallet
) -> None:
    clock.move(shop.settings.invoice_expiry + FINAL_FOR - 1)
    sent = followed(shop, sold)
    assert statuses(shop, sent, 1) == [Status.EXPIRED]
    wallet.settle(sold.invoice, 2100)
    settle(shop, sold)
    assert statuses(shop, sent, 1) == [Status.PAID]


@pytest.mark.parametrize("paid", [True, False])
def test_a_state_that_has_been_final_for_a_while_is_sent_and_that_is_all(
    shop: Shop, sold: Charge, clock: FakeClock, wallet: FakeWallet, paid: bool
) -> None:
    if paid:
        wallet.settle(sold.invoice, 2100)
        settle(shop, sold)
    clock.move(shop.settings.invoice_expiry + FINAL_FOR)
    assert len(list(followed(shop, sold))) == 1


def test_the_end_of_the_process_sends_its_screens_to_another(shop: Shop, sold: Charge) -> None:
    sent = followed(shop, sold)
    statuses(shop, sent, 1)
    ending = Thread(target=shop.broker.close)
    ending.start()
    assert [it for it in sent if it] == []
    ending.join()


def test_a_book_that_cannot_be_read_ends_a_stream_and_no_more(shop: Shop, sold: Charge) -> None:
    sent = followed(shop, sold)
    statuses(shop, sent, 1)
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    shop.broker.publish(sold.id)
    assert [it for it in sent if it] == []
    assert shop.broker.subscriber_count == 0


def test_a_screen_asks_by_itself_where_nobody_watches(
    shop: Shop, sold: Charge, wallet: FakeWallet, clock: FakeClock
) -> None:
    sent = followed(shop, sold)
    assert statuses(shop, sent, 1) == [Status.OPEN]
    wallet.settle(sold.invoice, 2100)
    clock.move(1)
    began = monotonic()
    assert statuses(shop, sent, 1) == [Status.PAID]
    assert monotonic() - began < HEARTBEAT


@pytest.mark.parametrize("watched", [True, False])
def test_a_screen_without_news_is_sent_heartbeats(shop: Shop, sold: Charge, watched: bool) -> None:
    shop.lease.keep(lead=watched)
    assert shop.lease.led is watched
    sent = followed(shop, sold, heartbeat=0.01)
    assert next(sent) == sold
    assert [next(sent) for _ in range(3)] == [None, None, None]


def test_a_charge_that_is_not_there_is_followed_by_nothing(shop: Shop) -> None:
    assert follow(shop, "none") is None
    assert shop.broker.subscriber_count == 0


def test_what_another_process_cancelled_and_what_is_paid_after_all_are_both_told(
    shop: Shop, other_process: Shop, sold: Charge, wallet: FakeWallet
) -> None:
    with shop.broker.subscribe(sold.id) as news:
        cancel(other_process, sold)
        assert news.wait(PATIENCE)
        wallet.settle(sold.invoice, 2100)
        settle(other_process, sold)
        assert news.wait(PATIENCE)

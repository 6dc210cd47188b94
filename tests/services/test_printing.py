"""Receipts on paper: each once, whatever happens to the printer and the till, or twice and with its mark."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count

import pytest

from pos.domain.charge import Channel, Charge
from pos.domain.money import SAT, Money
from pos.domain.printer import PrinterError, Trouble
from pos.domain.refund import Refund
from pos.domain.report import Entry
from pos.runtime.leader import STALE, watch_of
from pos.runtime.print_queue import GIVE_UP, PrintQueue
from pos.services.cancel import cancel
from pos.services.charge import charge, charge_again
from pos.services.printing import TOLD_FOR, ask_print, ask_refund_print, open_print_queue, unprinted
from pos.services.refund import Wish, refund
from pos.services.settle import settle
from pos.services.settle_refund import settle_refund_by_hand
from pos.shop import Shop
from pos.store import Store, StoreError
from tests.conftest import in_sat
from tests.fakes import FakeClock, FakePrinter, FakeWallet

OFF = PrinterError(Trouble.SILENT, "it is off")
EMPTY = PrinterError(Trouble.PAPER, "it is out of paper")
CUT_OFF = PrinterError(Trouble.STOPPED, "the line broke", begun=True)
KEYS = count()


def at_once(action: Callable[[], None]) -> None:
    action()


@dataclass
class Stall:
    """A shop with a printer, and the process of its till that prints."""

    shop: Shop
    printer: FakePrinter
    wallet: FakeWallet
    clock: FakeClock
    beside: Callable[[Callable[[], None]], None] = at_once
    queue: PrintQueue = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        queue = open_print_queue(self.shop, running=self.clock, beside=self.beside)
        assert queue
        self.queue = queue

    def sell(self, channel: Channel = Channel.TILL) -> Charge:
        return charge(self.shop, channel, replace(in_sat(2100), till="till"), f"key-{next(KEYS)}")

    def paid(self, channel: Channel = Channel.TILL) -> Charge:
        return self.pay(self.sell(channel))

    def pay(self, made: Charge) -> Charge:
        self.wallet.settle(made.invoice, made.amount_sat)
        return settle(self.shop, made)

    def entry(self, sold: Charge) -> Entry:
        assert sold.number
        entry = self.shop.store.entry(sold.number)
        assert entry
        return entry

    def give_back(self, sold: Charge) -> Refund:
        phone = FakeWallet(self.clock)
        to = phone.sign(100, "", 3600).invoice.payment_request
        return refund(self.shop, self.entry(sold), Wish(Money(100, SAT), "Cold", to=to), f"key-{next(KEYS)}")

    def paid_back(self, given: Refund) -> Refund:
        settle_refund_by_hand(self.shop, given)
        found = self.shop.store.refunds.get(given.id)
        assert found
        return found

    def live(self, seconds: float) -> None:
        """Let time pass, in which the process does what it does all the time."""
        for _ in range(max(1, round(seconds))):
            self.clock.move(min(1, seconds))
            self.queue.tick()

    def told(self) -> str | None:
        found = unprinted(self.shop)
        return str(found.sentence) if found else None


@pytest.fixture
def printer() -> FakePrinter:
    return FakePrinter()


@pytest.fixture
def stall(shop: Shop, printer: FakePrinter, wallet: FakeWallet, clock: FakeClock) -> Stall:
    return Stall(replace(shop, printer=printer), printer, wallet, clock)


def only_asked(stall: Stall) -> None:
    """Print by a tap alone from now on."""
    stall.shop = replace(stall.shop, settings=replace(stall.shop.settings, print_when="tap"))
    stall.start()


def test_a_receipt_is_printed_when_it_is_paid_and_once(stall: Stall) -> None:
    sold = stall.paid()
    open_sale = stall.sell()
    stall.live(30)
    assert stall.printer.printed == [(sold.id, False)]
    paid = stall.pay(open_sale)
    stall.live(2)
    assert stall.printer.printed == [(sold.id, False), (paid.id, False)]


@pytest.mark.parametrize(("channel", "prints"), [("till", True), ("kiosk", True), ("api", True), ("tips", False)])
def test_a_tip_in_the_jar_prints_nothing(stall: Stall, channel: str, prints: bool) -> None:
    stall.paid(Channel(channel))
    stall.live(2)
    assert bool(stall.printer.printed) is prints


def test_what_is_paid_a_second_time_has_its_receipt_already(stall: Stall) -> None:
    first = stall.sell()
    cancel(stall.shop, first)
    second = stall.pay(charge_again(stall.shop, stall.shop.store.get(first.id) or first))
    stall.live(2)
    stall.pay(first)
    stall.live(2)
    assert stall.printer.printed == [(second.id, False)]


def test_what_was_paid_long_ago_is_not_printed_by_itself(stall: Stall) -> None:
    stall.paid()
    stall.clock.move(GIVE_UP + 1)
    stall.live(2)
    assert stall.printer.printed == []


def test_without_a_tap_nothing_is_printed_where_the_shop_wants_it_so(stall: Stall) -> None:
    only_asked(stall)
    sold, other = stall.paid(), stall.paid()
    stall.live(5)
    assert stall.printer.printed == []
    assert ask_print(stall.shop, other)
    stall.live(2)
    assert stall.printer.printed == [(other.id, False)]
    assert ask_print(stall.shop, sold)
    stall.live(2)
    assert stall.printer.printed == [(other.id, False), (sold.id, False)]


def test_a_tap_prints_once_more_and_says_so_and_two_taps_at_once_are_one(stall: Stall) -> None:
    sold = stall.paid()
    stall.live(2)
    assert ask_print(stall.shop, sold)
    assert ask_print(stall.shop, sold)
    stall.live(5)
    assert stall.printer.printed == [(sold.id, False), (sold.id, True)]


def test_the_receipt_of_a_refund_is_printed_when_it_is_paid_and_once(stall: Stall) -> None:
    sold = stall.paid()
    given = stall.give_back(sold)
    stall.live(30)
    assert stall.printer.printed == [(sold.id, False)]
    stall.paid_back(given)
    stall.live(30)
    assert stall.printer.printed == [(sold.id, False), (f"{sold.id} refund 1", False)]


def test_that_of_a_tip_is_not_nor_one_of_long_ago(stall: Stall) -> None:
    tip, old = stall.paid(Channel.TIPS), stall.paid()
    stall.live(2)
    stall.paid_back(stall.give_back(tip))
    stall.live(2)
    stall.paid_back(stall.give_back(old))
    stall.clock.move(GIVE_UP + 1)
    stall.live(2)
    assert stall.printer.printed == [(old.id, False)]


def test_a_tap_prints_that_of_a_refund_beside_that_of_its_sale_and_each_has_its_own_mark(stall: Stall) -> None:
    only_asked(stall)
    sold = stall.paid()
    given = stall.give_back(sold)
    entry = stall.entry(sold)
    assert not ask_refund_print(stall.shop, entry, given)
    given = stall.paid_back(given)
    stall.live(5)
    assert stall.printer.printed == []
    for _ in range(2):
        assert ask_refund_print(stall.shop, entry, given)
        assert ask_print(stall.shop, sold)
    stall.live(5)
    assert ask_refund_print(stall.shop, entry, given)
    stall.live(5)
    of_refund = f"{sold.id} refund 1"
    assert sorted(stall.printer.printed[:2]) == [(sold.id, False), (of_refund, False)]
    assert stall.printer.printed[2:] == [(of_refund, True)]
    assert not ask_refund_print(replace(stall.shop, printer=None), entry, given)


def test_both_receipts_of_a_sale_that_are_asked_for_at_once_are_printed(stall: Stall, database_url: str) -> None:
    only_asked(stall)
    sold = stall.paid()
    stall.paid_back(stall.give_back(sold))
    stores = [Store(database_url, "bcrt") for _ in range(6)]
    with ThreadPoolExecutor() as people:
        asked = [
            people.submit(store.print_jobs.ask, sold.id, stall.shop.now(), refund=n % 2, again=True)
            for n, store in enumerate(stores)
        ]
        assert sum(it.result() for it in asked) == 2
    stall.live(5)
    assert sorted(stall.printer.printed) == [(sold.id, False), (f"{sold.id} refund 1", False)]
    for store in stores:
        store.close()


def test_there_is_nothing_to_print_of_what_is_not_paid_or_where_there_is_no_printer(stall: Stall, shop: Shop) -> None:
    assert not ask_print(stall.shop, stall.sell())
    assert not ask_print(shop, stall.paid())
    assert open_print_queue(shop) is None
    assert unprinted(shop) is None


def test_a_printer_that_is_gone_for_a_minute_prints_all_when_it_is_back_in_their_order(stall: Stall) -> None:
    stall.printer.fail_with = OFF
    sold = [stall.paid() for _ in range(2)]
    stall.live(1)
    sold.append(stall.paid())
    stall.live(60)
    assert stall.printer.printed == []
    stall.printer.fail_with = None
    stall.live(25)
    assert sorted(stall.printer.printed[:2]) == sorted((it.id, False) for it in sold[:2])
    assert stall.printer.printed[2:] == [(sold[2].id, False)]


def test_one_that_fails_is_asked_more_and_more_rarely_and_works_again_at_once(stall: Stall) -> None:
    stall.printer.fail_with = OFF
    stall.paid()
    stall.live(100)
    assert 6 <= stall.printer.tried <= 10
    stall.printer.fail_with = None
    stall.live(21)
    stall.paid()
    stall.live(1)
    assert len(stall.printer.printed) == 2


def test_what_was_cut_off_in_the_middle_is_printed_again_with_its_mark(stall: Stall) -> None:
    stall.printer.fail_with = CUT_OFF
    sold = stall.paid()
    stall.live(1)
    stall.printer.fail_with = OFF
    stall.live(5)
    stall.printer.fail_with = None
    stall.live(30)
    assert stall.printer.printed == [(sold.id, True)]


def test_what_is_cut_off_twice_is_printed_no_third_time_and_keeps_no_other_one_back(stall: Stall) -> None:
    stall.printer.fail_with = CUT_OFF
    first = stall.paid()
    stall.live(1)
    second = stall.paid()
    stall.live(4)
    assert first.number
    assert f"The receipt of {first.number.count} was not printed" in (stall.told() or "")
    stall.printer.fail_with = None
    stall.live(60)
    assert stall.printer.printed == [(second.id, False)]
    assert stall.printer.tried == 3


def test_a_crash_while_it_prints_prints_again_with_its_mark(stall: Stall) -> None:
    """Whoever starts again cannot know how much of it is on paper."""
    stall.beside = lambda _action: None
    stall.start()
    sold = stall.paid()
    stall.live(2)
    stall.beside = at_once
    stall.start()
    stall.live(STALE + 4)
    assert stall.printer.printed == [(sold.id, True)]


def test_a_crash_before_it_prints_loses_nothing(stall: Stall) -> None:
    sold = stall.paid()
    stall.start()
    stall.live(STALE + 4)
    assert stall.printer.printed == [(sold.id, False)]


def test_a_receipt_that_the_database_did_not_give_is_no_second_one_once_it_does(
    stall: Stall, monkeypatch: pytest.MonkeyPatch
) -> None:
    sold = stall.paid()

    def gone(*_: object) -> None:
        raise StoreError("gone")

    with monkeypatch.context() as outage, suppress(StoreError):
        outage.setattr(stall.shop.store, "get_sale", gone)
        stall.live(1)
    stall.live(5)
    assert stall.printer.printed == [(sold.id, False)]


def test_a_second_process_prints_nothing_while_the_first_one_lives(stall: Stall) -> None:
    waiting: list[Callable[[], None]] = []
    stall.beside = waiting.append
    stall.start()
    sold = stall.paid()
    stall.live(1)
    first, stall.beside = stall.queue, at_once
    stall.start()
    for _ in range(60):
        stall.live(1)
        first.tick()
    assert len(waiting) == 1
    assert stall.printer.printed == []
    waiting[0]()
    stall.live(5)
    assert stall.printer.printed == [(sold.id, False)]


def test_two_who_ask_at_the_same_moment_have_it_printed_once(stall: Stall, database_url: str) -> None:
    only_asked(stall)
    sold = stall.paid()
    stores = [Store(database_url, "bcrt") for _ in range(6)]
    with ThreadPoolExecutor() as people:
        asked = [people.submit(store.print_jobs.ask, sold.id, stall.shop.now(), again=True) for store in stores]
        assert sum(it.result() for it in asked) == 1
    stall.live(5)
    assert stall.printer.printed == [(sold.id, False)]
    for store in stores:
        store.close()


def test_the_printer_and_the_watch_are_led_by_whoever_is_there_for_each(stall: Stall) -> None:
    stall.live(1)
    assert stall.shop.store.leases.read("/printer")[0]
    assert stall.shop.store.leases.read(watch_of(stall.shop.wallet.identity)) == ("", 0)


def test_who_ends_in_good_order_leaves_the_printer_to_the_next_one(stall: Stall) -> None:
    stall.live(1)
    stall.queue.stop()
    sold = stall.paid()
    stall.start()
    stall.live(3)
    assert stall.printer.printed == [(sold.id, False)]


def test_the_cashier_is_told_while_it_is_tried_and_when_it_was_given_up(stall: Stall) -> None:
    stall.printer.fail_with = EMPTY
    sold = stall.paid()
    assert sold.number
    stall.live(1)
    found = unprinted(stall.shop)
    assert found
    number = sold.number.count
    assert str(found.sentence) == f"The receipt of {number} was not printed: the printer is out of paper."
    assert (found.tried, found.others) == (True, 0)
    stall.live(GIVE_UP + 1)
    found = unprinted(stall.shop)
    assert found
    assert found.tried is False
    stall.printer.fail_with = None
    stall.live(30)
    assert stall.printer.printed == []
    stall.clock.move(TOLD_FOR)
    assert stall.told() is None


def test_the_last_one_is_told_and_how_many_there_are_besides(stall: Stall) -> None:
    stall.printer.fail_with = OFF
    first = stall.paid()
    for _ in range(2):
        stall.live(25)
        stall.paid()
    stall.live(1)
    found = unprinted(stall.shop)
    assert found
    assert first.number
    assert str(found.sentence) == f"The receipt of {first.number.count} was not printed: the printer does not answer."
    assert found.others == 2


def test_nothing_is_told_any_more_once_it_is_printed_by_itself_or_by_a_tap(stall: Stall) -> None:
    stall.printer.fail_with = OFF
    sold = stall.paid()
    stall.live(5)
    assert stall.told()
    stall.printer.fail_with = None
    stall.live(20)
    assert stall.told() is None
    stall.printer.fail_with = CUT_OFF
    sold = stall.paid()
    stall.live(GIVE_UP + 2)
    assert "was not printed to its end" in (stall.told() or "")
    stall.printer.fail_with = None
    ask_print(stall.shop, sold)
    stall.live(21)
    assert stall.told() is None
    assert stall.printer.printed[-1] == (sold.id, True)


def test_a_receipt_that_cannot_be_drawn_keeps_no_other_one_back(stall: Stall) -> None:
    stall.printer.fail_with = PrinterError(Trouble.BROKEN, "a fault")
    stall.paid()
    stall.live(1)
    stall.printer.fail_with = None
    sold = stall.paid()
    stall.live(1)
    assert stall.printer.printed == [(sold.id, False)]
    assert stall.printer.tried == 2
    assert "could not be drawn" in (stall.told() or "")


def test_nor_does_one_whose_sale_makes_no_sense_any_more(stall: Stall, caplog: pytest.LogCaptureFixture) -> None:
    spoilt = stall.paid()
    with stall.shop.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE sale_line SET text = 'Tea', unit_price = 1")
    stall.live(1)
    sold = stall.paid()
    stall.live(30)
    assert stall.printer.printed == [(sold.id, False)]
    assert caplog.text.count("Traceback") == 1
    assert f"charge {spoilt.id}: its receipt was not printed" in caplog.text
    assert "could not be drawn" in (stall.told() or "")


def test_nor_does_one_over_which_the_printer_itself_stumbles_and_that_is_printed_again_with_its_mark(
    stall: Stall,
) -> None:
    stall.printer.fail_with = ValueError("a fault of ours")
    stumbled = stall.paid()
    stall.live(1)
    stall.printer.fail_with = None
    sold = stall.paid()
    stall.live(30)
    assert stall.printer.printed == [(sold.id, False)]
    assert stall.printer.tried == 2
    ask_print(stall.shop, stumbled)
    stall.live(1)
    assert stall.printer.printed[-1] == (stumbled.id, True)


def test_printing_goes_on_when_the_database_is_back_and_whatever_stumbles(
    stall: Stall, caplog: pytest.LogCaptureFixture
) -> None:
    turns = iter([StoreError("gone"), StoreError("gone"), ValueError("a fault of ours"), None, None])
    tick = stall.queue.tick

    def stumbling() -> None:
        error = next(turns)
        if error:
            raise error
        tick()

    stall.queue.tick = stumbling  # type: ignore[method-assign]
    sold, ends = stall.paid(), iter([False, False, False, False, True])
    stall.queue.run(lambda _seconds: next(ends))
    assert stall.printer.printed == [(sold.id, False)]
    assert caplog.text.count("printing cannot use the database") == 1
    assert "printing stumbled" not in caplog.text

"""Shifts in the book: whoever pays and whoever closes meanwhile, each payment is in one report, and in one only."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text

from pos.domain.charge import READ_WITHIN, Channel, Charge, Payment
from pos.domain.invoice import Invoice
from pos.domain.money import Money
from pos.domain.rate import Rate
from pos.domain.refund import Refund, RefundPayment, Rest
from pos.domain.report import GivenBack, Part, Selection
from pos.domain.sale import Fiat, Line, Sale
from pos.domain.shift import Begun, Shift, digest, list_of
from pos.domain.tax import parse_tax_rate
from pos.domain.z_report import Closed, Closing, ZReport, read_report
from pos.store import Store
from tests.fakes import NOON

TILLS = ("till", "bar")
NAMES = ("till", "bar", "", "laundry")
_HASHES = count(1)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url, "bc")
    yield store
    store.close()


def sell(store: Store, till: str = "till", amount: int = 1000, made_at: int = NOON, **changes: object) -> Charge:
    number = next(_HASHES)
    channel = Channel.TILL if till in TILLS else Channel.KIOSK if till else Channel.API
    invoice = Invoice(f"i{number}", f"lnbc{number}", f"h{number}", made_at + 600)
    charge = Charge(f"c{number}", f"s{number}", channel, amount, "", invoice, made_at, till=till)
    charge = replace(charge, **changes)  # type: ignore[arg-type]
    sale = Sale(Money(amount, "SAT"), till=till, lines=(Line(amount, tax=parse_tax_rate("19")),))
    return store.add(charge, sale, f"k{number}", 2026).charge


def pay(store: Store, charge: Charge, at: int = NOON + 9, received: int | None = None) -> None:
    assert store.mark_paid(charge.id, Payment(at, received or charge.amount_sat, "ab" * 32, proven=True))


def sold(store: Store, till: str = "till", amount: int = 1000) -> Charge:
    charge = sell(store, till, amount)
    pay(store, charge)
    return charge


def shift(store: Store, till: str = "till", now: int = NOON + 10) -> Shift:
    return store.shifts.open(till, TILLS, now)


def close(
    store: Store, till: str = "till", number: int | None = None, at: int = NOON + 10, by: str = ""
) -> Closed | None:
    return store.shifts.close(till, TILLS, number or shift(store, till).number, Closing(at, by, "Marta's Stall"))


def closed(store: Store, till: str = "till", at: int = NOON + 10) -> ZReport:
    it = close(store, till, at=at)
    assert it and it.now
    return it.report


def test_a_till_that_has_sold_nothing_has_an_empty_first_shift(store: Store) -> None:
    assert shift(store) == Shift("till", 1)
    assert close(store) is None
    assert store.shifts.get("till", 1) is None


def test_a_closed_shift_has_what_was_paid_and_the_next_one_begins_with_nothing(store: Store) -> None:
    sold(store, amount=1000)
    sold(store, amount=200)
    report = closed(store)
    assert (report.shift.number, report.shift.takings.count, report.shift.takings.received_sat) == (1, 2, 1200)
    assert report.shift.takings.books[0].price_sat == 1200
    assert sum(it.tax for it in report.shift.takings.books[0].taxes) == 160 + 32
    assert shift(store) == Shift("till", 2)
    assert close(store) is None


def test_a_report_is_kept_as_it_was_written(store: Store) -> None:
    sold(store)
    report = closed(store)
    kept = store.shifts.get("till", 1)
    assert kept
    assert (kept.text, kept.sha256) == (report.text, report.sha256)
    assert read_report(kept.text) == report


def test_each_report_holds_the_hash_of_the_one_before_at_its_till(store: Store) -> None:
    reports = []
    for till in ("till", "bar", "till", "bar"):
        sold(store, till)
        reports.append(closed(store, till))
    first, bar, second, second_of_bar = reports
    assert (first.before, bar.before) == ("", "")
    assert (second.before, second_of_bar.before) == (first.sha256, bar.sha256)
    assert (second.shift.number, second_of_bar.shift.number) == (2, 2)


def test_whoever_closes_a_shift_that_is_closed_gets_its_one_report(store: Store) -> None:
    sold(store)
    first = close(store, number=1, by="Ana")
    sold(store)
    again = close(store, number=1, by="Ben")
    assert first
    assert again == replace(first, now=False)
    assert shift(store).takings.count == 1


def test_a_shift_is_not_closed_before_its_turn(store: Store) -> None:
    sold(store)
    assert close(store, number=2) is None
    assert shift(store).number == 1


def test_each_till_counts_its_own_and_the_first_one_all_that_is_of_none(store: Store) -> None:
    for amount, till in zip(
        (1, 20, 300, 4000, 50_000), ("till", "bar", "", "laundry", "a till of last year"), strict=True
    ):
        sold(store, till, amount)
    assert closed(store, "bar").shift.takings.received_sat == 20
    assert closed(store, "till").shift.takings.received_sat == 54_301


def test_what_is_open_at_the_close_counts_when_it_is_paid_and_both_reports_say_so(store: Store) -> None:
    sold(store)
    waits = sell(store, amount=700)
    first = closed(store)
    assert [(it.number, it.amount_sat, it.ends_at) for it in first.shift.open] == [(waits.number, 700, NOON + 600)]
    assert (first.shift.open_count, first.shift.open_sat, first.shift.takings.count) == (1, 700, 1)
    pay(store, waits, NOON + 11)
    sold_after = sell(store, made_at=NOON + 20)
    pay(store, sold_after, NOON + 30)
    second = closed(store, at=NOON + 40)
    assert second.shift.takings.count == 2
    assert second.shift.carried == Part(1, 700)
    assert first.shift.carried == Part()


def test_an_invoice_of_which_the_wallet_told_no_end_may_still_be_paid(store: Store) -> None:
    sold(store)
    silent, known = sell(store, amount=700), sell(store, amount=800)
    store.note_answer(known.id, NOON + 601)
    report = closed(store, at=NOON + 700)
    assert [it.number for it in report.shift.open] == [silent.number]
    pay(store, known, NOON + 800)
    assert closed(store, at=NOON + 900).shift.carried == Part(1, 800)


def test_nor_does_an_answer_tell_the_end_that_a_clock_which_was_far_ahead_has_dated(store: Store) -> None:
    sold(store)
    dated_ahead, known = sell(store, amount=700), sell(store, amount=800)
    store.note_answer(dated_ahead.id, NOON + 700 + READ_WITHIN + 1)
    store.note_answer(known.id, NOON + 700 + READ_WITHIN)
    report = closed(store, at=NOON + 700)
    assert [it.number for it in report.shift.open] == [dated_ahead.number]


def test_what_was_cancelled_is_counted_in_the_shift_in_which_it_was(store: Store) -> None:
    sold(store)
    for at in (NOON + 1, NOON + 20):
        assert store.cancel(sell(store).id, at)
    assert store.cancel(sell(store, "bar").id, NOON + 1)
    first, _ = closed(store), sold(store)
    second = closed(store, at=NOON + 30)
    assert (first.shift.cancelled, second.shift.cancelled) == (1, 1)
    assert second.shift.open == ()


@pytest.mark.parametrize("name", ["laundry", "a till of last year", ""])
def test_what_waits_or_was_cancelled_is_counted_where_it_would_be_paid_though_nothing_else_was(
    store: Store, name: str
) -> None:
    for till in TILLS:
        sold(store, till)
    waits = sell(store, name, amount=500)
    assert store.cancel(sell(store, name).id, NOON + 5)
    of_bar, first = closed(store, "bar").shift, closed(store).shift
    assert (of_bar.open_count, of_bar.open_sat, of_bar.cancelled) == (0, 0, 0)
    assert (first.open_count, first.open_sat, first.cancelled) == (1, 500, 1)
    assert [it.number for it in first.open] == [waits.number]
    pay(store, waits, NOON + 20)
    assert closed(store, at=NOON + 30).shift.carried == Part(1, 500)


def test_what_waits_or_was_cancelled_at_another_till_is_not_of_the_first(store: Store) -> None:
    sold(store)
    sell(store, "bar")
    assert store.cancel(sell(store, "bar").id, NOON + 5)
    assert (shift(store).open_count, shift(store).cancelled) == (0, 0)


def test_what_needs_a_look_is_said_apart(store: Store) -> None:
    pay(store, sell(store, amount=1000), received=900)
    pay(store, sell(store, amount=1000), received=1100)
    pay(store, sell(store, amount=1000), at=NOON + 601)
    bare = sell(store, amount=1000)
    assert store.mark_paid(bare.id, Payment(NOON + 9, 1000, None, proven=False))
    takings = closed(store, at=NOON + 700).shift.takings
    assert (takings.late, takings.less, takings.more, takings.unproven) == (
        Part(1, 1000),
        Part(1, 100),
        Part(1, 100),
        Part(1, 1000),
    )
    assert takings.received_sat == 4000


def invoice_again(store: Store, first: Charge) -> Charge:
    """Make a further invoice of a sale."""
    again = replace(first, id="again", attempt=2, invoice=Invoice("again", "lnbc", "again", NOON + 900))
    return store.add_attempt(again, first.sale)


def test_a_sale_that_was_paid_twice_is_one_sale_and_all_that_came_is_counted(store: Store) -> None:
    first = sell(store, amount=1000)
    again = invoice_again(store, first)
    pay(store, first)
    pay(store, again)
    assert store.shifts.begun(TILLS) == [Begun("till", NOON + 9, 1, more=False)]
    takings = closed(store).shift.takings
    assert (takings.count, takings.surplus, takings.received_sat) == (1, Part(1, 1000), 2000)


def test_a_shift_in_which_only_a_sale_of_before_was_paid_again_is_open_with_no_sale(store: Store) -> None:
    first = sell(store)
    again = invoice_again(store, first)
    pay(store, first)
    closed(store)
    pay(store, again, NOON + 20)
    assert store.shifts.begun(TILLS) == [Begun("till", NOON + 20, 0, more=False)]
    assert (shift(store).takings.count, shift(store).takings.surplus) == (0, Part(1, 1000))


def test_a_sale_that_is_paid_is_not_open_though_a_further_invoice_of_it_is(store: Store) -> None:
    first = sell(store)
    invoice_again(store, first)
    assert [it.number for it in shift(store).open] == [first.number] * 2
    pay(store, first)
    report = closed(store)
    assert (report.shift.open, report.shift.open_count, report.shift.open_sat) == ((), 0, 0)


def ask_back(store: Store, charge: Charge, amount: int, at: int = NOON + 9) -> str:
    """Ask for some of a sale in sat. Return the refund's id."""
    number = next(_HASHES)
    money = Money(amount, "SAT")
    asked = Refund(f"r{number}", charge.sale_id, charge.channel, charge.till, money, amount, "Cold", at)
    assert store.refunds.add(asked, f"{number}", Rest(Money(10**9, "SAT"), 10**9))
    return asked.id


def give_back(store: Store, charge: Charge, amount: int, at: int = NOON + 9) -> None:
    """Pay some of a sale in sat back."""
    assert store.refunds.mark_paid(ask_back(store, charge, amount, at), RefundPayment(at, "Ana"))


def test_which_shifts_are_open_is_told_without_what_is_in_them(store: Store) -> None:
    assert store.shifts.begun(TILLS) == []
    first = sold(store)
    for till, at in (("bar", NOON + 9), ("till", NOON + 8), ("laundry", NOON + 7), ("", NOON + 8)):
        pay(store, sell(store, till), at)
    sell(store, "bar")
    assert store.shifts.begun(TILLS) == [
        Begun("till", NOON + 7, 4, more=False),
        Begun("bar", NOON + 9, 1, more=False),
    ]
    closed(store)
    assert store.shifts.begun(TILLS) == [Begun("bar", NOON + 9, 1, more=False)]
    give_back(store, first, 100, NOON + 20)
    assert store.shifts.begun(TILLS)[0] == Begun("till", NOON + 20, 0, more=False)


def test_what_was_given_back_is_in_the_report_of_the_shift_in_which_it_was(store: Store) -> None:
    charge = sold(store, amount=1000)
    assert closed(store).shift.given_back == ()
    give_back(store, charge, 300)
    give_back(store, charge, 50)
    assert shift(store).given_back == (GivenBack("SAT", 2, 350, 350),)
    second = closed(store)
    assert (second.shift.given_back, second.shift.takings.count) == ((GivenBack("SAT", 2, 350, 350),), 0)
    assert second.shift.balance("SAT").total == Money(-350, "SAT")
    assert close(store) is None


def test_what_was_given_back_of_a_kiosk_counts_where_the_kiosk_does(store: Store) -> None:
    charge = sold(store, "laundry")
    closed(store)
    give_back(store, charge, 300)
    assert shift(store, "bar").is_empty
    assert closed(store).shift.given_back == (GivenBack("SAT", 1, 300, 300),)


def test_what_is_not_given_back_yet_is_in_no_report(store: Store) -> None:
    charge = sold(store)
    money = Money(7, "SAT")
    asked = Refund("r", charge.sale_id, charge.channel, charge.till, money, 7, "Cold", NOON)
    assert store.refunds.add(asked, "r", Rest(money, 7))
    assert closed(store).shift.given_back == ()
    assert store.refunds.mark_paid("r", RefundPayment(NOON + 20, "Ana"))
    assert closed(store).shift.given_back == (GivenBack("SAT", 1, 7, 7),)


def test_sat_that_are_given_back_come_off_the_currency_that_they_were_booked_in(store: Store) -> None:
    rate = Rate("EUR", Decimal(50_000), NOON, ("kraken",))
    fiat = Fiat(Money(100, "EUR"), Money(0, "EUR"), rate, typed=False)
    charge = sell(store, amount=2000, fiat=fiat)
    pay(store, charge)
    give_back(store, charge, 500)
    report = closed(store).shift
    assert report.given_back == (GivenBack("EUR", 1, 25, 500),)
    assert report.balance("EUR").total == Money(75, "EUR")


@pytest.mark.parametrize(
    ("received", "parts", "minor"),
    [(1000, (333, 333, 334), 100), (1000, (25,) * 40, 100), (2000, (600, 1400), 200), (2000, (2000,), 200)],
)
def test_parts_that_are_given_back_come_to_what_the_whole_was_worth(
    store: Store, received: int, parts: tuple[int, ...], minor: int
) -> None:
    rate = Rate("EUR", Decimal(100_000), NOON, ("kraken",))
    charge = sell(store, amount=1000, fiat=Fiat(Money(100, "EUR"), Money(0, "EUR"), rate, typed=False))
    pay(store, charge, received=received)
    for part in parts:
        give_back(store, charge, part)
    assert closed(store).shift.given_back == (GivenBack("EUR", len(parts), minor, received),)


def test_parts_come_to_the_whole_though_others_were_cancelled_or_paid_in_another_order(store: Store) -> None:
    rate = Rate("EUR", Decimal(50_000), NOON, ("kraken",))
    charge = sell(store, amount=1030, fiat=Fiat(Money(52, "EUR"), Money(0, "EUR"), rate, typed=False))
    pay(store, charge)
    give_back(store, charge, 30)
    never, late = ask_back(store, charge, 30), ask_back(store, charge, 90)
    store.refunds.cancel(never, NOON + 9, "Ana")
    give_back(store, charge, 910)
    report = closed(store)
    counted = store.shifts.returned(1)
    assert store.refunds.mark_paid(late, RefundPayment(NOON + 20, "Ana"))
    assert store.sums(Selection(0, 10**11)).given_back == (GivenBack("EUR", 3, 52, 1030),)
    assert store.shifts.returned(1) == counted
    assert report.shift.given_back + closed(store).shift.given_back == (
        GivenBack("EUR", 2, 47, 940),
        GivenBack("EUR", 1, 5, 90),
    )


def test_play_money_is_in_no_report_of_real_money(store: Store, database_url: str) -> None:
    sold(store)
    other = Store(database_url, "bcrt")
    assert shift(other) == Shift("till", 1)
    assert closed(store).network == "bc"
    assert other.shifts.get("till", 1) is None
    other.close()


def test_a_shift_that_is_too_long_for_one_report_goes_on_in_the_next(database_url: str) -> None:
    store = Store(database_url, "bc", in_a_report=2)
    for at, till in enumerate(("till", "laundry", "till", "")):
        pay(store, sell(store, till, 10**at), NOON + at)
    assert shift(store).is_full
    first, second = closed(store).shift, closed(store, at=NOON + 11).shift
    assert (first.takings.received_sat, first.is_full) == (11, True)
    assert (second.takings.received_sat, second.is_full) == (1100, False)
    assert second.carried == Part(2, 1100)
    store.close()


def test_a_close_that_fails_in_the_middle_has_counted_nothing(store: Store) -> None:
    sold(store)
    # Half of a letter: all is counted by then, and the report cannot be written.
    with pytest.raises(UnicodeEncodeError):
        close(store, by="\ud800")
    assert store.shifts.listed(None, None, 9) == []
    assert (shift(store).number, shift(store).takings.count) == (1, 1)
    assert closed(store).shift.takings.count == 1


@pytest.mark.parametrize("devices", [2, 4])
def test_several_devices_that_close_at_once_write_one_report(store: Store, devices: int) -> None:
    for _ in range(20):
        sold(store)
    with ThreadPoolExecutor(devices) as threads:
        told = list(threads.map(lambda _: close(store, number=1), range(devices)))
    assert sum(it is not None and it.now for it in told) == 1
    assert {it.report.sha256 for it in told if it} == {store.shifts.listed(None, None, 9)[0].sha256}
    assert len(store.shifts.listed(None, None, 9)) == 1


def test_payments_that_come_while_shifts_are_closed_are_each_in_one_report(store: Store) -> None:
    charges = [sell(store, till, 1 + at) for at, till in enumerate(NAMES * 15)]
    random.Random(1).shuffle(charges)

    def close_now(till: str) -> None:
        for _ in range(6):
            close(store, till)

    def pay_all(part: list[Charge]) -> None:
        for it in part:
            pay(store, it)

    with ThreadPoolExecutor(4) as threads:
        runs = [threads.submit(close_now, till) for till in TILLS]
        runs += [threads.submit(pay_all, charges[at::2]) for at in range(2)]
    for run in runs:
        run.result()
    for till in TILLS:
        close(store, till)
    assert_each_is_in_one(store, charges)


class Days:
    """What may happen at a shop, in any order."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = NOON
        self.open: list[Charge] = []
        self.paid: list[Charge] = []
        self.given = 0

    def sell(self, till: str) -> None:
        self.open.append(sell(self.store, till, made_at=self.now))

    def pay(self, which: int) -> None:
        if self.open:
            charge = self.open.pop(which % len(self.open))
            pay(self.store, charge, self.now)
            self.paid.append(charge)

    def cancel(self, which: int) -> None:
        if self.open:
            self.store.cancel(self.open[which % len(self.open)].id, self.now)

    def give_back(self, which: int) -> None:
        if self.paid:
            give_back(self.store, self.paid[which % len(self.paid)], 1, self.now)
            self.given += 1

    def close(self, till: str) -> None:
        it = close(self.store, till, at=self.now)
        assert it is None or it.now

    def wait(self, seconds: int) -> None:
        self.now += seconds


HAPPENINGS = st.one_of(
    st.tuples(st.just("sell"), st.sampled_from(NAMES)),
    st.tuples(st.just("pay"), st.integers(0, 9)),
    st.tuples(st.just("cancel"), st.integers(0, 9)),
    st.tuples(st.just("give_back"), st.integers(0, 9)),
    st.tuples(st.just("close"), st.sampled_from(TILLS)),
    st.tuples(st.just("wait"), st.sampled_from((0, 1, 700))),
)


@given(happenings=st.lists(HAPPENINGS, max_size=40))
@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_in_whichever_order_no_payment_is_lost_or_counted_twice(
    store: Store, happenings: list[tuple[str, str | int]]
) -> None:
    forget(store)
    days = Days(store)
    for what, with_what in happenings:
        getattr(days, what)(with_what)
    for till in TILLS:
        days.close(till)
    assert_each_is_in_one(store, days.paid, days.given)


def forget(store: Store) -> None:
    """Begin with an empty book, as all examples of a property share one."""
    with store.engine.begin() as connection:
        for table in ("refund", "charge_tax", "charge", "sale_line", "sale", "shift"):
            connection.execute(text(f"DELETE FROM {table}"))


def assert_each_is_in_one(store: Store, paid: list[Charge], given: int = 0) -> None:
    """Compare what the reports say with what was paid: each of them once, the sums equal, the chain unbroken."""
    after, before, names, received = ("", 0), dict.fromkeys(TILLS, ""), [], 0
    while kept := store.shifts.following(after):
        taken = store.shifts.counted(kept.id)
        report = read_report(kept.text)
        assert report.before == before[kept.till]
        assert report.sha256 == kept.sha256
        assert report.shift.takings.received_sat == sum(it.received_sat for it in taken)
        before[kept.till] = kept.sha256
        after = kept.till, kept.number
        names += [it.payment_hash for it in taken]
        returned = store.shifts.returned(kept.id)
        assert report.sales_sha256 == digest(list_of(taken, returned))
        given -= sum(it.count for it in report.shift.given_back)
        received += report.shift.takings.received_sat
    assert sorted(names) == sorted(it.invoice.payment_hash for it in paid)
    assert received == sum(it.amount_sat for it in paid)
    assert given == 0
    assert store.shifts.count_lost() == (0, 0)

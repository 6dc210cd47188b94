"""What the book keeps of a sale besides its invoice: price and rate, till, cancelling; and a till's sales."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from threading import Barrier, Event

import pytest
from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import event, text

from pos.domain.charge import Charge, ListedCharge
from pos.domain.invoice import Invoice
from pos.domain.money import Money
from pos.domain.number import Number
from pos.domain.rate import Rate
from pos.domain.report import Part, Selection
from pos.domain.sale import Fiat
from pos.migrations import __file__ as migrations
from pos.store import InvoiceTaken, SalePaid, Store, StoreError, totals
from pos.store.engine import open_engine
from tests.store.test_charges import CHARGE, PAYMENT, add, open_store, other

# More digits than any float has.
RATE = Rate("KWD", Decimal("19876.123456789012345678901"), 990, ("kraken", "coinbase"))
FIAT = Fiat(Money(12_500, "KWD"), Money(1_250, "KWD"), RATE, typed=True)


@pytest.fixture
def store(database_url: str) -> Store:
    return open_store(database_url)


@pytest.mark.parametrize("typed", [True, False])
def test_price_tip_rate_and_till_come_back_as_they_were_written(store: Store, typed: bool) -> None:
    sold = replace(CHARGE, tip_sat=100, till="bar", fiat=replace(FIAT, typed=typed))
    add(store, sold)
    assert store.get("c1") == sold


def test_a_charge_is_cancelled_once_and_only_while_it_is_open(store: Store) -> None:
    for charge in (CHARGE, other(2), other(3)):
        add(store, charge)
    assert store.cancel("c1", 1599)
    assert not store.cancel("c1", 1599)
    assert not store.cancel("c2", 1600)
    store.mark_paid("c3", PAYMENT)
    assert not store.cancel("c3", 1599)
    assert [charge and charge.cancelled_at for charge in map(store.get, ("c1", "c2", "c3"))] == [1599, None, None]


def test_when_the_wallet_was_asked_before_a_charge_was_cancelled_is_written_down(store: Store) -> None:
    for charge in (CHARGE, other(2)):
        add(store, charge)
    store.cancel("c1", 1599, asked_at=1591)
    store.cancel("c2", 1599)
    assert [charge and charge.asked_at for charge in map(store.get, ("c1", "c2"))] == [1591, None]


def test_of_many_who_cancel_at_once_one_is_told_that_it_did(store: Store) -> None:
    add(store, CHARGE)
    with ThreadPoolExecutor(8) as people:
        assert sorted(people.map(lambda _: store.cancel("c1", 1599), range(8))) == [False] * 7 + [True]


def test_a_cancelled_charge_takes_a_payment_all_the_same(store: Store) -> None:
    add(store, CHARGE)
    store.cancel("c1", 1100)
    assert store.mark_paid("c1", PAYMENT)
    charge = store.get("c1")
    assert charge
    assert charge.late


def test_money_after_a_cancelling_counts_as_late(store: Store) -> None:
    add(store, CHARGE)
    store.cancel("c1", 1100)
    store.mark_paid("c1", PAYMENT)
    assert sum(tally.late for tally in store.tally(1200)) == 1


def test_who_waits_hears_of_what_is_paid_and_of_what_is_cancelled(store: Store) -> None:
    for charge in (CHARGE, other(2), other(3)):
        add(store, charge)
    store.mark_paid("c1", PAYMENT)
    store.cancel("c2", 1100)
    assert store.ended_among(["c1", "c2", "c3"]) == {("c1", True), ("c2", False)}
    store.mark_paid("c2", PAYMENT)
    assert store.ended_among(["c2"]) == {("c2", True)}


def test_a_tills_sales_are_its_own_the_newest_first_and_only_so_many(store: Store) -> None:
    for number in range(2, 7):
        add(store, replace(other(number), till="bar", created_at=1000 + number))
    add(store, replace(other(7), till="door", created_at=1007))
    assert [charge.id for charge in store.at_till("bar", 1003, 3)] == ["c6", "c5", "c4"]
    assert [charge.id for charge in store.at_till("bar", 1004, 9)] == ["c6", "c5", "c4"]
    assert {charge.id for charge in store.news("bar", 9000, 1003, 3)} == {"c6", "c5", "c4"}
    assert {charge.id for charge in store.news("bar", 9000, 1004, 9)} == {"c6", "c5", "c4"}


def test_of_sales_in_one_second_the_later_one_is_the_newest_whatever_its_id(store: Store) -> None:
    # "c10" is between "c1" and "c2".
    for number in range(2, 12):
        add(store, replace(other(number), till="bar", created_at=1000))
    again = replace(other(1), id="c0", sale_id="s11", attempt=2, till="bar", created_at=1000)
    store.add_attempt(again, again.sale)
    latest = ["c0", *(f"c{number}" for number in range(11, 1, -1))]
    assert [charge.id for charge in store.at_till("bar", 0, 20)] == latest


def test_play_money_is_not_among_a_tills_real_sales(database_url: str, store: Store) -> None:
    add(open_store(database_url, "bcrt"), replace(CHARGE, till="bar"))
    assert store.at_till("bar", 0, 9) == []
    assert store.news("bar", 0, 0, 9) == []


@pytest.mark.parametrize("fiat", [None, FIAT, replace(FIAT, typed=False)])
@pytest.mark.parametrize(
    "end",
    [
        *("open", "cancelled", "cancelled and asked about", "cancelled and asked about by a clock that was ahead"),
        *("paid", "paid late", "paid when it was cancelled"),
    ],
)
def test_a_list_says_of_a_charge_what_the_charge_says(store: Store, fiat: Fiat | None, end: str) -> None:
    add(store, replace(CHARGE, tip_sat=100, till="bar", fiat=fiat))
    if "cancelled" in end:
        store.cancel("c1", 1100)
    if "asked" in end:
        store.note_answer("c1", 1300 if "ahead" in end else 1201)
    if "paid" in end:
        store.mark_paid("c1", replace(PAYMENT, paid_at=1601 if end == "paid late" else 1200))
    charge = store.get("c1")
    assert charge
    assert charge.number
    assert store.news("bar", 1200, 0, 9) == [
        ListedCharge(
            "c1",
            charge.number,
            charge.attempt,
            charge.wallet,
            charge.channel,
            charge.sale,
            charge.amount_sat,
            charge.created_at,
            charge.ends_at,
            cancelled=charge.cancelled_at is not None,
            received_sat=charge.payment.received_sat if charge.payment else None,
            late=charge.late,
            known=charge.payment is None and charge.cancelled_at is not None and charge.is_known(1200),
            news_at={"open": charge.created_at, "paid late": 1601}.get(end, 1200 if "paid" in end else 1100),
            needs_review=charge.needs_review,
            surplus=charge.is_surplus,
        )
    ]


def test_the_charges_of_an_older_book_are_kept_and_had_no_tip_and_no_rate(new_database_url: str) -> None:
    engine = open_engine(new_database_url)
    config = AlembicConfig()
    config.set_main_option("script_location", str(Path(migrations).parent))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.exec_driver_sql(
            "INSERT INTO charge (id, network, face, key, amount_sat, memo, invoice_id, payment_request, payment_hash,"
            f" created_at, expires_at) VALUES ('c1', 'bc', 'kiosk', 'k1', 2100, 'Coffee ☕', 'lntx_1', 'lnbcrt1',"
            f" '{CHARGE.invoice.payment_hash}', 1000, 1600)"
        )
    engine.dispose()
    assert open_store(new_database_url).get("c1") == replace(CHARGE, sale_id="c1", number=Number(1970, 1))


def told(store: Store) -> list[tuple[str, str, int, str]]:
    with store.engine.connect() as connection:
        rows = connection.execute(text("SELECT kind, subject, at, data FROM event WHERE network = 'bc' ORDER BY seq"))
        return [tuple(row) for row in rows]


def test_what_happens_to_a_charge_is_told_once_each(store: Store) -> None:
    add(store, CHARGE)
    add(store, other(2), CHARGE.sale_id)
    store.cancel("c1", 1100)
    store.cancel("c1", 1101)
    store.mark_paid("c1", PAYMENT)
    store.mark_paid("c1", PAYMENT)
    assert told(store) == [
        ("charge.made", "c1", 1000, '{"amount_sat": 2100}'),
        ("charge.cancelled", "c1", 1100, "{}"),
        ("charge.paid", "c1", 1500, '{"received_sat": 2100}'),
    ]


@pytest.mark.parametrize("fails", ["event", "total"])
def test_what_cannot_be_told_did_not_happen(store: Store, fails: str) -> None:
    add(store, CHARGE)
    with store.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {fails} RENAME TO gone"))
    with pytest.raises(StoreError):
        add(store, other(2))
    with pytest.raises(StoreError):
        store.mark_paid("c1", PAYMENT)
    assert store.get("c2") is None
    assert store.find_by_idempotency_key(CHARGE.channel, "s2") is None
    assert store.get("c1") == CHARGE


def pay_together(store: Store, charge: Charge, together: Barrier) -> bool:
    together.wait()
    return store.mark_paid(charge.id, PAYMENT)


def test_a_sale_whose_two_invoices_are_paid_at_once_by_two_processes_is_counted_once(database_url: str) -> None:
    stores = [open_store(database_url), open_store(database_url)]
    with ThreadPoolExecutor(2) as processes:
        for number in range(1, 21):
            first = add(stores[0], other(number))
            invoice = Invoice(f"again{number}", "lnbc1", f"again{number}", 1600)
            again = replace(first, id=f"again{number}", attempt=2, invoice=invoice)
            stores[0].add_attempt(again, first.sale)
            together = Barrier(2)
            paying = [
                processes.submit(pay_together, store, it, together)
                for store, it in zip(stores, (first, again), strict=True)
            ]
            assert all(it.result() for it in paying)
    sums = stores[0].sums(Selection(0, 10**12))
    assert (sums.count, sums.received_sat) == (20, 20 * PAYMENT.received_sat)
    assert sums.surplus == Part(20, 20 * PAYMENT.received_sat)
    assert sum(it.paid for it in stores[0].tally(0)) == 40


@pytest.mark.only_on("postgresql", reason="in a file, one who writes waits for the whole of the other")
def test_a_new_invoice_while_the_old_one_is_paid_waits_for_the_payment_and_holds_nothing_that_it_needs(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Both count in the same row.
    monkeypatch.setattr(totals, "_SLOTS", 1)
    till, watch = open_store(database_url), open_store(database_url)
    add(till, CHARGE)
    sale_is_paid, paying = Event(), list[Future[bool]]()

    def pay_first(_: object, __: object, statement: str, *___: object) -> None:
        if statement.startswith("UPDATE sale ") and not paying:
            paying.append(process.submit(watch.mark_paid, "c1", PAYMENT))
            assert sale_is_paid.wait(10)

    def paid(_: object, __: object, statement: str, *___: object) -> None:
        if statement.startswith("UPDATE sale "):
            sale_is_paid.set()

    event.listen(till.engine, "before_cursor_execute", pay_first)
    event.listen(watch.engine, "after_cursor_execute", paid)
    again = replace(other(2), sale_id="s1", attempt=2)
    with ThreadPoolExecutor(1) as process:
        with pytest.raises(SalePaid):
            till.add_attempt(again, again.sale)
        assert paying[0].result()
    assert [it.made for it in till.tally(0) if it.channel is CHARGE.channel] == [1]


def test_numbers_count_up_without_a_gap_whoever_sells_at_once_and_whichever_sales_fail(database_url: str) -> None:
    stores = [open_store(database_url), open_store(database_url)]
    add(stores[0], CHARGE)

    def sell(number: int) -> int | None:
        # Each third one comes with an invoice that another sale has, and so there is no such sale.
        made = other(number) if number % 3 else replace(other(number), invoice=CHARGE.invoice)
        try:
            sold = add(stores[number % 2], made)
        except InvoiceTaken:
            return None
        return sold.number.count if sold.number else 0

    with ThreadPoolExecutor(6) as people:
        counts = [it for it in people.map(sell, range(2, 42)) if it is not None]
    assert sorted(counts) == list(range(2, len(counts) + 2))
    assert len(counts) == 27

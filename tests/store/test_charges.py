"""The till's book."""

import signal
import sqlite3
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from pos.domain.charge import Channel, Charge, Payment, Status, Tally
from pos.domain.due import Rank
from pos.domain.invoice import Invoice
from pos.migrations import migrate
from pos.store import InvoiceTaken, Store, StoreError
from pos.store.tables import metadata

CHARGE = Charge("c1", "s1", Channel.KIOSK, 2100, "Coffee ☕", Invoice("lntx_1", "lnbcrt1", "ab" * 32, 1600), 1000)
YEAR = 1970
PAYMENT = Payment(1500, 2100, "cd" * 32, proven=True)


FILE = pytest.mark.only_on("sqlite", reason="the book is a file of this machine")


def open_store(url: str, network: str = "bc") -> Store:
    store = Store(url, network)
    migrate(store.engine, Path(store.engine.url.database or "").parent / "migrate.lock")
    return store


def add(store: Store, charge: Charge, idempotency_key: str | None = None) -> Charge:
    """Write a sale down with its first charge; its key is its own name unless a test says otherwise."""
    return store.add(charge, charge.sale, idempotency_key or charge.sale_id, YEAR).charge


def found(store: Store, channel: Channel, idempotency_key: str) -> Charge | None:
    sold = store.find_by_idempotency_key(channel, idempotency_key)
    return sold.charge if sold else None


def in_folder(folder: Path) -> str:
    return f"sqlite:///{folder / 'till.db'}"


@pytest.fixture
def store(database_url: str) -> Store:
    return open_store(database_url)


def other(number: int) -> Charge:
    return replace(
        CHARGE,
        id=f"c{number}",
        sale_id=f"s{number}",
        invoice=replace(CHARGE.invoice, id=f"i{number}", payment_hash=f"h{number}"),
    )


def test_a_charge_comes_back_as_it_was_written(store: Store) -> None:
    add(store, CHARGE)
    assert store.get("c1") == CHARGE
    assert found(store, Channel.KIOSK, "s1") == CHARGE


def test_a_charge_that_is_not_there_is_none(store: Store) -> None:
    assert store.get("c1") is None
    assert found(store, Channel.KIOSK, "s1") is None


def test_the_book_survives_a_restart(database_url: str) -> None:
    add(open_store(database_url), CHARGE)
    assert open_store(database_url).get("c1") == CHARGE


def test_the_first_charge_of_a_key_stays_the_only_one(store: Store) -> None:
    add(store, CHARGE)
    assert add(store, other(2), "s1") == CHARGE
    assert store.get("c2") is None


@pytest.mark.parametrize("field", ["id", "payment_hash"])
def test_no_two_charges_share_an_invoice(store: Store, field: str) -> None:
    add(store, CHARGE)
    shared = replace(other(2).invoice, **{field: getattr(CHARGE.invoice, field)})
    with pytest.raises(InvoiceTaken):
        add(store, replace(other(2), invoice=shared))


def test_a_payment_is_written_down_once(store: Store) -> None:
    add(store, CHARGE)
    assert store.mark_paid("c1", PAYMENT)
    assert not store.mark_paid("c1", replace(PAYMENT, paid_at=1501, received_sat=1))
    assert store.get("c1") == replace(CHARGE, payment=PAYMENT)


def test_of_many_who_write_the_same_payment_one_is_told_that_it_was_first(store: Store) -> None:
    add(store, CHARGE)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: store.mark_paid("c1", PAYMENT), range(16)))
    assert sorted(told) == [False] * 15 + [True]


def test_a_payment_changes_no_other_charge(store: Store) -> None:
    add(store, CHARGE)
    add(store, other(2))
    store.mark_paid("c1", PAYMENT)
    assert store.get("c2") == other(2)


def test_a_payment_of_an_unknown_charge_changes_nothing(store: Store) -> None:
    assert not store.mark_paid("c1", PAYMENT)


@FILE
def test_the_book_is_kept_through_a_power_cut(store: Store) -> None:
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


@FILE
def test_a_locked_database_is_a_store_error(tmp_path: Path, store: Store) -> None:
    add(store, CHARGE)
    store = Store(f"sqlite:///{tmp_path / 'till.db'}", "bc", patience=0.1)
    holder = sqlite3.connect(tmp_path / "till.db")
    holder.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StoreError, match="locked"):
            store.mark_paid("c1", PAYMENT)
        with pytest.raises(StoreError):
            store.check()
    finally:
        holder.close()
    assert store.mark_paid("c1", PAYMENT)


@FILE
def test_a_full_disk_is_a_store_error_and_nothing_is_half_written(store: Store) -> None:
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="full"):
        for number in range(1000):
            add(store, replace(other(number), memo="x" * 200))
    assert store.get("c999") is None


@FILE
def test_a_folder_that_cannot_be_written_to_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreError, match="brought up to date"):
        open_store(in_folder(tmp_path / "file"))


def test_the_migrations_make_what_the_store_expects(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_those_that_start_at_once_bring_the_book_up_to_date_once(new_database_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: open_store(new_database_url), range(4)))
    assert add(stores[0], CHARGE) == stores[3].get("c1")


@FILE
def test_the_book_is_for_its_owner_alone(tmp_path: Path) -> None:
    open_store(in_folder(tmp_path / "var"))
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700


# Ends itself, as a power cut would, when the migration has made its table and not yet written down that it has.
KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from pos.migrations import migrate
from pos.store import Store

def power_cut(connection, cursor, statement, *_):
    if "CREATE TABLE charge" in statement:
        os.kill(os.getpid(), signal.SIGKILL)

store = Store(sys.argv[1], "bc")
event.listen(store.engine, "after_cursor_execute", power_cut)
migrate(store.engine, Path(sys.argv[2]))
"""


@pytest.mark.real_time
def test_a_migration_that_is_cut_short_is_made_by_the_next_start(new_database_url: str, tmp_path: Path) -> None:
    words = [sys.executable, "-c", KILLED, new_database_url, str(tmp_path / "migrate.lock")]
    assert subprocess.run(words, timeout=60, check=False).returncode == -signal.SIGKILL
    assert add(open_store(new_database_url), CHARGE) == CHARGE


@pytest.mark.parametrize("text", ["\0", "c1\0", "\ud800"])
def test_what_no_database_can_hold_is_not_there(store: Store, text: str) -> None:
    add(store, CHARGE)
    assert store.get(text) is None
    assert store.find_by_invoice(text) is None
    assert store.find_by_idempotency_key(Channel.KIOSK, text) is None


def test_play_money_and_real_money_are_nothing_to_each_other_in_one_book(database_url: str) -> None:
    play, real = open_store(database_url, "bcrt"), open_store(database_url, "bc")
    add(play, CHARGE)
    assert real.get("c1") is None
    assert found(real, Channel.KIOSK, "s1") is None
    assert add(real, other(2), "s1") == other(2)


def test_each_face_has_keys_of_its_own(store: Store) -> None:
    add(store, CHARGE)
    tip = replace(other(2), channel=Channel.TIPS)
    assert add(store, tip, "s1") == tip
    assert found(store, Channel.KIOSK, "s1") == CHARGE


def test_a_book_of_a_newer_till_stops_the_start_with_a_sentence(new_database_url: str) -> None:
    store = open_store(new_database_url)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="9999"):
        open_store(new_database_url)


@FILE
def test_a_damaged_book_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "till.db").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match="database"):
        open_store(in_folder(tmp_path))


@FILE
def test_the_books_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    open_store(in_folder(tmp_path))
    assert stat.S_IMODE((tmp_path / "till.db").stat().st_mode) == 0o600


def test_no_repr_shows_a_preimage() -> None:
    assert PAYMENT.preimage
    assert PAYMENT.preimage not in repr(replace(CHARGE, payment=PAYMENT))


NOTHING = [Tally(channel) for channel in Channel]


def test_an_empty_book_counts_nothing_for_every_face(store: Store) -> None:
    assert store.tally(1000) == NOTHING


def test_each_face_is_counted_for_itself(store: Store) -> None:
    add(store, CHARGE)
    add(store, replace(other(2), channel=Channel.TIPS))
    add(store, replace(other(3), channel=Channel.TIPS))
    assert [(tally.channel, tally.made) for tally in store.tally(1000)] == [
        (Channel.TILL, 0),
        (Channel.KIOSK, 1),
        (Channel.TIPS, 2),
        (Channel.API, 0),
        (Channel.LNURL, 0),
    ]


def test_of_what_is_not_paid_the_book_tells_whose_it_is(store: Store) -> None:
    for number, channel in enumerate(Channel):
        add(store, replace(other(number), channel=channel), channel)
    whose = {it.channel: it.rank for it in store.unpaid("", 0)}
    assert whose == {
        Channel.TILL: Rank.SHOP,
        Channel.KIOSK: Rank.SHOP,
        Channel.API: Rank.PROGRAMS,
        Channel.TIPS: Rank.STRANGERS,
        Channel.LNURL: Rank.STRANGERS,
    }


def test_what_was_received_counts_and_not_what_was_asked(store: Store) -> None:
    add(store, CHARGE)
    add(store, other(2))
    add(store, other(3))
    store.mark_paid("c1", PAYMENT)
    store.mark_paid("c2", replace(PAYMENT, received_sat=5))
    assert Tally(Channel.KIOSK, made=3, paid=2, open=1, received_sat=2105) in store.tally(1000)


@pytest.mark.parametrize(("paid_at", "late"), [(1599, 0), (1600, 0), (1601, 1)])
def test_money_after_the_expiry_counts_as_late_and_as_paid(store: Store, paid_at: int, late: int) -> None:
    add(store, CHARGE)
    payment = replace(PAYMENT, paid_at=paid_at)
    store.mark_paid("c1", payment)
    assert replace(CHARGE, payment=payment).late == bool(late)
    assert Tally(Channel.KIOSK, made=1, paid=1, late=late, received_sat=2100) in store.tally(2000)


@pytest.mark.parametrize(("now", "still_open"), [(1599, 1), (1600, 0)])
def test_a_charge_counts_as_open_until_the_second_of_its_expiry(store: Store, now: int, still_open: int) -> None:
    add(store, CHARGE)
    assert (CHARGE.status(now) is Status.OPEN) == bool(still_open)
    assert Tally(Channel.KIOSK, made=1, open=still_open) in store.tally(now)


def test_an_invoice_of_a_sale_that_another_one_has_paid_is_open_no_more(store: Store) -> None:
    add(store, CHARGE)
    again = replace(other(2), sale_id="s1", attempt=2)
    store.add_attempt(again, again.sale)
    assert Tally(Channel.KIOSK, made=2, open=2) in store.tally(1000)
    store.mark_paid("c1", PAYMENT)
    overtaken = store.get("c2")
    assert overtaken is not None
    assert overtaken.status(1500) is Status.EXPIRED
    assert Tally(Channel.KIOSK, made=2, paid=1, received_sat=2100) in store.tally(1500)


def test_play_money_is_not_counted_with_real_money(database_url: str) -> None:
    add(open_store(database_url, "bcrt"), CHARGE)
    assert open_store(database_url, "bc").tally(1000) == NOTHING


def test_a_payment_of_another_process_ends_the_waiting_at_once(database_url: str, store: Store) -> None:
    add(store, CHARGE)
    other_process = open_store(database_url)
    with store.listen() as wait, ThreadPoolExecutor(1) as people:
        began = time.monotonic()
        paid = people.submit(other_process.mark_paid, "c1", PAYMENT)
        wait(30)
        assert time.monotonic() - began < 10
        assert paid.result()


def test_waiting_ends_when_nothing_happens(store: Store) -> None:
    with store.listen() as wait:
        wait(0.01)

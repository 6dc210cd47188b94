"""The SQLite file: locked by another program, deleted, replaced, damaged, and on a disk that is full."""

import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Timer

import pytest

from pos.domain.charge import Channel, Charge, Payment
from pos.domain.invoice import Invoice
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.settings.storage import sqlite_url
from pos.store import DatabaseGone, Store, StoreError
from pos.store.file import LEAST_FREE_BYTES, File

PATIENCE = 0.4
WRITERS = 40


def charge(number: int) -> Charge:
    invoice = Invoice(f"i{number}", "lnbcrt1", f"{number:064x}", 1600)
    return Charge(f"c{number}", f"s{number}", Channel.TILL, 21, "", invoice, 1000)


def add(store: Store, number: int) -> None:
    store.add(charge(number), Sale(Money(21, SAT)), f"k{number}", 2026)


PAYMENT = Payment(1500, 21, None, proven=False)


@pytest.fixture
def path(tmp_path: Path, migrated_file: Path) -> Path:
    shutil.copy(migrated_file, tmp_path / "till.db")
    return tmp_path / "till.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{path}", "bc", PATIENCE)
    add(store, 1)
    yield store
    store.close()


@contextmanager
def locked(path: Path) -> Iterator[sqlite3.Connection]:
    """Another program writes to the file, and does not come to an end."""
    with closing(sqlite3.connect(path, check_same_thread=False)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield holder


def write_at_once(store: Store, pool: ThreadPoolExecutor) -> list[Future[str]]:
    """Let more write than there are connections in the pool, and wait until the first one begins."""
    begins = Event()

    def write(number: int) -> str:
        begins.set()
        try:
            add(store, number)
        except StoreError as error:
            return str(error)
        return "written"

    writers = [pool.submit(write, number) for number in range(2, WRITERS + 2)]
    begins.wait()
    return writers


def test_who_reads_goes_on_while_others_wait_to_write(path: Path) -> None:
    with closing(Store(f"sqlite:///{path}", "bc", 60)) as store, ThreadPoolExecutor(WRITERS) as pool:
        add(store, 1)
        with locked(path) as holder:
            writers = write_at_once(store, pool)
            for _ in range(20):
                assert store.get("c1")
            assert not any(writer.done() for writer in writers)
            holder.rollback()
        assert {writer.result() for writer in writers} == {"written"}


@pytest.mark.real_time
def test_those_who_wait_to_write_wait_at_the_same_time(path: Path, store: Store) -> None:
    with locked(path), ThreadPoolExecutor(WRITERS) as pool:
        start = time.monotonic()
        assert {writer.result() for writer in write_at_once(store, pool)} == {"database is locked"}
        assert time.monotonic() - start < WRITERS * PATIENCE / 2
    add(store, 2)


@pytest.mark.usefixtures("store")
def test_a_lock_that_ends_in_time_costs_nothing_but_that_time(path: Path) -> None:
    with locked(path) as holder, closing(Store(f"sqlite:///{path}", "bc", 60)) as patient:
        release = Timer(0.1, holder.rollback)
        release.start()
        assert patient.mark_paid("c1", PAYMENT)
        release.join()


@pytest.mark.real_time
@pytest.mark.usefixtures("store")
def test_under_gevent_nothing_stands_still_while_another_program_has_the_lock(path: Path) -> None:
    with locked(path):
        done = subprocess.run(
            [sys.executable, "-c", UNDER_GEVENT, str(path)], capture_output=True, text=True, timeout=60, check=False
        )
    assert done.stdout.split() == ["10", "locked", "quick"], done.stdout + done.stderr


UNDER_GEVENT = """
import sys
from gevent import joinall, monkey, sleep, spawn
monkey.patch_all()
import time
from pos.domain.charge import Payment
from pos.store import Store, StoreError
store = Store("sqlite:///" + sys.argv[1], "bc", 3.0)
ticks = [time.monotonic()]
def tick():
    while True:
        sleep(0.01)
        ticks.append(time.monotonic())
def write():
    try:
        store.mark_paid("c1", Payment(1500, 21, None, False))
    except StoreError:
        return True
ticking = spawn(tick)
writers = [spawn(write) for _ in range(10)]
joinall(writers)
print(sum(bool(each.value) for each in writers), "locked")
longest = max(after - before for before, after in zip(ticks, ticks[1:]))
print("quick" if longest < 2 and len(ticks) > 20 else longest)
"""


def test_a_file_that_was_deleted_is_noticed_and_one_that_comes_back_is_taken(path: Path, store: Store) -> None:
    aside = path.with_name("aside.db")
    path.rename(aside)
    for use in (lambda: store.get("c1"), lambda: store.mark_paid("c1", PAYMENT), store.check, lambda: add(store, 2)):
        with pytest.raises(DatabaseGone, match=r"till\.db is gone"):
            use()
    assert not path.exists()
    aside.rename(path)
    assert store.mark_paid("c1", PAYMENT)


@pytest.mark.parametrize("other", [None, b"another log"])
def test_a_log_that_was_deleted_or_replaced_is_noticed_and_the_sales_in_it_are_saved_by_a_stop(
    path: Path, store: Store, other: bytes | None
) -> None:
    log = path.with_name(f"{path.name}-wal")
    log.unlink()
    if other:
        log.write_bytes(other)
    for use in (lambda: store.get("c1"), lambda: store.mark_paid("c1", PAYMENT), store.check, lambda: add(store, 2)):
        with pytest.raises(DatabaseGone, match=r"till\.db-wal is gone"):
            use()
    store.close()
    log.unlink(missing_ok=True)
    assert store.get("c1")
    add(store, 2)


def test_a_log_that_goes_with_the_last_connection_is_not_missed(path: Path, store: Store) -> None:
    for number in (2, 3):
        store.close()
        assert not path.with_name(f"{path.name}-wal").exists()
        assert store.get("c1")
        add(store, number)


def test_another_file_in_its_place_is_not_written_to(path: Path, store: Store, migrated_file: Path) -> None:
    path.unlink()
    shutil.copy(migrated_file, path)
    for use in (lambda: store.get("c1"), lambda: store.mark_paid("c1", PAYMENT), store.check):
        with pytest.raises(DatabaseGone, match="another file is in the place"):
            use()


def test_a_screen_that_begins_to_wait_makes_no_empty_file_in_the_place_of_one_that_is_gone(
    path: Path, store: Store
) -> None:
    store.close()
    path.unlink()
    with pytest.raises(DatabaseGone), store.listen():
        pass
    assert not path.exists()


def test_a_file_whose_beginning_is_gone_is_not_sold_into_though_this_process_remembers_it(
    path: Path, store: Store
) -> None:
    beginning = path.read_bytes()[:16]
    with path.open("r+b", buffering=0) as file:
        file.write(bytes(16))
        with pytest.raises(DatabaseGone, match="damaged"):
            store.get("c1")
        with pytest.raises(DatabaseGone, match="damaged"):
            add(store, 2)
        file.seek(0)
        file.write(beginning)
    add(store, 2)


@pytest.mark.parametrize("at", [4096, 3 * 4096])
def test_a_damaged_file_is_noticed_though_this_process_remembers_what_was_in_it(
    path: Path, store: Store, at: int
) -> None:
    store.check()
    # All of it is in the file itself, and nothing in the log beside it.
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\xa5" * 4096)
    assert store.get("c1")
    with pytest.raises(StoreError):
        store.check()


def test_a_file_that_another_program_has_for_itself_alone_is_not_called_damaged(path: Path, store: Store) -> None:
    store.close()
    with closing(sqlite3.connect(path)) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match=r"^database is locked$"):
            File(store.engine).check()


def test_a_file_that_was_cut_off_is_noticed(path: Path, store: Store) -> None:
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.truncate(2 * 4096)
    with pytest.raises(StoreError):
        store.check()


def test_a_sound_file_passes_again_and_again_and_the_check_is_a_real_write(path: Path, store: Store) -> None:
    with closing(sqlite3.connect(path)) as other:
        for _ in range(3):
            before = other.execute("PRAGMA data_version").fetchone()
            store.check()
            assert other.execute("PRAGMA data_version").fetchone() != before


# Reads the database as `flask doctor` does, and closes it: the last to do so deletes the log.
VISIT = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM charge').fetchall(); c.close()"


@pytest.mark.real_time
def test_a_check_lets_go_of_no_lock_so_another_process_leaves_the_log_where_it_is(path: Path, store: Store) -> None:
    store.check()
    subprocess.run([sys.executable, "-c", VISIT, path], check=True, timeout=60)
    assert path.with_name(f"{path.name}-wal").exists()
    store.check()
    subprocess.run([sys.executable, "-c", VISIT, path], check=True, timeout=60)
    assert path.with_name(f"{path.name}-wal").exists()


@pytest.mark.parametrize("name", ["Shop #1", "a?b", "100%41", "Bäckerei"])
def test_a_sound_file_passes_whatever_its_folder_is_called(path: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name / "var"
    folder.mkdir(parents=True)
    shutil.copy(path, folder)
    there = set(tmp_path.iterdir())
    with closing(Store(sqlite_url(folder / "till.db"), "bc")) as store:
        store.check()
    assert set(tmp_path.iterdir()) == there


def test_a_disk_without_room_for_a_sale_is_noticed_before_one_fails(store: Store) -> None:
    File(store.engine, free=lambda _folder: LEAST_FREE_BYTES).check()
    with pytest.raises(StoreError, match="is full"):
        File(store.engine, free=lambda _folder: LEAST_FREE_BYTES - 1).check()

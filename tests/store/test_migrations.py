"""A database of an older till is brought up to date at the start: nothing is lost, and all is told as before."""

import json
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection, MetaData, Table, event, text

from bench.fill import NUMBERS
from pos.domain.charge import Channel, Tally
from pos.domain.number import Number
from pos.domain.report import Selection
from pos.migrations import __file__ as migrations
from pos.migrations import migrate, revisions
from pos.services.charge import charge, charge_again
from pos.services.settle import paying, settle
from pos.settings import Settings
from pos.shop import Shop
from pos.store import Store, StoreError
from pos.store.engine import open_engine, patient
from tests.command import flask
from tests.conftest import in_sat, stored
from tests.databases import Postgres, bring_up_to_date
from tests.fakes import NOON, FakeClock, FakeRates, FakeWallet
from tests.kept_connections import forget_idle
from tests.processes import until
from tests.store.steps import Steps
from tests.store.test_charges import open_store

# What tills of those commits wrote down, each by its own code, and how each told its charges as JSON.
SAMPLES = Path(__file__).parent.parent / "samples" / "database"
FIRST, BEFORE_SALES = "a8aa409", "661eb17"
VERSIONS = (FIRST, BEFORE_SALES)
MANY = 20_000
# Seconds that a shop waits at most for an update.
PATIENCE = 60


@dataclass(frozen=True)
class Old:
    """A database of an older till, as it was found; `now` is when that till was stopped."""

    revision: str
    now: int
    charges: list[dict[str, Any]]
    status: dict[str, dict[str, Any]]

    def named(self, memo: str) -> list[str]:
        """Return the charges with a memo, in the order in which they were made."""
        return [row["id"] for row in self.charges if row["memo"] == memo]


def sample(version: str) -> Old:
    return Old(**json.loads((SAMPLES / f"{version}.json").read_text()))


def _as_long_as_it_takes(connection: Connection) -> AbstractContextManager[None]:
    return patient(connection) if connection.dialect.name == "postgresql" else nullcontext()


@contextmanager
def made_by(revision: str, database_url: str) -> Iterator[Connection]:
    """Give a database in the shape of an older till, to be filled."""
    engine = open_engine(database_url)
    config = AlembicConfig()
    config.set_main_option("script_location", str(Path(migrations).parent))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection, _as_long_as_it_takes(connection):
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        yield connection
    engine.dispose()


@pytest.fixture(params=VERSIONS)
def old(request: pytest.FixtureRequest) -> Old:
    return sample(request.param)


def update(old: Old, url: str, folder: Path) -> str:
    """Fill a database as an older till did, and bring it up to date."""
    with made_by(old.revision, url) as connection:
        connection.execute(Table("charge", MetaData(), autoload_with=connection).insert(), old.charges)
    bring_up_to_date(url, folder)
    return url


@pytest.fixture(scope="module")
def updated() -> dict[str, str]:
    """The addresses of what was brought up to date, of which each test gets a copy: that takes a tenth of the time."""
    return {}


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, database: str, old: Old, updated: dict[str, str], tmp_path: Path
) -> Iterator[str]:
    """The address of a database in which an older till sold, and that was brought up to date."""
    kept = f"{database} {old.revision}"
    if database == "sqlite":
        if kept not in updated:
            folder = request.getfixturevalue("tmp_path_factory").mktemp("updated")
            updated[kept] = update(old, f"sqlite:///{folder / 'till.db'}", folder)
        shutil.copy(updated[kept].removeprefix("sqlite:///"), tmp_path / "till.db")
        yield f"sqlite:///{tmp_path / 'till.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    if kept not in updated:
        updated[kept] = update(old, server.create(), tmp_path)
    url = server.copy(updated[kept])
    yield url
    server.remove(url)


@pytest.fixture
def clock(old: Old) -> FakeClock:
    return FakeClock(old.now)


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, tills=("till", "bar"))


def totals(rows: list[dict[str, Any]], channel: Channel, now: int) -> Tally:
    """Count by hand what the till has to count."""
    made = [row for row in rows if row["face"] == channel.value]
    paid = [row for row in made if row["paid_at"] is not None]
    ends_at = {row["id"]: row.get("cancelled_at") or row["expires_at"] for row in made}
    return Tally(
        channel,
        made=len(made),
        paid=len(paid),
        late=sum(row["paid_at"] > ends_at[row["id"]] for row in paid),
        open=sum(row["paid_at"] is None and now < ends_at[row["id"]] for row in made),
        received_sat=sum(row["received_sat"] for row in paid),
    )


def test_the_totals_are_the_same_as_before(old: Old, shop: Shop) -> None:
    assert shop.store.tally(old.now) == [totals(old.charges, channel, old.now) for channel in Channel]


def test_what_was_paid_before_there_were_shifts_is_in_none(old: Old, shop: Shop, wallet: FakeWallet) -> None:
    assert any(row["paid_at"] is not None for row in old.charges)
    assert shop.store.shifts.open("till", ("till", "bar"), old.now).is_empty
    made = charge(shop, Channel.TILL, in_sat(5), "after-the-update")
    wallet.settle(made.invoice, 5)
    settle(shop, made)
    assert shop.store.shifts.open("till", ("till", "bar"), old.now).takings.received_sat == 5


def test_every_pay_page_still_answers_and_says_the_same(old: Old, app: Flask, shop: Shop) -> None:
    client = app.test_client()
    for charge_id, told in old.status.items():
        assert client.get(f"/pay/{charge_id}", follow_redirects=True).status_code == 200
        # Since then one whose sale was paid by another invoice says so.
        says = paying(shop, stored(shop, charge_id)).id
        status = client.get(f"/pay/{charge_id}/status").get_json()
        assert {name: status[name] for name in told} == old.status[says]


def test_each_key_still_stands_for_its_charge(old: Old, shop: Shop) -> None:
    for row in old.charges:
        sold = shop.store.find_by_idempotency_key(Channel(row["face"]), row["key"])
        assert (sold is None) == (" " in row["key"])
        assert sold is None or sold.charge == stored(shop, row["id"])
        assert sold is None or sold.sale == sold.charge.sale


def test_no_key_has_a_space(old: Old, shop: Shop) -> None:
    with shop.store.engine.connect() as connection:
        keys = list(connection.scalars(text("SELECT idempotency_key FROM sale")))
    assert sorted(keys) == sorted(row["key"] for row in old.charges if " " not in row["key"])


def test_a_new_invoice_became_another_charge_of_the_same_sale(old: Old, shop: Shop) -> None:
    memo = {"0001": "Lunch", "0003": "again and again"}[old.revision]
    charges = [stored(shop, charge_id) for charge_id in old.named(memo)]
    assert [it.attempt for it in charges] == [1, 2, 3]
    assert {it.sale_id for it in charges} == {charges[0].sale_id}
    assert [bool(it.payment) for it in charges] == [False, False, True]


def test_a_charge_that_had_a_successor_has_that_one_still(old: Old, shop: Shop, wallet: FakeWallet) -> None:
    first, second = (stored(shop, charge_id) for charge_id in old.named("late, and sold again"))
    assert charge_again(shop, first) == second
    assert wallet.made == []


@pytest.mark.usefixtures("old")
def test_each_sale_has_one_line_that_says_its_price(shop: Shop) -> None:
    with shop.store.engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT COUNT(*), COUNT(position), SUM(CASE WHEN position = 1 AND quantity = 1 AND unit_price = price"
                " THEN 1 ELSE 0 END) FROM sale LEFT JOIN sale_line ON sale.id = sale_id"
            )
        ).one()
    assert len(set(rows)) == 1


def test_what_nobody_paid_yet_is_asked_about_at_the_wallet_that_the_till_has(
    old: Old, shop: Shop, wallet: FakeWallet
) -> None:
    unpaid = {row["id"] for row in old.charges if row["paid_at"] is None}
    assert {it.id for it in shop.store.unpaid(wallet.identity, 0)} == unpaid
    assert shop.store.left_behind(wallet.identity, 0) == []


@pytest.mark.usefixtures("old")
def test_nothing_is_made_up_of_what_happened_before_there_were_events(shop: Shop) -> None:
    with shop.store.engine.connect() as connection:
        assert connection.scalar(text("SELECT COUNT(*) FROM event")) == 0


def test_sales_that_somebody_has_cleared_of_their_charges_by_hand_hold_nothing_up(new_database_url: str) -> None:
    with made_by("0006", new_database_url) as connection:
        for at, name in enumerate("abcd", NOON):
            connection.execute(
                text(
                    "INSERT INTO sale"
                    " (id, network, channel, till, currency, price, tip, memo, idempotency_key, created_at)"
                    f" VALUES ('{name}', 'bc', 'till', '', 'SAT', 2100, 0, '', '{name}', {at})"
                )
            )
        for name in "ad":
            connection.execute(
                text(
                    "INSERT INTO charge (id, sale_id, attempt, wallet, network, till, amount_sat, tip_sat, invoice_id,"
                    " payment_request, payment_hash, created_at, expires_at) VALUES"
                    f" ('{name}', '{name}', 1, '', 'bc', '', 2100, 0, '{name}', '{name}', '{name}', {NOON}, {NOON})"
                )
            )
    store = open_store(new_database_url)
    listed = store.entries(Selection(0, 10**12), None, 1000)
    assert [str(it.charge.number) for it in listed] == ["2026-4", "2026-1"]
    assert store.entry(Number(2026, 2)) is None


def test_what_was_given_back_stays_what_a_report_has_counted(new_database_url: str) -> None:
    with made_by("0025", new_database_url) as connection:
        connection.execute(
            text(
                "INSERT INTO sale (id, network, channel, till, currency, price, tip, memo, idempotency_key, created_at,"
                " charge_id, paid_at, refunded_sat, refunded)"
                f" VALUES ('s', 'bc', 'till', 'till', 'SAT', 1030, 0, '', 'k', {NOON}, 'c', {NOON}, 830, 830)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO charge (id, sale_id, attempt, wallet, network, till, amount_sat, tip_sat, invoice_id,"
                " payment_request, payment_hash, created_at, expires_at, currency, price_minor, tip_minor) VALUES"
                f" ('c', 's', 1, '', 'bc', 'till', 1030, 0, 'i', 'lnbc', 'h', {NOON}, {NOON}, 'EUR', 52, 0)"
            )
        )
        # The second was cancelled, and counted all the same in what had gone back before the third.
        for position, amount, paid_at, shift in ((1, 10, NOON, 1), (2, 12, "NULL", "NULL"), (3, 820, NOON, 1)):
            connection.execute(
                text(
                    "INSERT INTO refund (id, sale_id, position, network, channel, till, currency, amount, amount_sat,"
                    " at_rate, reason, idempotency_key, created_at, staff, paid_at, shift) VALUES"
                    f" ('r{position}', 's', {position}, 'bc', 'till', 'till', 'SAT', {amount}, {amount},"
                    f" 'sale', '', 'k{position}', {NOON}, '', {paid_at}, {shift})"
                )
            )
    store = open_store(new_database_url)
    assert [it.minor for it in store.shifts.returned(1)] == [1, 42]
    store.close()


def sell_before_there_were_sales(database_url: str, count: int) -> None:
    """Fill a database as a till did that wrote down charges alone: nine of ten are paid, each tenth was made again."""
    with made_by("0003", database_url) as connection:
        numbers = NUMBERS[connection.dialect.name].format(count=count)
        connection.execute(
            text(
                "INSERT INTO charge (id, network, face, key, amount_sat, memo, invoice_id, payment_request,"
                f" payment_hash, created_at, expires_at, paid_at, received_sat) {numbers}"
                " SELECT 'c' || i, 'bc', 'till', CASE WHEN i % 10 = 0 THEN 'again c' || (i - 1) ELSE 'k' || i END,"
                " 2100, 'Flat white', 'i' || i, 'lnbc' || i, 'h' || i, i, i + 600,"
                " CASE WHEN i % 10 <> 9 THEN i + 9 END, CASE WHEN i % 10 <> 9 THEN 2100 END FROM n"
            )
        )


def test_twenty_thousand_charges_are_brought_up_to_date_in_a_minute(new_database_url: str) -> None:
    sell_before_there_were_sales(new_database_url, MANY)
    began = time.monotonic()
    store = open_store(new_database_url)
    assert time.monotonic() - began < PATIENCE
    # None is open: the sale of each that is not paid was paid by the next one.
    assert store.tally(0)[0] == Tally(Channel.TILL, MANY, MANY * 9 // 10, 0, 0, MANY * 9 // 10 * 2100)
    assert store.find_attempt("c9", 2) == store.get("c10")


@pytest.mark.only_on("sqlite", reason="PostgreSQL does not count what it does")
@pytest.mark.usefixtures("database")
def test_twice_the_charges_are_brought_up_to_date_in_twice_the_steps(tmp_path: Path) -> None:
    took = []
    for count in (1000, 2000):
        folder = tmp_path / str(count)
        folder.mkdir()
        sell_before_there_were_sales(f"sqlite:///{folder / 'till.db'}", count)
        store = Store(f"sqlite:///{folder / 'till.db'}", "bc")
        took.append(Steps(store).of(partial(migrate, store.engine, folder / "migrate.lock")))
        store.close()
    once, twice = took
    assert once > 1000
    assert twice < 2.2 * once


def test_a_start_that_has_nothing_to_bring_up_to_date_asks_no_more_than_that(new_database_url: str) -> None:
    open_store(new_database_url).close()
    store, asked = Store(new_database_url, "bc"), []
    event.listen(store.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    migrate(store.engine, Path(store.engine.url.database or "").parent / "migrate.lock")
    assert any("alembic_version" in statement for statement in asked)
    assert [statement for statement in asked if "charge" in statement] == []
    store.close()


FILE = pytest.mark.only_on("sqlite", reason="whoever writes to a PostgreSQL locks rows, and no database")


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Another program writes to the file, and does not come to an end."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield


@FILE
def test_a_start_that_has_nothing_to_bring_up_to_date_does_so_while_another_program_keeps_the_lock(
    new_database_url: str, tmp_path: Path
) -> None:
    bring_up_to_date(new_database_url, tmp_path)
    with closing(Store(new_database_url, "bc")) as store, locked(new_database_url):
        event.listen(store.engine, "before_cursor_execute", wait_for_nobody)
        migrate(store.engine, tmp_path / "migrate.lock")


@FILE
def test_an_update_that_meets_the_lock_of_another_program_names_that_and_no_backup(
    new_database_url: str, tmp_path: Path
) -> None:
    with made_by("0001", new_database_url):
        pass
    with closing(Store(new_database_url, "bc")) as store, locked(new_database_url):
        event.listen(store.engine, "before_cursor_execute", wait_for_nobody)
        with pytest.raises(StoreError, match=r"locked\. Another program .* Nothing is damaged$") as caught:
            migrate(store.engine, tmp_path / "migrate.lock")
    assert "restore" not in str(caught.value)
    bring_up_to_date(new_database_url, tmp_path)


def wait_for_nobody(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    """Let SQLite not wait until who has the lock lets go of it."""
    if statement == "BEGIN IMMEDIATE":
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")


def test_a_migration_is_known_by_the_number_in_its_files_name() -> None:
    known = ScriptDirectory(str(Path(migrations).parent))
    assert revisions() == {script.revision for script in known.walk_revisions()}
    assert known.get_heads() == [max(revisions())]


def test_a_trial_version_that_was_before_the_first_release_is_told_what_to_do(new_database_url: str) -> None:
    engine = open_engine(new_database_url)
    with engine.begin() as connection:
        # As commit 429e9dc made it; its migration has the same number as the one that came to stay.
        connection.exec_driver_sql("CREATE TABLE charge (id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, face TEXT)")
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('0001')")
    engine.dispose()
    with pytest.raises(StoreError, match=r"trial version.*Keep it in another place.*start again"):
        open_store(new_database_url)


@pytest.fixture
def older_database_url(request: pytest.FixtureRequest, new_database_url: str, database: str) -> Iterator[str]:
    """The address of a database from before the last update, that nobody is connected to."""
    with made_by("0024", new_database_url):
        pass
    if database == "sqlite":
        yield new_database_url
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.copy(new_database_url)
    yield url
    server.remove(url)


@pytest.fixture
def older_till(older_database_url: str) -> Iterator[Store]:
    """A till from before the last update, which still sells."""
    store = Store(older_database_url, "bcrt")
    store.leases.read("")
    yield store
    store.close()


def shape_of(store: Store) -> str:
    with store.engine.connect() as connection:
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def test_a_command_changes_no_database_under_an_older_till_that_sells(
    older_till: Store, older_database_url: str, tmp_path: Path
) -> None:
    given = {"POS_VAR": ".", "POS_WALLET": "sandbox", "POS_DATABASE_URL": older_database_url}
    for words in (["doctor"], ["verify"], ["owner"]):
        done = flask(tmp_path, *words, **given)
        assert done.exit_code == 1
        assert done.output.startswith("The database is of an older till (it has the shape 0024), and is in use:")
    assert shape_of(older_till) == "0024"
    older_till.leases.read("")
    older_till.close()
    forget_idle()
    # A server may take a moment to notice who has gone.
    until(lambda: flask(tmp_path, "verify", **given).exit_code == 0)
    assert shape_of(older_till) == max(revisions())


@pytest.mark.only_on("sqlite", reason="a file is copied")
def test_an_older_till_that_sells_is_backed_up_by_a_command_of_a_newer_one(
    older_till: Store, older_database_url: str, tmp_path: Path
) -> None:
    given = {"POS_VAR": ".", "POS_WALLET": "sandbox", "POS_DATABASE_URL": older_database_url}
    done = flask(tmp_path, "backup", "backup.db", **given)
    assert done.exit_code == 0, done.output
    older_till.close()
    backup = Store(f"sqlite:///{tmp_path / 'backup.db'}", "bcrt")
    assert shape_of(backup) == "0024"
    backup.close()


def test_a_start_brings_the_database_up_to_date_whoever_else_has_it_open(
    older_till: Store, older_database_url: str
) -> None:
    open_store(older_database_url).close()
    assert shape_of(older_till) == max(revisions())


@pytest.fixture
def newer_till(new_database_url: str, tmp_path: Path) -> str:
    """The address of a database which a till has brought to a shape that this one does not know."""
    bring_up_to_date(new_database_url, tmp_path)
    engine = open_engine(new_database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    return new_database_url


def test_the_database_of_a_newer_till_is_left_alone_and_said_to_be_so(newer_till: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"is of a newer till \(it has the shape 9999\): update this one first, or"):
        bring_up_to_date(newer_till, tmp_path)

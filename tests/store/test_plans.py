"""No request reads all that was ever sold: what a till asks its database for costs as much as on its first day."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event

from bench.fill import EVERY, fill
from pos import close, create_app
from pos.domain.charge import Channel
from pos.domain.number import Number
from pos.domain.report import Search, Selection, State
from pos.services.at_a_glance import at_a_glance
from pos.services.charge import charge
from pos.services.close_shift import close_shift
from pos.services.printing import open_print_queue, unprinted
from pos.services.watch import open_watch
from pos.settings import Settings
from pos.shop import Shop
from pos.store import Store
from pos.store.engine import open_engine, patient
from tests.conftest import Cashier, in_sat
from tests.databases import Postgres
from tests.fakes import NOON, FakeClock, FakePrinter, FakeWallet
from tests.people import People
from tests.store.steps import Steps

MANY = 20_000
# So many are sold in a day.
OF_A_DAY = 24 * 60 * 60 // EVERY
# The share of those that `fill` makes.
AT_THE_TILL = 0.7
TOKEN = "a-token-for-figures"
# When `fill` sold last.
LAST_SALE = NOON - 4 * 24 * 3600
# So often a question is asked before psycopg prepares it, and then before PostgreSQL weighs a plan for good.
PLANNED_ANEW = 5 + 5
DAY = NOON - 8 * 24 * 3600
HOURS = 3
# These grow with every sale; the others have a few rows for good.
GROWING = r"(sale|sale_line|charge|charge_tax|event)\b"
WHOLE = {
    # A walk along a whole index is a scan, too; one that skips what is asked for by its beginning is none. A search by
    # the network alone finds all that there is: most databases have one.
    "sqlite": re.compile(rf"^(SCAN {GROWING}|SEARCH {GROWING} USING (COVERING )?INDEX \w+ \(network=\?\)$)"),
    "postgresql": re.compile(rf"Seq Scan on {GROWING}"),
}


@dataclass
class Plans:
    """How the database goes about what it is asked, by its own word."""

    made: dict[str, str] = field(default_factory=dict)

    def explain(self, connection: Connection, statement: str, parameters: Any) -> None:
        word = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        cursor = connection.connection.cursor()
        many = isinstance(parameters, list)
        cursor.execute(f"{word} {statement}", parameters[0] if many else parameters)
        self.made[statement] = "\n".join(str(row[-1]) for row in cursor.fetchall())
        cursor.close()

    def scans(self, dialect: str) -> list[str]:
        return [
            f"{statement}\n{line}"
            for statement, plan in self.made.items()
            for line in plan.splitlines()
            if WHOLE[dialect].search(line.strip())
        ]


@contextmanager
def explained(store: Store) -> Iterator[Plans]:
    plans = Plans()

    def look(connection: Connection, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "\n")) and "pg_notify" not in statement:
            plans.explain(connection, statement, parameters)

    event.listen(store.engine, "before_cursor_execute", look)
    yield plans
    event.remove(store.engine, "before_cursor_execute", look)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, metrics_token=TOKEN)


def fill_up(url: str, sales: int = MANY) -> None:
    """Sell for years."""
    engine = open_engine(url)
    with engine.begin() as connection, patient(connection):
        fill(connection, sales, NOON)
    # PostgreSQL counts by itself what there is; SQLite never does, and goes by the shape of the question alone.
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection, patient(connection):
            connection.exec_driver_sql("ANALYZE")
    engine.dispose()


@pytest.fixture(scope="session")
def full_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all that was sold in years: to copy it takes a hundredth of the time to make it."""
    file = tmp_path_factory.mktemp("full") / "till.db"
    shutil.copy(migrated_file, file)
    fill_up(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def full_database(postgres: Postgres) -> Iterator[str]:
    """A database of PostgreSQL with all that was sold in years."""
    url = postgres.create_migrated()
    fill_up(url)
    yield url
    postgres.remove(url)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path, database: str) -> Iterator[str]:
    """The tests of this file begin after years."""
    if database == "sqlite":
        shutil.copy(request.getfixturevalue("full_file"), tmp_path / "till.db")
        yield f"sqlite:///{tmp_path / 'till.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.copy(request.getfixturevalue("full_database"))
    yield url
    server.remove(url)


@pytest.fixture
def years(shop: Shop) -> Shop:
    """A shop that has sold for years."""
    return shop


def test_a_till_that_prints_looks_at_what_was_paid_lately_alone(years: Shop, clock: FakeClock) -> None:
    printing = replace(years, printer=FakePrinter())
    queue = open_print_queue(printing, running=clock, beside=lambda action: action())
    assert queue
    with explained(years.store) as plans:
        queue.tick()
        assert years.store.print_jobs.ask("c1047", NOON, again=True)
        clock.move(1)
        queue.tick()
        assert unprinted(printing) is None
    assert any("print_job" in statement for statement in plans.made)
    assert plans.scans(years.store.engine.dialect.name) == []


def test_nothing_that_is_asked_for_reads_a_whole_table(
    years: Shop, client: FlaskClient, cashier: Cashier, wallet: FakeWallet, clock: FakeClock
) -> None:
    with explained(years.store) as plans:
        for path in ("/", "/recent", "/sales", "/kiosk", "/screen/till", "/screen/till/status", "/readyz"):
            assert client.get(path).status_code == 200
        figures = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert f'till_charges_total{{channel="till"}} {MANY * AT_THE_TILL:.1f}' in figures.text
        charge_id = cashier.sell(2100)
        for path in ("", "/status", "/qr.png"):
            assert client.get(f"/pay/{charge_id}{path}").status_code == 200
        fields = cashier.open(f"/pay/{charge_id}")
        for path in ("/cancel", "/again"):
            assert cashier.send(f"/pay/{charge_id}{path}", fields).status_code == 303
        paid = charge(years, Channel.API, in_sat(5), "order-1")
        assert charge(years, Channel.API, in_sat(5), "order-1") == paid
        wallet.settle(paid.invoice, 5)
        years.presence.note(paid.id)
        # What was asked for at buttons counts in the budget of a second.
        clock.move(1)
        watch = open_watch(years, beside=lambda look_up: look_up())
        watch.tick()
        assert client.get(f"/pay/{paid.id}/status").get_json()["status"] == "paid"
        years.store.find_by_invoice(paid.invoice.id)
        years.store.find_by_payment_hash(paid.invoice.payment_hash)
        years.store.unpaid(wallet.identity, NOON)
        years.store.unpaid_among(wallet.identity, [paid.id])
        years.store.ended_among([paid.id])
        years.store.look([paid.id])
        years.store.count_open(Channel.TIPS, NOON, 500)
        years.store.count_open_of_jar("tips", NOON, 100)
        years.store.jars.hide_messages("tips")
        years.store.news("till", NOON, NOON - 12 * 3600, 12)
        years.store.find_by_number(Number(2026, 1047))
    dialect = years.store.engine.dialect.name
    assert len(plans.made) > 15
    assert plans.scans(dialect) == []


def test_the_books_of_some_hours_are_read_without_those_of_all_years(years: Shop) -> None:
    # Where so many are read at a time as make up a fifth of all, PostgreSQL had better read all.
    store = Store(years.settings.database_url, "bcrt", at_a_time=10)
    until = DAY + HOURS * 3600
    with explained(store) as plans:
        assert store.entry(Number(2026, 1047))
        assert store.attempts("s1047")
        for channel, till in ((None, None), (Channel.TILL, "till"), (Channel.TILL, None), (Channel.KIOSK, None)):
            for state in (None, *State):
                asked = Selection(DAY, until, channel, till, state=state)
                found = store.page(asked, (DAY + 3600, "s"), 50, furthest=200).entries
                assert all(DAY <= it.at <= DAY + 3600 for it in found)
                following, _ = store.following(asked, (DAY + 3600, "s"), 50)
                assert all(DAY + 3600 <= it.at < until for it in following)
                assert len(store.page(replace(asked, search=Search("white")), None, 5, furthest=200).entries) <= 5
                sold = store.sums(asked).count
                assert sold <= HOURS * 120
                assert store.sums_by(asked, range(DAY, until + 1, 3600))[0].count == sold
    assert len(plans.made) > 5
    assert plans.scans(store.engine.dialect.name) == []
    store.close()


def test_a_shift_is_closed_without_reading_what_was_sold_before_it(years: Shop) -> None:
    with years.store.engine.begin() as connection, patient(connection):
        # All but what the kiosk and the till took lately is of shifts long ago.
        connection.exec_driver_sql(f"UPDATE charge SET shift = 0 WHERE created_at < {LAST_SALE - 3600}")
    with explained(years.store) as plans:
        before = years.store.shifts.open("till", ("till", "bar"), NOON)
        assert 100 < before.takings.count < 200
        report = close_shift(years, "till", 1).report
        assert report.shift.takings == before.takings
        assert years.store.shifts.open("bar", ("till", "bar"), NOON).is_empty
        assert years.store.shifts.listed(None, None, 50) == years.store.shifts.listed("till", None, 50)
        kept = years.store.shifts.following(("", 0))
        assert kept
        assert len(years.store.shifts.counted(kept.id)) == report.shift.takings.count
    assert plans.scans(years.store.engine.dialect.name) == []


def test_the_office_says_in_one_look_what_is_open_and_stops_to_count_where_nobody_closes_shifts(years: Shop) -> None:
    with explained(years.store) as plans:
        glance = at_a_glance(years)
    assert [(it.till, it.count, it.more) for it in glance.shifts] == [("till", 1000, True)]
    assert len(plans.made) > 5
    assert plans.scans(years.store.engine.dialect.name) == []


def pages(app: Flask, sales: int) -> dict[str, str]:
    """Return the address of every page by its rule: that of the last of so many sales, or of those of its day."""
    last = datetime.fromtimestamp(LAST_SALE, UTC).date()
    there = {"charge_id": f"c{sales}", "number": f"{last.year}-{sales}", "till": "till", "name": "tips", "kind": "csv"}
    found = {}
    for rule in app.url_map.iter_rules():
        # What is told as it happens has no end.
        if "GET" in (rule.methods or ()) and not rule.rule.endswith("/events"):
            path = re.sub(r"<(?:[^:<>]*:)?(\w+)>", lambda it: there.get(it[1], "1"), rule.rule)
            found[rule.rule] = path + f"?from={last}&to={last}" * (path in ("/sales", "/sales.csv"))
    return found


@pytest.mark.only_on("postgresql", reason="of SQLite the steps are counted")
def test_no_page_reads_a_whole_table(years: Shop, app: Flask) -> None:
    with years.store.engine.begin() as connection, patient(connection):
        connection.exec_driver_sql(f"UPDATE charge SET shift = 0 WHERE created_at < {LAST_SALE - 3600}")
    owner = People(app).owner()
    with explained(years.store) as plans:
        for rule, path in pages(app, MANY).items():
            # Of a whole day there is more above: of so few years it is so much that PostgreSQL had better read all.
            if "?" not in path and not rule.endswith("/shift"):
                assert owner.get(path).status_code < 500
    assert len(plans.made) > 50
    assert plans.scans("postgresql") == []


# One in ten sales was given back, long ago for the most part.
REFUNDED = f"""
    INSERT INTO refund (
        id, sale_id, position, network, channel, till, currency, amount, amount_sat, at_rate, reason, idempotency_key,
        created_at, staff, paid_at, paid_by, shift
    )
    SELECT 'r' || id, id, 1, network, channel, till, 'SAT', 100, 100, 'sale', '', 'k' || id,
        at + 60, '', at + 90, 'hand', CASE WHEN at < {LAST_SALE - 3600} THEN 0 END
    FROM sale WHERE paid_at IS NOT NULL AND number % 10 = 0
"""


def ask(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code < 500


@pytest.mark.only_on("sqlite", reason="PostgreSQL does not count what it does")
def test_no_page_takes_more_steps_after_years_than_after_a_day(
    settings: Settings, migrated_file: Path, wallet: FakeWallet, clock: FakeClock, tmp_path: Path
) -> None:
    shutil.copy(migrated_file, tmp_path / "day.db")
    fill_up(f"sqlite:///{tmp_path / 'day.db'}", OF_A_DAY)
    took: list[dict[str, int]] = []
    for url, sales in ((f"sqlite:///{tmp_path / 'day.db'}", OF_A_DAY), (settings.database_url, MANY)):
        app = create_app(replace(settings, database_url=url), wallet=wallet, clock=clock, running=clock)
        store, owner = app.extensions["shop"].store, People(app).owner()
        with store.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE charge SET shift = 0 WHERE created_at < {LAST_SALE - 3600}")
            connection.exec_driver_sql(REFUNDED)
        steps = Steps(store)
        took.append({rule: steps.of(partial(ask, owner, path)) for rule, path in pages(app, sales).items()})
        close(app)
    after_a_day, after_years = took
    assert {it: steps for it, steps in after_years.items() if steps > 1.2 * after_a_day[it] + 500} == {}


@pytest.mark.only_on("sqlite", reason="PostgreSQL goes by how many there are")
def test_what_needs_a_look_is_found_without_all_that_was_paid(years: Shop) -> None:
    with explained(years.store) as plans:
        assert years.store.sums(Selection(DAY, DAY + 24 * 3600)).review > 0
        years.store.news("till", LAST_SALE, LAST_SALE - 12 * 3600, 12)
    for index in ("charge_review_at", "charge_review"):
        assert [it for it in plans.made.values() if f"USING INDEX {index} (" in it]


def test_a_search_gives_way_sooner_than_a_sum(years: Shop) -> None:
    turns: list[int] = []
    store = Store(years.settings.database_url, "bcrt", give_way=lambda: turns.append(1))
    assert store.page(Selection(0, NOON, search=Search("tea")), None, 5, furthest=2000).entries == []
    assert len(turns) == 4
    store.close()


def test_a_scan_would_be_noticed(years: Shop) -> None:
    with explained(years.store) as plans, years.store.engine.connect() as connection:
        connection.exec_driver_sql("SELECT sum(amount_sat) FROM charge")
    assert len(plans.scans(years.store.engine.dialect.name)) == 1


@pytest.mark.only_on("postgresql", reason="SQLite plans a question when it is prepared, and never again")
def test_the_list_of_a_shop_that_sells_all_day_is_not_planned_anew_each_time_it_is_read(years: Shop) -> None:
    for _ in range(PLANNED_ANEW + 5):
        assert len(years.store.news("till", LAST_SALE, LAST_SALE - 12 * 3600, 12)) > 12
    with years.store.engine.connect() as connection:
        plans = connection.exec_driver_sql("SELECT generic_plans FROM pg_prepared_statements WHERE generic_plans > 0")
        assert plans.scalars().all() == [5]

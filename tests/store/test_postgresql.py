"""The till's book on a PostgreSQL: whatever becomes of the server, nobody waits for long, and it heals by itself."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import make_url

from pos import close, create_app
from pos.domain.charge import Payment
from pos.migrations import ADVISORY_LOCK, migrate
from pos.runtime.broker import Broker
from pos.services.doctor import Verdict, examine
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from pos.store import Store, StoreError
from pos.store.engine import ANSWER
from tests.conftest import Cashier, stored
from tests.databases import Postgres, name_of
from tests.fakes import FakeClock, FakeWallet

pytestmark = pytest.mark.only_on("postgresql", reason="it is about the server and the way to it")

PASSWORD = "hunter2-and-more"


def driver(shop: Shop) -> Any:
    """Return the one connection that the till has used so far."""
    with shop.store.engine.connect() as connection:
        return connection.connection.driver_connection


@pytest.fixture
def elsewhere(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """Another program that uses the till's database."""
    url = make_url(database_url)
    with psycopg.connect(host=str(url.query["host"]), user=url.username, dbname=url.database) as connection:
        yield connection


def test_a_database_that_went_away_is_told_and_the_till_recovers_by_itself(
    client: FlaskClient, cashier: Cashier, postgres: Postgres, database_url: str
) -> None:
    charge_id = cashier.sell(2100)
    postgres.close_door(database_url)
    answer = client.get(f"/pay/{charge_id}")
    assert answer.status_code == 503
    assert "database" in answer.text
    assert client.get("/readyz").status_code == 503
    postgres.open_door(database_url)
    assert client.get(f"/pay/{charge_id}").status_code == 200


def test_screens_are_told_of_a_payment_after_the_server_was_away(
    shop: Shop, cashier: Cashier, wallet: FakeWallet, postgres: Postgres, database_url: str
) -> None:
    sold = stored(shop, cashier.sell(2100))
    elsewhere = Store(database_url, shop.settings.network)
    with shop.broker.subscribe(sold.id) as news:
        postgres.close_door(database_url)
        postgres.open_door(database_url)
        wallet.settle(sold.invoice, 2100)
        settle(replace(shop, store=elsewhere, broker=Broker(elsewhere)), sold)
        assert news.wait(60)
    elsewhere.close()


def test_who_stops_listening_leaves_no_connection_that_is_still_told(shop: Shop) -> None:
    with shop.store.listen() as wait:
        wait(0)
    with shop.store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM pg_listening_channels()").scalar() == 0


def test_a_server_that_was_started_again_between_two_sales_costs_none(
    cashier: Cashier, postgres: Postgres, database_url: str
) -> None:
    fields = cashier.open()
    cashier.sell(2100)
    postgres.close_door(database_url)
    postgres.open_door(database_url)
    assert cashier.send("/", fields, amount="21").status_code == 303


def test_a_sale_that_the_database_did_not_take_may_be_sent_again(
    cashier: Cashier, wallet: FakeWallet, postgres: Postgres, database_url: str
) -> None:
    fields = cashier.open()
    wallet.before_answer = lambda: postgres.close_door(database_url)
    assert cashier.send("/", fields, amount="21").status_code == 503
    postgres.open_door(database_url)
    wallet.before_answer = lambda: None
    assert cashier.send("/", fields, amount="21").status_code == 303


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_connection_whose_server_froze_is_given_up_for_a_new_one(shop: Shop) -> None:
    connection = driver(shop)
    connection.patience = 0.2
    with frozen(connection.info.backend_pid):
        assert shop.store.get("c1") is None
    assert connection.closed


def test_a_server_that_freezes_over_a_question_is_a_store_error(shop: Shop) -> None:
    connection = driver(shop)
    connection.patience = 0.2
    with ExitStack() as thaw:

        def freeze(*_: object) -> None:
            thaw.enter_context(frozen(connection.info.backend_pid))

        event.listen(shop.store.engine, "before_cursor_execute", freeze, once=True)
        with pytest.raises(StoreError, match="did not answer within"):
            shop.store.get("c1")
    assert shop.store.get("c1") is None


def test_whoever_waits_for_news_says_for_how_long(shop: Shop) -> None:
    connection = driver(shop)
    connection.patience = 0.05
    began = time.monotonic()
    assert list(connection.notifies(timeout=0.3)) == []
    assert time.monotonic() - began >= 0.3
    assert not connection.closed


def test_a_row_that_somebody_holds_is_waited_for_only_so_long(
    shop: Shop, cashier: Cashier, elsewhere: psycopg.Connection[Any]
) -> None:
    charge = stored(shop, cashier.sell(2100))
    elsewhere.execute("SELECT * FROM charge FOR UPDATE")
    with pytest.raises(StoreError, match="lock timeout"):
        shop.store.mark_paid(charge.id, Payment(charge.created_at, 2100, None, proven=False))
    elsewhere.rollback()
    assert shop.store.mark_paid(charge.id, Payment(charge.created_at, 2100, None, proven=False))


def test_too_many_who_ask_at_once_are_a_store_error_and_no_queue_without_end(shop: Shop) -> None:
    with ExitStack() as busy:
        for _ in range(15):
            busy.enter_context(shop.store.engine.connect())
        began = time.monotonic()
        with pytest.raises(StoreError, match="QueuePool"):
            shop.store.get("c1")
        assert time.monotonic() - began < 15
    assert shop.store.get("c1") is None


def test_a_server_that_takes_a_call_and_says_nothing_is_waited_for_only_so_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = Store(f"postgresql+psycopg://till:{PASSWORD}@127.0.0.1:{silent.getsockname()[1]}/till", "bc")
        began = time.monotonic()
        with pytest.raises(StoreError, match="timeout") as caught:
            store.check()
    assert time.monotonic() - began < 15
    assert PASSWORD not in str(caught.value)


def test_every_wait_has_an_end(shop: Shop) -> None:
    told = driver(shop).info.get_parameters()
    assert (told["keepalives_idle"], told["keepalives_interval"], told["keepalives_count"]) == ("5", "2", "2")
    assert told["tcp_user_timeout"] == "3000"
    with shop.store.engine.connect() as connection:
        for name, limit in (("statement_timeout", "2500ms"), ("idle_in_transaction_session_timeout", "10s")):
            assert connection.exec_driver_sql(f"SHOW {name}").scalar() == limit


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(StoreError, match="refused") as caught:
        Store(f"postgresql+psycopg://till:{PASSWORD}@127.0.0.1:{port}/till", "bc").check()
    assert PASSWORD not in str(caught.value)


def test_a_password_that_is_refused_is_not_repeated(
    postgres: Postgres, database_url: str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    postgres.execute("CREATE ROLE guest LOGIN PASSWORD 'another one'")
    url = postgres.url(name_of(database_url), f"guest:{PASSWORD}")
    with pytest.raises(StoreError, match='password authentication failed for user "guest"') as caught:
        create_app(replace(settings, database_url=url))
    postgres.execute("DROP ROLE guest")
    assert PASSWORD not in str(caught.value)
    assert PASSWORD not in caplog.text


def test_a_store_error_is_one_line_without_our_statement(shop: Shop) -> None:
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    with pytest.raises(StoreError) as caught:
        shop.store.get("c1")
    assert str(caught.value).startswith('relation "charge" does not exist')
    assert "\n" not in str(caught.value)


def test_a_database_that_may_only_be_read_is_found_by_the_doctor(
    shop: Shop, postgres: Postgres, database_url: str
) -> None:
    with postgres.changed(database_url, "default_transaction_read_only", "on"):
        finding = next(
            finding for finding in examine(shop, lambda *_: 200, lambda _: b"") if finding.part == "database"
        )
    assert finding.verdict is Verdict.BAD
    assert "read-only" in finding.sentence


def test_a_database_that_holds_no_emoji_stops_the_start(postgres: Postgres, tmp_path: Path) -> None:
    postgres.execute("CREATE DATABASE plain ENCODING 'SQL_ASCII' TEMPLATE template0")
    store = Store(postgres.url("plain"), "bc")
    with pytest.raises(StoreError, match="encoding is SQL_ASCII"):
        migrate(store.engine, tmp_path / "migrate.lock")
    store.close()
    postgres.execute("DROP DATABASE plain WITH (FORCE)")


def test_texts_come_and_go_whatever_the_servers_own_idea_of_a_client_is(
    postgres: Postgres, database_url: str, cashier: Cashier, shop: Shop
) -> None:
    with postgres.changed(database_url, "client_encoding", "'SQL_ASCII'"):
        charge_id = Cashier(cashier.client).sell(2100, "Coffee ☕")
        assert stored(shop, charge_id).memo == "Coffee ☕"


def test_a_migration_waits_for_another_hosts_longer_than_a_sale_would(
    elsewhere: psycopg.Connection[Any], shop: Shop, tmp_path: Path
) -> None:
    elsewhere.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
    with ThreadPoolExecutor(1) as pool:
        start = pool.submit(migrate, shop.store.engine, tmp_path / "migrate.lock")
        with pytest.raises(FutureTimeout):
            start.result(timeout=ANSWER + 0.5)
        elsewhere.rollback()
        start.result(timeout=60)
    assert driver(shop).patience == ANSWER


# What a gunicorn worker is: everything is patched, and a greenlet that waits for the database lets the others go on.
GREENLETS = """
from gevent import monkey
monkey.patch_all()
import sys
import gevent
from pos.store.engine import open_engine

engine = open_engine(sys.argv[1])

def ask(question):
    with engine.connect() as connection:
        connection.exec_driver_sql(question)

with engine.connect() as holder:
    holder.exec_driver_sql("SELECT pg_advisory_lock(1)")
    slow = gevent.spawn(ask, "SELECT pg_advisory_lock(1)")
    gevent.sleep(0.1)
    gevent.spawn(ask, "SELECT 1").get()
    assert not slow.ready()
    holder.exec_driver_sql("SELECT pg_advisory_unlock(1)")
    slow.get()
engine.dispose()
"""


@pytest.mark.real_time
def test_one_greenlets_slow_question_does_not_keep_another_waiting(database_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", GREENLETS, database_url], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_till_goes_by_the_databases_time_from_its_start_and_its_watch_keeps_to_it(
    settings: Settings, postgres: Postgres, database_url: str
) -> None:
    def there(statement: str) -> None:
        with psycopg.connect(database_url.replace("+psycopg", "")) as elsewhere:
            elsewhere.execute(statement)

    def is_ahead(hours: int) -> None:
        time_there = f"SELECT pg_catalog.clock_timestamp() + interval '{hours} hours'"
        there(
            f"CREATE OR REPLACE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $${time_there}$$"
        )

    is_ahead(hours=1)
    running = FakeClock(0)
    with postgres.changed(database_url, "search_path", "public, pg_catalog"):
        app = create_app(settings, wallet=FakeWallet(FakeClock()), running=running)
        shop = app.extensions["shop"]
        assert shop.now() == pytest.approx(time.time() + 3600, abs=60)
        is_ahead(hours=2)
        running.move(60)
        app.extensions["watch"].tick()
        assert shop.now() == pytest.approx(time.time() + 7200, abs=60)
        close(app)
    there("DROP FUNCTION public.clock_timestamp()")

"""Backup and restore: a copy of the database while the till sells, and back, also from an older till."""

import os
import re
import sqlite3
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Event

import click
import pytest
from alembic import command
from alembic.config import Config as AlembicConfig
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect

from pos import create_app, migrations
from pos.cli import load
from pos.cli.backup import backup_command, restore_command
from pos.domain.device import Face
from pos.services.claim import invite
from pos.settings import Settings
from pos.shop import Shop
from pos.store import StoreError
from pos.store.backup import pg_dump, pg_restore
from pos.store.engine import open_engine
from pos.web.access import DEVICE_COOKIE, OWNER_COOKIE
from tests.command import flask
from tests.conftest import Cashier
from tests.databases import binaries
from tests.fakes import FakeWallet
from tests.people import People
from tests.processes import RealShop, real_shop, until

FILE = pytest.mark.only_on("sqlite", reason="a file is copied")
SERVER = pytest.mark.only_on("postgresql", reason="a server has its own tools")


def run(app: Flask, *words: str | Path) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=[str(word) for word in words])
    return result.exit_code, result.output + str(result.exception or "")


def ids_in(file: Path) -> set[str]:
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
        return {charge_id for (charge_id,) in database.execute("SELECT id FROM charge")}


def names_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def give(command: click.Command, *words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(command, [str(word) for word in words])
    return result.exit_code, result.output + str(result.exception or "")


def sell_until(shop: RealShop, ended: Event, name: str) -> list[str]:
    """Sell one after the other; return the ids of all that were shown."""
    shown: list[str] = []
    while not ended.is_set():
        shown.append(shop.sell(f"{name}-{len(shown)}")["id"])
    return shown


@FILE
@pytest.mark.real_time
def test_a_till_is_backed_up_while_it_sells_and_restored_once_it_is_stopped(
    settings: Settings, wallet: FakeWallet, tmp_path: Path
) -> None:
    database, backup = tmp_path / "var/till.db", tmp_path / "backup.db"
    settings = replace(settings, var=database.parent, database_url=f"sqlite:///{database}")
    ended = Event()
    with real_shop(tmp_path, POS_WORKERS="2") as street:
        before = {street.sell(f"before-{number}")["id"] for number in range(5)}
        with ThreadPoolExecutor() as programs:
            sellers = [programs.submit(sell_until, street, ended, name) for name in ("a", "b")]
            try:
                until(lambda: len(ids_in(database)) > len(before))
                backed_up = give(backup_command(settings), backup)
                copied = ids_in(backup)
                until(lambda: len(ids_in(database)) > len(copied))
            finally:
                ended.set()
            shown = before | {charge_id for seller in sellers for charge_id in seller.result()}
        refused = give(restore_command(settings), backup)
        assert ids_in(database) == shown
        street.till.stop()
    assert backed_up[0] == 0
    assert f"Backed up to {backup}: {len(copied)} charges, the last of" in backed_up[1]
    assert before < copied < shown
    assert refused[0] != 0
    assert "in use" in refused[1]

    code, output = give(restore_command(settings), backup)
    assert code == 0
    assert f"Restored from {backup}: {len(copied)} charges" in output
    till = create_app(settings, wallet=wallet).test_client()
    assert {till.get(f"/pay/{charge_id}").status_code for charge_id in copied} == {200}
    [kept] = database.parent.glob("till.db.before-restore-*")
    assert ids_in(kept) == shown


@FILE
def test_a_backup_is_one_file_for_its_owners_eyes_alone(app: Flask, cashier: Cashier, tmp_path: Path) -> None:
    charge_id = cashier.sell(21)
    there = names_in(tmp_path)
    code, output = run(app, "backup", tmp_path / "backup.db")
    assert (code, names_in(tmp_path) - there) == (0, {"backup.db"}), output
    assert (tmp_path / "backup.db").stat().st_mode & 0o777 == 0o600
    assert ids_in(tmp_path / "backup.db") == {charge_id}


@FILE
def test_a_backup_writes_over_no_file(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"of the holidays")
    code, output = run(app, "backup", tmp_path / "photo.jpg")
    assert code != 0
    assert "No backup was made" in output
    assert "there already" in output
    assert (tmp_path / "photo.jpg").read_bytes() == b"of the holidays"


@FILE
def test_a_backup_that_cannot_be_written_is_not_half_there(app: Flask, tmp_path: Path) -> None:
    code, output = run(app, "backup", tmp_path / "no such folder/backup.db")
    assert code != 0
    assert "cannot be written" in output


@FILE
def test_a_till_that_has_lost_its_database_leaves_no_empty_backup(app: Flask, shop: Shop, tmp_path: Path) -> None:
    shop.store.close()
    (tmp_path / "till.db").unlink()
    code, output = run(app, "backup", tmp_path / "backup.db")
    assert code != 0
    assert "cannot be copied" in output
    assert not {"backup.db", "till.db"} & names_in(tmp_path)


@FILE
def test_a_copy_of_a_damaged_database_says_that_it_is_damaged(app: Flask, cashier: Cashier, tmp_path: Path) -> None:
    cashier.sell(21)
    app.extensions["shop"].store.close()
    with closing(sqlite3.connect(tmp_path / "till.db")) as database:
        database.execute("PRAGMA writable_schema = ON")
        # An index that lost its page.
        database.execute("UPDATE sqlite_master SET rootpage = 2 WHERE type = 'index' AND rootpage > 2")
        database.commit()
    code, output = run(app, "backup", tmp_path / "backup.db")
    assert code != 0
    assert "damaged" in output


def old_book(file: Path) -> None:
    """Make a database as an older till did, with one sale in it, in place of what is there."""
    file.unlink(missing_ok=True)
    config = AlembicConfig()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    engine = open_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.exec_driver_sql(
            "INSERT INTO charge (id, network, face, key, amount_sat, memo, invoice_id, payment_request, payment_hash,"
            " created_at, expires_at) VALUES ('old', 'bcrt', 'till', 'k1', 2100, 'Coffee', 'lntx_1', 'lnbcrt1',"
            " 'hash', 1000, 1600)"
        )
    engine.dispose()


@FILE
def test_a_backup_of_an_older_till_is_brought_up_to_date(
    app: Flask, settings: Settings, wallet: FakeWallet, cashier: Cashier, tmp_path: Path
) -> None:
    newer = cashier.sell(21)
    old_book(tmp_path / "old.db")
    code, output = run(app, "restore", tmp_path / "old.db")
    assert code == 0, output
    assert re.search(r"1 charges, the last of 1970-01-01 [0-9:]{8} [+-][0-9]{4}\b", output)
    restored = Cashier(create_app(settings, wallet=wallet).test_client())
    assert restored.status("old")["memo"] == "Coffee"
    assert restored.client.get(f"/pay/{newer}").status_code == 404
    # The backup itself is as it was: it may be needed again.
    with closing(sqlite3.connect(tmp_path / "old.db")) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [("0002",)]


@FILE
def test_a_restore_signs_all_owners_out_and_says_who_comes_in_again(
    app: Flask, settings: Settings, wallet: FakeWallet, people: People, shop: Shop, tmp_path: Path
) -> None:
    marta, tablet = people.owner("Marta"), people.device()
    link, (pairing, _) = invite(shop), people.offer("Terrace")
    people.device(Face.KIOSK, "", revoked=True)
    assert run(app, "backup", tmp_path / "backup.db")[0] == 0
    [device] = [it for it in shop.store.devices.listed() if it.revoked_at is None]
    shop.store.devices.revoke(device.id, "Marta", shop.now())
    code, output = run(app, "restore", tmp_path / "backup.db")
    assert code == 0, output
    assert "Owners, signed out, with the passwords of then: Marta." in output
    assert "Devices, paired as they were: the till till." in output
    assert "Whom the shop has removed since is back" in output
    restored = People(create_app(settings, wallet=wallet))

    def status(browser: FlaskClient, cookie: str, path: str) -> int:
        kept = browser.get_cookie(f"{app.config['SESSION_COOKIE_NAME']}_{cookie}")
        assert kept
        return restored.with_cookie(cookie, kept.value).get(path).status_code

    assert status(marta, OWNER_COOKIE, "/office") == 403
    assert status(tablet, DEVICE_COOKIE, "/") == 200
    assert [restored.stranger().get(path).status_code for path in (f"/claim/{link}", f"/pair/{pairing}")] == [410, 410]


@FILE
def test_a_restore_of_a_shop_that_nobody_owns_says_nothing_of_owners(app: Flask, tmp_path: Path) -> None:
    old_book(tmp_path / "old.db")
    code, output = run(app, "restore", tmp_path / "old.db")
    assert code == 0
    assert "Owners" not in output
    assert "Devices" not in output


def newer_book(file: Path) -> None:
    old_book(file)
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()


def trial_book(file: Path) -> None:
    """As commit 429e9dc made it, before the first release."""
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE charge (id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, created_at BIGINT)")
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        database.execute("INSERT INTO alembic_version VALUES ('0001')")
        database.commit()


def other_database(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE recipe (name TEXT)")


def torn_book(file: Path) -> None:
    old_book(file)
    file.write_bytes(file.read_bytes()[:-4096])


@FILE
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda _: None, "there is no file"),
        (lambda file: file.mkdir(), "is a folder"),
        (lambda file: file.write_text("Dear diary," * 100), "not the database of a till"),
        (other_database, "not the database of a till"),
        (torn_book, "damaged|not the database of a till"),
        (newer_book, "of a newer till"),
        (trial_book, "backup.db was made by a trial version of the till, before 0.1.0, and cannot be restored."),
    ],
    ids=["nothing", "a folder", "a diary", "recipes", "a torn book", "a newer book", "a trial book"],
)
def test_what_is_no_tills_backup_is_refused_and_nothing_is_changed(
    app: Flask, cashier: Cashier, tmp_path: Path, make: Callable[[Path], object], reason: str
) -> None:
    charge_id = cashier.sell(21)
    make(tmp_path / "backup.db")
    there = names_in(tmp_path)
    code, output = run(app, "restore", tmp_path / "backup.db")
    assert code != 0
    assert "Nothing was restored" in output
    assert any(word in output for word in reason.split("|")), output
    assert ids_in(tmp_path / "till.db") == {charge_id}
    assert names_in(tmp_path) - {"till.db-wal", "till.db-shm"} <= there | {"migrate.lock"}


@FILE
@pytest.mark.parametrize("spoil", [newer_book, torn_book], ids=["newer", "torn"])
def test_a_till_that_cannot_start_over_its_database_can_be_restored(
    app: Flask, cashier: Cashier, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    charge_id = cashier.sell(21)
    assert run(app, "backup", tmp_path / "backup.db")[0] == 0
    var = tmp_path / "var"
    var.mkdir()
    spoil(var / "till.db")
    done = flask(var, "restore", tmp_path / "backup.db", POS_VAR=".", POS_WALLET="sandbox")
    assert done.exit_code == 0, done.output
    assert ids_in(var / "till.db") == {charge_id}


@FILE
def test_a_till_that_cannot_start_says_so_whatever_else_it_is_asked(tmp_path: Path) -> None:
    newer_book(tmp_path / "till.db")
    done = flask(tmp_path, "doctor", POS_VAR=".", POS_WALLET="sandbox")
    assert done.exit_code != 0
    assert "The till cannot start" in done.output


@pytest.fixture
def lone_log(app: Flask, cashier: Cashier, tmp_path: Path) -> Path:
    """A log with a sale in it whose database was taken away from a till that sold; `backup.db` is of before."""
    assert run(app, "backup", tmp_path / "backup.db")[0] == 0
    cashier.sell(21)
    var = tmp_path / "var"
    var.mkdir()
    log = var / "till.db-wal"
    log.write_bytes((tmp_path / "till.db-wal").read_bytes())
    assert log.stat().st_size
    return log


@FILE
@pytest.mark.parametrize("words", [["doctor"], ["owner"], ["backup", "../new.db"]], ids=lambda words: words[0])
@pytest.mark.parametrize("leave", [lambda _: None, lambda file: file.touch()], ids=["gone", "empty"])
def test_no_command_empties_the_log_of_a_database_that_is_away(
    lone_log: Path, words: list[str], leave: Callable[[Path], object]
) -> None:
    leave(lone_log.with_name("till.db"))
    log = lone_log.read_bytes()
    done = flask(lone_log.parent, *words, POS_VAR=".", POS_WALLET="sandbox")
    assert done.exit_code != 0
    assert "is gone or empty, but its log" in done.output
    assert lone_log.read_bytes() == log


@FILE
def test_a_till_does_not_start_over_the_log_of_a_database_that_is_away(
    lone_log: Path, settings: Settings, wallet: FakeWallet
) -> None:
    log = lone_log.read_bytes()
    there = names_in(lone_log.parent)
    url = f"sqlite:///{lone_log.with_name('till.db')}"
    with pytest.raises(StoreError, match=r"its log .* is there"):
        create_app(replace(settings, database_url=url), wallet=wallet)
    assert lone_log.read_bytes() == log
    assert names_in(lone_log.parent) == there


@FILE
@pytest.mark.parametrize("leave", [lambda _: None, lambda file: file.touch()], ids=["gone", "empty"])
def test_a_backup_is_restored_where_only_the_log_is_left_which_is_kept(
    lone_log: Path, tmp_path: Path, leave: Callable[[Path], object]
) -> None:
    leave(lone_log.with_name("till.db"))
    log = lone_log.read_bytes()
    done = flask(lone_log.parent, "restore", tmp_path / "backup.db", POS_VAR=".", POS_WALLET="sandbox")
    assert done.exit_code == 0, done.output
    [kept] = lone_log.parent.glob("till.db.before-restore-*-wal")
    assert kept.read_bytes() == log


@FILE
@pytest.mark.parametrize("name", ["Shop #1", "a?b", "100%41"])
def test_a_backup_is_restored_in_a_folder_whatever_that_is_called(
    app: Flask, cashier: Cashier, tmp_path: Path, name: str
) -> None:
    charge_id = cashier.sell(21)
    assert run(app, "backup", tmp_path / "backup.db")[0] == 0
    var = tmp_path / name / "var"
    var.mkdir(parents=True)
    there = names_in(tmp_path)
    done = flask(tmp_path, "restore", "backup.db", POS_VAR=str(var), POS_WALLET="sandbox")
    assert done.exit_code == 0, done.output
    assert ids_in(var / "till.db") == {charge_id}
    assert names_in(tmp_path) == there


@FILE
@pytest.mark.parametrize("place", ["file/till.db", "no such folder/till.db"])
def test_a_database_that_can_be_nowhere_is_restored_with_a_sentence(
    app: Flask, cashier: Cashier, tmp_path: Path, place: str
) -> None:
    cashier.sell(21)
    assert run(app, "backup", tmp_path / "backup.db")[0] == 0
    (tmp_path / "file").touch()
    database = f"sqlite:///{tmp_path / place}"
    done = flask(tmp_path, "restore", "backup.db", POS_VAR="var", POS_DATABASE_URL=database, POS_WALLET="sandbox")
    assert done.exit_code == 1
    assert "Nothing was restored" in done.output


@FILE
def test_a_server_is_not_served_by_what_can_only_restore(settings: Settings, tmp_path: Path) -> None:
    newer_book(tmp_path / "till.db")
    with pytest.raises(StoreError):
        load(lambda _: create_app(settings))


@pytest.fixture
def with_password(settings: Settings) -> Settings:
    url = "postgresql+psycopg://till:s3cret@db.example.com/till?sslmode=verify-full"
    return replace(settings, database_url=url)


def test_what_backs_a_server_up_is_told_without_the_password(with_password: Settings) -> None:
    address = "'postgresql://till@db.example.com/till?sslmode=verify-full'"
    url, file = with_password.database_url, Path("my till.dump")
    dump = f"pg_dump --format=custom --no-owner '--file=my till.dump' '--dbname={address[1:]}"
    assert pg_dump(url, file) == f"(umask 077 && {dump})"
    assert pg_restore(url, file).endswith(f"'--dbname={address[1:]} 'my till.dump'")


@pytest.mark.real_time
@SERVER
def test_what_the_commands_say_to_run_backs_a_server_up_and_restores_it(
    app: Flask, cashier: Cashier, shop: Shop, tmp_path: Path
) -> None:
    kept = cashier.sell(21)
    assert run_what_is_said(app, "backup", tmp_path / "till.dump") == 0
    assert (tmp_path / "till.dump").stat().st_mode & 0o777 == 0o600
    lost = cashier.sell(22)
    shop.store.close()
    assert run_what_is_said(app, "restore", tmp_path / "till.dump") == 0
    assert shop.store.get(kept)
    assert shop.store.get(lost) is None


@pytest.mark.real_time
@SERVER
def test_a_server_is_restored_from_before_an_update_that_brought_a_new_table(
    app: Flask, cashier: Cashier, shop: Shop, tmp_path: Path
) -> None:
    kept = cashier.sell(21)
    # Twice: what the first one leaves can be backed up and restored, too.
    for number in range(2):
        assert run_what_is_said(app, "backup", tmp_path / f"{number}.dump") == 0
        with shop.store.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE thanks (charge_id TEXT REFERENCES charge (id))")
        shop.store.close()
        assert run_what_is_said(app, "restore", tmp_path / f"{number}.dump") == 0
        assert shop.store.get(kept)
        assert not inspect(shop.store.engine).has_table("thanks")


@pytest.mark.real_time
@SERVER
def test_what_is_no_backup_takes_nothing_away_from_a_server(app: Flask, cashier: Cashier, shop: Shop) -> None:
    kept = cashier.sell(21)
    assert run_what_is_said(app, "restore", Path("no such file")) != 0
    assert shop.store.get(kept)


def run_what_is_said(app: Flask, *words: str | Path) -> int:
    code, output = run(app, *words)
    assert code != 0, "that nothing was done is no success"
    lines = [line for line in output.splitlines() if line.startswith(("(umask", "pg_", "psql"))]
    path = f"{binaries()}:{os.environ['PATH']}"
    done = subprocess.run(["sh", "-c", "\n".join(lines)], env={**os.environ, "PATH": path}, check=False)
    return done.returncode

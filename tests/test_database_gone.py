"""A till whose database file is deleted, or locked by another program, while it sells."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pos.services.doctor import Verdict, examine
from pos.services.watch import open_watch
from pos.shop import Shop
from pos.store import DatabaseGone, Store
from tests.command import flask
from tests.conftest import Cashier, stored
from tests.fakes import FakeClock, FakeWallet

pytestmark = pytest.mark.only_on("sqlite", reason="the book is a file of this machine")


@pytest.fixture
def deleted(shop: Shop) -> Path:
    """The file that is to be deleted while the till has it open."""
    return Path(shop.store.engine.url.database or "")


def test_nothing_is_sold_and_no_invoice_is_made_once_the_database_is_gone(
    cashier: Cashier, wallet: FakeWallet, deleted: Path
) -> None:
    pages = {path: cashier.open(path) for path in ("/", "/kiosk", "/tips")}
    deleted.unlink()
    for path, fields in pages.items():
        answer = cashier.send(path, fields, amount="2100")
        assert answer.status_code == 503
        assert "The till's database is gone, so nothing can be sold." in unescape(answer.text)
    assert wallet.made == []


def test_an_older_sale_gets_no_new_invoice_and_is_not_paid_into_a_file_that_is_gone(
    cashier: Cashier, shop: Shop, wallet: FakeWallet, clock: FakeClock, deleted: Path
) -> None:
    sold = cashier.sell(2100)
    fields = cashier.open(f"/pay/{sold}")
    wallet.settle(stored(shop, sold).invoice, 2100)
    deleted.unlink()
    assert cashier.client.get(f"/pay/{sold}/status").status_code == 503
    clock.move(600)
    assert cashier.send(f"/pay/{sold}/again", fields).status_code == 503
    assert len(wallet.made) == 1
    with pytest.raises(DatabaseGone):
        open_watch(shop, running=clock).tick()


def test_who_watches_the_server_and_the_doctor_are_told(
    client: FlaskClient, shop: Shop, deleted: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.get("/readyz").status_code == 200
    deleted.unlink()
    clock.move(10)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["database"]) == (503, "failed")
    assert "till.db is gone: stop the till, bring the file back" in caplog.text
    found = [finding for finding in examine(shop, lambda *_: 200, lambda _: b"") if finding.part == "database"]
    assert [finding.verdict for finding in found] == [Verdict.BAD]
    assert "is gone" in found[0].sentence


@pytest.mark.parametrize(
    "words", [["backup", "backup.db"], ["export", "sales.csv"], ["verify"], ["jar", "list"]], ids=lambda it: it[0]
)
def test_what_only_reads_does_so_while_another_program_keeps_the_lock(
    cashier: Cashier, tmp_path: Path, words: list[str]
) -> None:
    cashier.sell(2100)
    with closing(sqlite3.connect(tmp_path / "till.db")) as holder:
        holder.execute("BEGIN IMMEDIATE")
        done = flask(tmp_path, *words, POS_VAR=".", POS_WALLET="sandbox")
    assert done.exit_code == 0, done.output


def test_a_sale_that_meets_a_lock_says_so_when_patience_ends_and_pages_come_at_once(
    app: Flask, shop: Shop, cashier: Cashier, tmp_path: Path
) -> None:
    app.extensions["shop"] = replace(shop, store=Store(shop.settings.database_url, shop.settings.network, 0.2))
    fields = cashier.open()
    with closing(sqlite3.connect(tmp_path / "till.db")) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert cashier.client.get("/").status_code == 200
        answer = cashier.send("/", fields, amount="2100", memo="Tomatoes")
    assert answer.status_code == 503
    assert "could not write the sale down" in answer.text
    assert 'value="Tomatoes"' in answer.text
    assert cashier.send("/", fields, amount="2100", memo="Tomatoes").status_code == 303

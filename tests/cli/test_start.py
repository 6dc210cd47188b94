"""What a till says when it starts or cannot, and which settings a command goes by."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from pos import close, create_app
from pos.cli import read_settings
from pos.lnpay.advice import SPENDS
from pos.lnpay.settings import LNPaySettings
from pos.services.doctor import UNCLAIMED
from pos.settings import Settings
from pos.shop import Shop
from tests.command import flask
from tests.conftest import Cashier
from tests.fakes import FakeWallet
from tests.people import People
from tests.processes import fails_to_start


@pytest.mark.real_time
@pytest.mark.parametrize(
    ("program", "settings", "sentence"),
    [
        (["flask", "doctor"], {"POS_WALLET": ""}, "POS_WALLET is not set"),
        (["gunicorn"], {"POS_WALLET": "sandbox", "POS_PORT": "http"}, "POS_PORT must be a whole number"),
    ],
    ids=["a command", "a server"],
)
def test_a_till_with_a_bad_setting_does_not_start_and_says_why_in_one_sentence(
    tmp_path: Path, program: list[str], settings: dict[str, str], sentence: str
) -> None:
    assert sentence in fails_to_start(tmp_path, *program, **settings)


def test_the_commands_are_about_the_till_that_was_served_as_no_wallet_was_set(tmp_path: Path) -> None:
    flask(tmp_path, "sandbox", "keys", POS_WALLET="sandbox")
    done = flask(tmp_path, "doctor")
    assert done.exit_code == 0, done.output
    assert "play money" in done.output
    assert "POS_WALLET is not set" not in done.output


def test_a_command_reads_a_setting_as_the_till_does_whatever_flask_has_made_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("POS_WALLET=sandbox\nPOS_SHOP_NAME=Chez ${HOME}\nPOS_PORT=5001\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POS_SHOP_NAME", f"Chez {os.environ['HOME']}")
    monkeypatch.setenv("POS_PORT", "5002")
    settings = read_settings()
    assert (settings.shop_name, settings.port) == ("Chez ${HOME}", 5002)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_command_says_in_a_sentence_that_the_settings_cannot_be_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / ".env").write_text("POS_WALLET=sandbox\nPOS_SHOP_NAME=Café\n", encoding)
    done = flask(tmp_path, "doctor")
    assert done.exit_code == 1
    assert ".env cannot be read" in done.output
    assert "a text file in UTF-8" in done.output


def test_a_setting_that_is_written_wrong_is_told_with_the_nearest_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    done = flask(tmp_path, "sandbox", "keys", POS_WALLET="sandbox", POS_SHOPNAME="Marta's Stall")
    assert done.exit_code == 0
    assert "POS_SHOPNAME is not a setting, and nobody reads it: is POS_SHOP_NAME meant?" in caplog.text


def test_a_database_that_cannot_be_opened_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    done = flask(tmp_path, "doctor", POS_WALLET="sandbox", POS_DATABASE_URL="sqlite:////nonexistent/till.db")
    assert done.exit_code != 0
    assert "database cannot be opened" in done.output


@pytest.mark.parametrize("claimed", [True, False])
def test_the_log_says_at_the_start_that_nobody_owns_a_shop_that_sells_for_real(
    app: Flask, shop: Shop, wallet: FakeWallet, caplog: pytest.LogCaptureFixture, claimed: bool
) -> None:
    if claimed:
        People(app).claim()
    caplog.clear()
    close(create_app(shop.settings, wallet=wallet))
    assert ("nobody owns this shop yet" in caplog.text) is not claimed


def test_a_till_whose_key_can_spend_says_so_when_it_starts_and_asks_nobody(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    # Nobody listens at port 1: had the wallet been asked, the start would say that it failed.
    keys = LNPaySettings(url="https://127.0.0.1:1", api_key="sak_1", wallet_key="waki_1")
    create_app(replace(settings, wallet_settings=keys))
    said = [record.message for record in caplog.records if record.levelname != "INFO"]
    assert said == [f"wallet: {SPENDS}", f"owner: {UNCLAIMED}"]


@pytest.mark.parametrize("sold", [True, False], ids=["with sales", "without a sale"])
@pytest.mark.only_on("sqlite", reason="what is left behind is a file")
def test_a_start_with_another_database_says_that_the_sales_of_before_do_not_move(
    cashier: Cashier, shop: Shop, settings: Settings, caplog: pytest.LogCaptureFixture, *, sold: bool
) -> None:
    if sold:
        cashier.sell(21)
    shop.store.close()
    create_app(replace(settings, database_url=f"sqlite:///{settings.var / 'another.db'}"))
    left = f"database: {settings.var / 'till.db'} holds sales, and POS_DATABASE_URL names another database"
    assert (left in caplog.text) == sold
    caplog.clear()
    create_app(settings)
    assert "holds sales" not in caplog.text

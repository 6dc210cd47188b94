"""The doctor on the whole: with a good till it is content."""

import logging
from pathlib import Path

import pytest
from flask import Flask

from pos.services.doctor import Verdict
from pos.shop import Shop
from tests.command import flask
from tests.people import People
from tests.services.doctor.findings import verdicts, with_hook


def test_the_doctor_is_content_with_the_sandbox_and_says_that_it_is_play_money(
    tmp_path: Path, database_url: str
) -> None:
    done = flask(tmp_path, "doctor", POS_WALLET="sandbox", POS_DATABASE_URL=database_url)
    assert done.exit_code == 0, done.output
    for part in ("settings", "database", "wallet", "invoice", "clock", "QR"):
        assert f" {part}: " in done.output
    assert "play money" in done.output
    assert "WRONG" not in done.output


def test_the_doctor_finds_nothing_wrong_with_a_good_till(app: Flask, shop: Shop) -> None:
    People(app).claim()
    assert set(verdicts(with_hook(shop)).values()) == {Verdict.GOOD}


def test_what_the_doctor_says_does_not_stand_in_the_log_above_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    keys = {"POS_WALLET": "lnpay", "LNPAY_API_KEY": "sak_1", "LNPAY_WALLET_KEY": "waka_1"}
    done = flask(tmp_path, "doctor", LNPAY_URL="https://127.0.0.1:1/v1", **keys)
    assert "a key can spend" in done.stdout
    assert done.stderr == ""
    assert caplog.text == ""

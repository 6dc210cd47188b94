"""`flask owner`: the link that it prints leads to the till that runs, wherever that listens."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from bench.server import ROOT, serving
from pos.cli.served_at import served_at, write_served_at
from pos.settings import Settings
from pos.store import StoreError


@pytest.mark.only_on("sqlite", reason="the till has a database of its own")
def test_the_link_leads_to_the_till_that_runs_at_another_port_than_the_command_knows(settings: Settings) -> None:
    with serving() as server:
        # What was given to the start alone: the command is told nothing of it.
        environment = {name: value for name, value in server.environment.items() if name != "POS_PORT"}
        said = subprocess.run(
            [ROOT / ".venv/bin/flask", "owner"], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
    assert re.search(rf"  {server.address}/claim/[\w-]+\n", said)
    assert server.port != settings.port


def test_without_a_start_it_leads_to_where_the_till_would_be(app: Flask, settings: Settings) -> None:
    said = app.test_cli_runner().invoke(args=["owner"]).output
    assert f"  {settings.url}/claim/" in said


def test_what_the_last_start_was_counts_and_an_address_from_outside_before_all(settings: Settings) -> None:
    for port in (5001, 5002):
        write_served_at(replace(settings, port=port))
    assert served_at(settings) == "http://127.0.0.1:5002"
    outside = replace(settings, public_url="https://till.example")
    assert served_at(outside) == "https://till.example"
    write_served_at(outside)
    assert served_at(settings) == "https://till.example"


@pytest.mark.parametrize("damaged", [b"", b"\xff"])
def test_what_was_spoiled_says_nothing(settings: Settings, damaged: bytes) -> None:
    (settings.var / "served_at").write_bytes(damaged)
    assert served_at(settings) == settings.url


def test_a_till_starts_where_nothing_can_be_written_down(settings: Settings, tmp_path: Path) -> None:
    nowhere = replace(settings, var=tmp_path / "gone")
    write_served_at(nowhere)
    assert served_at(nowhere) == nowhere.url


def test_where_the_database_takes_nothing_a_sentence_says_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreError("database or disk is full")

    monkeypatch.setattr(app.extensions["shop"].store.owners, "add_link", full)
    done = app.test_cli_runner().invoke(args=["owner"])
    assert done.exit_code == 1
    assert "The database did not take or give what was asked: database or disk is full." in done.output

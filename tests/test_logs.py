"""The log: one record is one line, and nobody can write a record of their own into it."""

import logging
import subprocess
import sys

import pytest
from flask.testing import FlaskClient

from pos.logs import FORMAT, FURTHER, OneLine
from pos.shop import Shop

FORGED = "2026-11-27 12:00:00,000 INFO pos.services.settle: charge x: paid, 2100 of 2100 sat"


def written(message: str, *values: object, cause: BaseException | None = None) -> list[str]:
    record = logging.LogRecord(
        "pos", logging.INFO, "", 0, message, values, (type(cause), cause, None) if cause else None
    )
    return OneLine(FORMAT).format(record).split("\n")


@pytest.mark.parametrize("brk", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1b[2J", "\x85", "\u2028", "\u202e", "\0"])
def test_what_somebody_sends_is_no_line_of_its_own(brk: str) -> None:
    (line,) = written("GET %s: %s", f"/pay/x{brk}{FORGED}", "failed")
    assert FORGED in line
    assert line.isprintable()
    assert line.endswith(": failed")


def test_words_of_every_language_stay_readable() -> None:
    assert "Jürgen's Käse 🧀 ナンセンス" in written("%s", "Jürgen's Käse 🧀 ナンセンス")[0]


def test_a_traceback_is_below_its_record_and_looks_like_no_other() -> None:
    first, *further = written("it broke", cause=ValueError(f"no number: \n{FORGED}"))
    assert first.endswith("it broke")
    assert len(further) > 1
    assert all(line.startswith(FURTHER) for line in further)


def test_an_address_cannot_forge_a_line(client: FlaskClient, shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    assert client.get(f"/pay/x%0a{FORGED}").status_code == 503
    assert client.get(f"/pay/{'x' * 3000}").status_code == 503
    said = [record.getMessage() for record in caplog.records if record.name == "pos.web.errors"]
    assert len(said) == 2
    assert all("\n" not in message and len(message) < 1000 for message in said)


@pytest.mark.real_time
def test_the_till_writes_its_log_that_way() -> None:
    # pytest has set up a log before any till: what a till sets up where there is none is looked at in another process.
    code = (
        "import logging; from pos.logs import init_logs; init_logs(); logging.getLogger('x').info('a\\nb');"
        " logging.getLogger('x').debug('not of note')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    (line,) = done.stderr.splitlines()
    assert line.endswith(" INFO x: a\\nb")

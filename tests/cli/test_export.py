"""`flask export`: the sales in a file, or to the next program."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from pos.domain.charge import Channel
from pos.domain.export import BOM
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.services.charge import charge
from pos.shop import Shop
from tests.disk import full_after
from tests.fakes import FakeClock

DAY = 24 * 3600


@pytest.fixture(autouse=True)
def sold(shop: Shop, clock: FakeClock) -> None:
    """A sale at the bar on 21 September 2026, and a tip on the next day."""
    charge(shop, Channel.TILL, Sale(Money(2100, SAT), "Käse", till="bar"), "1")
    clock.move(DAY)
    charge(shop, Channel.TIPS, Sale(Money(500, SAT), "Bravo!"), "2")


def run(app: Flask, *words: str | Path) -> Result:
    return app.test_cli_runner().invoke(args=["export", *map(str, words)])


def memos(data: bytes) -> list[str]:
    return [it["memo"] for it in csv.DictReader(io.StringIO(data.decode().removeprefix(BOM), newline=""))]


def test_every_sale_comes_unless_somebody_says_which(app: Flask) -> None:
    result = run(app, "-")
    assert result.exit_code == 0
    assert memos(result.stdout_bytes) == ["Käse", "Bravo!"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--from", "2026-09-22"], ["Bravo!"]),
        (["--to", "2026-09-21"], ["Käse"]),
        (["--from", "2026-09-21", "--to", "2026-09-22"], ["Käse", "Bravo!"]),
        (["--from", "0001-01-01", "--to", "9999-12-31"], ["Käse", "Bravo!"]),
        (["--channel", "tips"], ["Bravo!"]),
        (["--till", "bar"], ["Käse"]),
        (["--till", "door"], []),
        (["--state", "unpaid"], ["Käse", "Bravo!"]),
        (["--state", "paid"], []),
    ],
)
def test_days_channel_till_and_state_can_be_asked_for(app: Flask, words: list[str], expected: list[str]) -> None:
    assert memos(run(app, "-", *words).stdout_bytes) == expected


def test_a_file_is_for_its_owner_alone(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "sales.json"
    result = run(app, file, "--format", "json")
    assert (result.exit_code, result.output) == (0, "")
    assert [it["memo"] for it in json.loads(file.read_text())] == ["Käse", "Bravo!"]
    assert file.stat().st_mode & 0o777 == 0o600


def test_lines_have_a_row_each(app: Flask) -> None:
    assert b",line,text,quantity," in run(app, "-", "--lines").stdout_bytes.splitlines()[0]


def test_a_file_that_is_there_is_left_alone(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    file.write_text("mine")
    result = run(app, file)
    assert result.exit_code == 1
    assert "Nothing was exported" in str(result.exception)
    assert file.read_text() == "mine"


def test_no_file_is_left_that_ends_in_the_middle(app: Flask, shop: Shop, tmp_path: Path) -> None:
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE sale RENAME TO gone")
    try:
        result, to_screen = run(app, tmp_path / "sales.csv"), run(app, "-")
    finally:
        with shop.store.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE gone RENAME TO sale")
    assert "The export ends in the middle" in str(to_screen.exception)
    assert result.exit_code == 1
    assert "Nothing was exported" in str(result.exception)
    assert not (tmp_path / "sales.csv").exists()


def test_a_disk_that_is_full_is_told_and_keeps_nothing_of_a_file(app: Flask, tmp_path: Path) -> None:
    with full_after(100):
        result = run(app, tmp_path / "sales.csv")
    assert result.exit_code == 1
    assert "Nothing was exported" in str(result.exception)
    assert not (tmp_path / "sales.csv").exists()
    assert run(app, tmp_path / "sales.csv").exit_code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--from", "2026-09-22", "--to", "2026-09-21"], "The last day is before the first one."),
        (["--from", "2026-02-30"], "2026-02-30"),
        (["--channel", "smoke"], "smoke"),
        (["--format", "xls"], "xls"),
    ],
)
def test_what_there_is_not_is_told(app: Flask, words: list[str], says: str) -> None:
    result = run(app, "-", *words)
    assert result.exit_code != 0
    assert says in result.output + str(result.exception)

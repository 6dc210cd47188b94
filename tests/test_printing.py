"""A till that prints as it really runs: processes that are killed, a printer that hangs, and none at all."""

import subprocess
import sys
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import zxingcpp

from pos.printing.printer import PATIENCE
from tests.printing.paper_roll import epson, is_marked
from tests.printing.played import PlayedPrinter, played_printer
from tests.processes import RealShop, real_shop, until

ROOT = Path(__file__).parent.parent
# Seconds; the printer's lease is another process's a while after a crash.
LONG = 90


@pytest.fixture
def played() -> Iterator[PlayedPrinter]:
    with played_printer() as printer:
        yield printer


@pytest.fixture
def shop(tmp_path: Path, database_url: str, played: PlayedPrinter) -> Iterator[RealShop]:
    """A shop whose till has two workers, either of which may print."""
    settings = {
        "POS_DATABASE_URL": database_url,
        "POS_PRINTER": played.address,
        "POS_PUBLIC_URL": "http://till.example",
        "POS_WORKERS": "2",
    }
    with real_shop(tmp_path, **settings) as shop:
        yield shop


def on_paper(played: PlayedPrinter) -> list[tuple[str, bool]]:
    """Return of which charges there are receipts on paper, by the code on them, and whether each has its mark."""
    return [receipt for job in played.jobs for receipt in on_paper_of(job)]


@lru_cache
def on_paper_of(job: bytes) -> list[tuple[str, bool]]:
    """Read what came of a job: once, as whoever waits for a receipt looks again and again."""
    return [(zxingcpp.read_barcodes(it.convert("L"))[0].text.split("/")[-2], is_marked(it)) for it in epson(job).cut]


def marks(played: PlayedPrinter, charge: dict[str, Any]) -> list[bool]:
    return [marked for charge_id, marked in on_paper(played) if charge_id == charge["id"]]


def sell_and_pay(shop: RealShop, key: str) -> dict[str, Any]:
    sold = shop.sell(key)
    shop.pay(sold)
    until(lambda: shop.status(sold["id"])["status"] == "paid")
    return sold


def test_a_till_that_is_killed_while_it_prints_prints_that_receipt_again_with_its_mark_and_the_others_once(
    shop: RealShop, played: PlayedPrinter
) -> None:
    first = sell_and_pay(shop, "first")
    # And the till knows it.
    until(lambda: bool(marks(played, first)) and not played.under_way)
    # In the middle of the next receipt it takes nothing any more, until the till is dead.
    played.stalls_after = 5_000
    cut_off = sell_and_pay(shop, "cut-off")
    until(lambda: len(played.begun) == 2)
    waits = sell_and_pay(shop, "waits")
    shop.till.kill()
    played.stalls_after = None
    played.released.set()
    shop.till.start()
    last = sell_and_pay(shop, "last")
    # Of two that were asked for in one second either may come first.
    until(lambda: bool(marks(played, waits) and marks(played, last)), within=LONG)
    assert marks(played, cut_off) == [True]
    assert [marks(played, it) for it in (first, waits, last)] == [[False], [False], [False]]


def test_a_printer_that_hangs_holds_no_sale_up(shop: RealShop, played: PlayedPrinter) -> None:
    played.stalls_after = 5_000
    hangs = sell_and_pay(shop, "hangs")
    until(lambda: len(played.begun) == 1)
    began = time.monotonic()
    following = sell_and_pay(shop, "next")
    # It is given up later than that.
    assert time.monotonic() - began < PATIENCE
    played.stalls_after = None
    played.released.set()
    until(lambda: bool(marks(played, hangs) and marks(played, following)), within=LONG)
    assert (marks(played, hangs), marks(played, following)) == ([True], [False])


def loaded(folder: Path, printer: str) -> str:
    """Start a till in a process of its own, and return which of these it has loaded."""
    program = (
        "import sys\n"
        "from pos import create_app\n"
        "create_app()\n"
        "print(*sorted({it.partition('.')[0] for it in sys.modules} & {'alembic', 'escpos', 'serial', 'usb', 'yaml'}),"
        " 'pos.printing' in sys.modules)"
    )
    environment = {"POS_WALLET": "sandbox", "POS_VAR": str(folder), "POS_PRINTER": printer, "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_till_loads_what_prints_or_makes_a_database_only_if_it_has_to(tmp_path: Path) -> None:
    assert loaded(tmp_path, "") == "alembic False"
    # What prints it loads when there is something to print; until then what draws is enough.
    assert loaded(tmp_path, "network://127.0.0.1:1") == "True"

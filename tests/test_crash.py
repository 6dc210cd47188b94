"""A till that loses its power in the middle of things: kill -9, and start again on the same book."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from bench.server import HOST
from pos.store import Store
from tests.faulty import Hold, Kind, health
from tests.processes import RealShop, real_shop, until

# Seconds.
PATIENCE = 60


@pytest.fixture
def shop(tmp_path: Path, database_url: str) -> Iterator[RealShop]:
    with real_shop(tmp_path, POS_DATABASE_URL=database_url) as shop:
        yield shop


@pytest.fixture
def busy_shop(tmp_path: Path, database_url: str) -> Iterator[RealShop]:
    """A shop whose till has two workers."""
    with real_shop(tmp_path, POS_DATABASE_URL=database_url, POS_WORKERS="2") as shop:
        yield shop


def keys_in(database_url: str) -> list[str]:
    engine = create_engine(database_url)
    with engine.connect() as book:
        keys = list(
            book.scalars(
                text("SELECT idempotency_key FROM sale JOIN charge ON sale.id = sale_id ORDER BY idempotency_key")
            )
        )
    engine.dispose()
    return keys


def sell_or_crash(shop: RealShop, key: str) -> dict[str, Any] | None:
    """Make a sale, and return what the program saw of it."""
    with suppress(OSError, HTTPException):
        return shop.sell(key)
    return None


def sell_until_the_crash(shop: RealShop, program: int, seen: dict[str, dict[str, Any]]) -> None:
    """Sell one after the other, and keep what the program saw of each."""
    for number in count():
        key = f"burst-{program}-{number}"
        charge = sell_or_crash(shop, key)
        if charge is None:
            return
        seen[key] = charge


def is_paid(shop: RealShop, charge: dict[str, Any]) -> bool:
    return bool(shop.status(charge["id"])["status"] == "paid")


def test_a_crash_loses_nothing_that_was_shown_or_paid_and_what_it_cut_off_sells_with_the_same_key(
    shop: RealShop, database_url: str
) -> None:
    waiting = [shop.sell(f"waiting-{number}", 1000 + number) for number in range(8)]
    paid, unpaid = waiting[:5], waiting[5:]
    shop.pay(paid[0])
    made = Hold()
    shop.lnpay.fault(Kind.MAKE, made)
    seen: dict[str, dict[str, Any]] = {}
    with ThreadPoolExecutor(9) as programs:
        cut_off = programs.submit(sell_or_crash, shop, "cut-off")
        assert made.done.wait(PATIENCE)
        # The answers of the others are not kept.
        shop.lnpay.fault(Kind.MAKE, health)
        sales = [programs.submit(sell_until_the_crash, shop, program, seen) for program in range(8)]
        until(lambda: len(seen) >= 20)
        shop.till.kill()
        for sale in sales:
            sale.result()
        assert cut_off.result() is None
    shop.lnpay.heal()
    assert set(keys_in(database_url)) >= set(seen)
    assert "cut-off" not in keys_in(database_url)
    # While the till is down.
    for charge in paid[1:]:
        shop.pay(charge)
    invoices = len(shop.lnpay.calls(Kind.MAKE))

    shop.till.start()
    until(lambda: all(is_paid(shop, charge) for charge in paid))
    assert [shop.status(charge["id"])["received_sat"] for charge in paid] == [1000, 1001, 1002, 1003, 1004]
    assert not any(is_paid(shop, charge) for charge in unpaid)
    for key, charge in seen.items():
        kept = shop.status(charge["id"])
        # When the wallet was last asked is not about the sale: the watch goes on.
        assert {**kept, "now": 0, "asked_at": None} == {**charge, "now": 0, "asked_at": None}
        assert shop.sell(key)["id"] == charge["id"]
    charge = shop.sell("cut-off")
    assert shop.sell("cut-off")["id"] == charge["id"]
    assert keys_in(database_url).count("cut-off") == 1
    assert len(shop.lnpay.calls(Kind.MAKE)) == invoices + 1


def test_the_death_of_one_worker_of_two_loses_nothing_and_who_is_told_to_stop_finishes_the_sale_at_hand(
    busy_shop: RealShop, database_url: str
) -> None:
    shop = busy_shop
    charges = [shop.sell(f"k{number}") for number in range(4)]
    until(lambda: len(shop.till.workers) == 2)
    first, second = shop.till.workers
    shop.pay(charges[0])
    os.kill(first, signal.SIGKILL)
    shop.pay(charges[1])
    until(lambda: len(set(shop.till.workers) - {first, second}) == 1)
    assert second in shop.till.workers

    until(lambda: all(is_paid(shop, charge) for charge in charges[:2]))
    assert not any(is_paid(shop, charge) for charge in charges[2:])
    assert shop.sell("k0")["id"] == charges[0]["id"]
    assert shop.sell("k4")["status"] == "open"

    made = Hold()
    shop.lnpay.fault(Kind.MAKE, made)
    with closing(HTTPConnection(HOST, shop.till.port, timeout=PATIENCE)) as line, ThreadPoolExecutor() as threads:
        line.request("GET", f"/pay/{charges[2]['id']}/events")
        screen = line.getresponse()
        sale = threads.submit(shop.sell, "k5")
        assert made.done.wait(PATIENCE)
        stopped = threads.submit(shop.till.stop)
        # Sent away at once, though the till has something to do yet.
        screen.read()
        shop.lnpay.heal()
        charge = sale.result()
        stopped.result()
    store = Store(database_url, "bcrt")
    kept = store.get(charge["id"])
    store.close()
    assert kept
    assert kept.invoice.payment_request == charge["payment_request"]

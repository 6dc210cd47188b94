"""A till that loses its power in the middle of things: kill -9, and start again on the same book."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.faulty import Hold, Kind
from tests.processes import RealShop, real_shop, until

# Seconds.
PATIENCE = 20


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


def is_paid(shop: RealShop, charge: dict[str, Any]) -> bool:
    return bool(shop.status(charge["id"])["status"] == "paid")


def test_a_sale_that_a_crash_cut_off_after_its_invoice_was_made_sells_with_the_same_key(
    shop: RealShop, database_url: str
) -> None:
    made = Hold()
    shop.lnpay.fault(Kind.MAKE, made)
    with ThreadPoolExecutor() as programs:
        cut_off = programs.submit(sell_or_crash, shop, "k1")
        assert made.done.wait(PATIENCE)
        shop.till.kill()
        assert cut_off.result() is None
    shop.lnpay.heal()
    assert keys_in(database_url) == []

    shop.till.start()
    charge = shop.sell("k1")
    assert shop.sell("k1")["id"] == charge["id"]
    assert keys_in(database_url) == ["k1"]
    assert len(shop.lnpay.calls(Kind.MAKE)) == 2


def test_who_paid_while_the_till_was_down_is_shown_as_paid_afterwards(shop: RealShop) -> None:
    charges = [shop.sell(f"k{number}", 1000 + number) for number in range(8)]
    paid, unpaid = charges[:5], charges[5:]
    shop.pay(paid[0])
    shop.till.kill()
    for charge in paid[1:]:
        shop.pay(charge)

    shop.till.start()
    until(lambda: all(is_paid(shop, charge) for charge in paid))
    assert [shop.status(charge["id"])["received_sat"] for charge in paid] == [1000, 1001, 1002, 1003, 1004]
    assert not any(is_paid(shop, charge) for charge in unpaid)


def test_every_charge_that_was_shown_in_a_burst_survives_it(shop: RealShop, database_url: str) -> None:
    keys = [f"k{number}" for number in range(200)]
    with ThreadPoolExecutor(8) as programs:
        sales = [programs.submit(sell_or_crash, shop, key) for key in keys]
        until(lambda: sum(sale.done() for sale in sales) >= 20)
        shop.till.kill()
        seen = {key: charge for key, sale in zip(keys, sales, strict=True) if (charge := sale.result())}
    assert 20 <= len(seen) < len(keys)
    assert set(keys_in(database_url)) >= set(seen)

    shop.till.start()
    for key, charge in seen.items():
        kept = shop.status(charge["id"])
        assert {**kept, "now": 0} == {**charge, "now": 0}
        assert shop.sell(key)["id"] == charge["id"]


def test_a_till_that_is_told_to_stop_finishes_the_sale_at_hand(shop: RealShop) -> None:
    made = Hold()
    shop.lnpay.fault(Kind.MAKE, made)
    with ThreadPoolExecutor() as threads:
        sale = threads.submit(shop.sell, "k1")
        assert made.done.wait(PATIENCE)
        stopped = threads.submit(shop.till.stop)
        until(lambda: "Handling signal: term" in shop.till.log())
        shop.lnpay.heal()
        charge = sale.result()
        stopped.result()
    shop.till.start()
    assert shop.status(charge["id"])["payment_request"] == charge["payment_request"]


def test_the_death_of_one_worker_of_two_loses_nothing(busy_shop: RealShop) -> None:
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

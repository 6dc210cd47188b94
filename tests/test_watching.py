"""The watch as a process of its own, and what becomes of it when such a process dies. Real processes, real time."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.server import ROOT
from pos.runtime.leader import NOBODY, watch_of
from pos.store import Store
from tests.processes import RealShop, real_shop, until

LEADS, FOLLOWS = "this process leads the watch", "another process leads the watch"


@contextmanager
def watching(shop: RealShop, name: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Run `flask watch` beside a till."""
    log = shop.folder / name
    command = [sys.executable, "-m", "flask", "--app", "tests.in_a_hurry", "watch"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=shop.till.environment, stdout=out, stderr=out)
    try:
        yield process, log
    finally:
        process.kill()
        process.wait()


def is_paid(store: Store, charge_id: str) -> bool:
    charge = store.get(charge_id)
    return charge is not None and charge.payment is not None


def wallet_of(store: Store, charge_id: str) -> str:
    charge = store.get(charge_id)
    assert charge
    return charge.wallet


def test_a_watch_of_its_own_sees_payments_and_the_next_follows_soon_after_its_death_or_at_once_if_it_is_told_to_end(
    tmp_path: Path, database_url: str
) -> None:
    store = Store(database_url, "bcrt")
    with real_shop(tmp_path, POS_DATABASE_URL=database_url, POS_WATCH="off") as shop, ExitStack() as processes:
        leader, log = processes.enter_context(watching(shop, "first"))
        until(lambda: LEADS in log.read_text())
        follower, log = processes.enter_context(watching(shop, "second"))
        until(lambda: FOLLOWS in log.read_text())

        first, second = shop.sell("k1"), shop.sell("k2")
        shop.pay(first)
        until(lambda: is_paid(store, first["id"]))
        leader.kill()
        leader.wait()
        shop.pay(second)
        until(lambda: is_paid(store, second["id"]), within=10)

        follower.terminate()
        assert follower.wait(10) == 0
        assert store.leases.read(watch_of(wallet_of(store, first["id"])))[0] == NOBODY
    store.close()

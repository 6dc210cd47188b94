"""A shop as it really runs: gunicorn in processes of its own, and an LNPay that outlives it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench import proc
from bench.server import HOST, ROOT, TOKEN, Server
from pos.sandbox import Sandbox
from tests.databases import is_being_written
from tests.faulty import FaultyLNPay, faulty_lnpay

# Seconds. It takes one or two, and on a machine with much other work half a minute.
_PATIENCE = 60


@dataclass(frozen=True, slots=True)
class RealTill:
    """A till that is started, and what its customers and programs ask of it."""

    folder: Path
    till: Server

    def sell(self, key: str, amount_sat: int = 2100) -> dict[str, Any]:
        """Make a sale, and return its charge. Raises OSError or HTTPException where the till dies over it."""
        charge, status = self.ask("POST", "/api/v1/charges", {"amount_sat": amount_sat, "key": key})
        assert status == 201, charge
        return charge

    def status(self, charge_id: str) -> dict[str, Any]:
        charge, status = self.ask("GET", f"/pay/{charge_id}/status")
        assert status == 200, charge
        return charge

    def ask(self, method: str, path: str, body: object = None) -> tuple[dict[str, Any], int]:
        connection = HTTPConnection(HOST, self.till.port, timeout=_PATIENCE)
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, json.dumps(body), headers)
            answer = connection.getresponse()
            return json.loads(answer.read()), answer.status
        finally:
            connection.close()


@dataclass(frozen=True, slots=True)
class RealShop(RealTill):
    """A till that is started, and an LNPay whose customers pay."""

    lnpay: FaultyLNPay

    def pay(self, charge: dict[str, Any]) -> None:
        """Play a customer whose payment is not announced."""
        self.lnpay.sandbox.pay(charge["payment_request"])


def until(so: Callable[[], bool], within: float = _PATIENCE) -> None:
    """Wait for something that processes are about to do."""
    deadline = time.monotonic() + within
    while not so():
        assert time.monotonic() < deadline, "that never happened"
        time.sleep(0.02)


@contextmanager
def asleep(process: int, database_url: str) -> Iterator[None]:
    """Stop a process, so that another one has to answer; not while it writes, for which that one would wait."""
    until(lambda: _stops(process, database_url))
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def _stops(process: int, database_url: str) -> bool:
    os.kill(process, signal.SIGSTOP)
    until(lambda: proc.is_stopped(process))
    if not is_being_written(database_url):
        return True
    os.kill(process, signal.SIGCONT)
    return False


@contextmanager
def real_till(folder: Path, **settings: str) -> Iterator[RealTill]:
    """Start a till that has its book and its keys in that folder, until the block is left."""
    till = Server(folder, settings)
    try:
        till.start()
        yield RealTill(folder, till)
    finally:
        till.close()


@contextmanager
def real_shop(folder: Path, **settings: str) -> Iterator[RealShop]:
    """Open a shop that has its book, its keys and its wallet in that folder, until the block is left."""
    with (
        faulty_lnpay(Sandbox(folder / "wallet")) as lnpay,
        real_till(folder, **{**lnpay.settings, **settings}) as started,
    ):
        yield RealShop(folder, started.till, lnpay)


def fails_to_start(folder: Path, *program: str, **settings: str) -> str:
    """Start a program of a till that cannot start, and return what it says of that."""
    done = subprocess.run(
        [sys.executable, "-m", *program],
        env={**os.environ, "POS_VAR": str(folder), **settings},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr

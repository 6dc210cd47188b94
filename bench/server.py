"""A till with play money, served as `make run` serves it, in a folder that goes away with it."""

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

from dotenv import dotenv_values

from bench import proc

ROOT = Path(__file__).parent.parent
HOST = "127.0.0.1"
TOKEN = secrets.token_urlsafe(16)
# Seconds.
_MAX_START = 20


class NoServer(Exception):
    """The till did not start; the text is its log."""


@dataclass(frozen=True, slots=True)
class Server:
    """A till that answers, and how many seconds it took until it did."""

    port: int
    master: int
    start_seconds: float

    @property
    def workers(self) -> list[int]:
        return proc.children(self.master)

    def cpu_seconds(self) -> float:
        """Return the CPU time of all its processes so far."""
        return sum(map(proc.cpu_seconds, (self.master, *self.workers)))


@contextmanager
def serving(**settings: str) -> Iterator[Server]:
    """Serve a till with an empty book until the block is left, whichever way. The settings go before the bench's."""
    with TemporaryDirectory(prefix="till-bench-") as folder:
        port, log = _free_port(), Path(folder) / "log"
        began = time.perf_counter()
        with _gunicorn(_environment(Path(folder) / "var", port) | settings, log) as process:
            _wait(process, port, log)
            yield Server(port, process.pid, time.perf_counter() - began)


@contextmanager
def _gunicorn(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [ROOT / ".venv/bin/gunicorn"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True)
    try:
        yield process
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    # The book goes away, so nothing has to be finished. The session is the server's own: its workers end with it.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _environment(var: Path, port: int) -> dict[str, str]:
    """Blank the shop's own settings, those in `.env` too: the bench must never reach its book or its wallet."""
    names = (*os.environ, *dotenv_values(ROOT / ".env"))
    blank = {name: "" for name in names if name.startswith(("POS_", "LNPAY_", "GUNICORN_"))}
    ours = {"POS_WALLET": "sandbox", "POS_VAR": str(var), "POS_PORT": str(port), "POS_API_TOKEN": TOKEN}
    return os.environ | blank | ours


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as free:
        return int(free.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.perf_counter() + _MAX_START
    while not _is_alive(port):
        if process.poll() is not None or time.perf_counter() > deadline:
            raise NoServer(log.read_text())
        time.sleep(0.005)


def _is_alive(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=_MAX_START)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except ConnectionError:
        return False
    finally:
        connection.close()

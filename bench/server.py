"""A till as processes of its own, served as `make run` serves it: started, stopped, or killed and started again."""

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, Protocol

from dotenv import dotenv_values

from bench import proc

ROOT = Path(__file__).parent.parent
HOST = "127.0.0.1"
TOKEN = secrets.token_urlsafe(16)
# Seconds. A start takes one or two, and on a machine with much other work half a minute.
_MAX_START = 60
_MAX_STOP = 30
_TICK = 0.005


class NoServer(Exception):
    """The till did not start, or did not end; the text is its log."""


class Process(Protocol):
    """The master of a till."""

    pid: int

    def poll(self) -> int | None:
        """Return how it ended, or None."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it ended. Raises TimeoutExpired."""

    def terminate(self) -> None:
        """Tell it to end."""


class Launch(Protocol):
    """Starts a till."""

    def __call__(self, app: str, root: Path, environment: Mapping[str, str], log: Path, /) -> Process:
        """Start gunicorn in a folder, which writes on into a log."""


def launch(app: str, root: Path, environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start gunicorn in a folder, which writes on into a log."""
    with log.open("ab") as out:
        # In a session of its own, so that its workers can be ended with it.
        return subprocess.Popen(
            [ROOT / ".venv/bin/gunicorn", app],
            cwd=root,
            env=environment,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )


class Server:
    """A till with a folder and a port that stay its own, however often it starts, until it is closed.

    `start_seconds` is how long the last start took until the till answered. `root` is the folder that its program is
    in, from the next start on, and `app` is what gunicorn loads there.
    """

    launch: ClassVar[Launch] = staticmethod(launch)

    def __init__(self, folder: Path, settings: Mapping[str, str], app: str = "app:app") -> None:
        self.root = ROOT
        self._app = app
        self._held = hold_port()
        self.port: int = self._held.getsockname()[1]
        self.start_seconds = 0.0
        self.environment = _environment({"POS_VAR": str(folder / "var"), "POS_PORT": str(self.port), **settings})
        self._log = folder / "log"
        self._process: Process | None = None

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def master(self) -> int:
        if self._process is None:
            raise NoServer("it is not running")
        return self._process.pid

    @property
    def workers(self) -> list[int]:
        return proc.children(self.master)

    def cpu_seconds(self) -> float:
        """Return the CPU time of all its processes so far."""
        return sum(map(proc.cpu_seconds, (self.master, *self.workers)))

    def log(self) -> str:
        """Return what it wrote in all its lives."""
        return self._log.read_text()

    def start(self) -> None:
        """Start it, and wait until it answers. Raises NoServer."""
        began = time.perf_counter()
        self._process = self.launch(self._app, self.root, self.environment, self._log)
        while not self._answers():
            if self._process.poll() is not None or time.perf_counter() > began + _MAX_START:
                raise NoServer(self.log())
            time.sleep(_TICK)
        self.start_seconds = time.perf_counter() - began

    def stop(self) -> None:
        """Let it finish what it does, and end."""
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_MAX_STOP)
        self.kill()

    def kill(self) -> None:
        """End all its processes at once, in the middle of whatever they do. Raises NoServer."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
        # A worker may need a moment more to let go of the port.
        deadline = time.perf_counter() + _MAX_STOP
        while _is_taken(self.port):
            if time.perf_counter() > deadline:
                raise NoServer(self.log())
            time.sleep(_TICK)

    def close(self) -> None:
        """Kill it, and let go of its port."""
        try:
            self.kill()
        finally:
            self._held.close()

    def _answers(self) -> bool:
        connection = HTTPConnection(HOST, self.port, timeout=_MAX_START)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except ConnectionError:
            return False
        finally:
            connection.close()


@contextmanager
def serving(**settings: str) -> Iterator[Server]:
    """Serve a till with play money and an empty database, in a folder that goes away when the block is left."""
    # The database goes away, so nothing has to be finished.
    play = {"POS_WALLET": "sandbox", **settings}
    with TemporaryDirectory(prefix="till-bench-") as folder, served(Path(folder), play) as server:
        yield server


@contextmanager
def served(folder: Path, settings: Mapping[str, str]) -> Iterator[Server]:
    """Serve the till that has its database in that folder, until the block is left, whichever way."""
    server = Server(folder, settings)
    try:
        server.start()
        yield server
    finally:
        server.close()


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Blank the shop's own settings, those in `.env` too: the bench must never reach its database or its wallet."""
    names = (*os.environ, *dotenv_values(ROOT / ".env"))
    blank = {name: "" for name in names if name.startswith(("POS_", "LNPAY_", "GUNICORN_"))}
    return os.environ | blank | {"POS_API_TOKEN": TOKEN} | dict(settings)


def hold_port() -> socket.socket:
    """Bind a free port without listening: nobody else gets it while the till is down, and the till can still bind it.

    Linux lets two sockets with SO_REUSEADDR share a port as long as one of them at most listens (socket(7)).
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind((HOST, 0))
    return held


def _is_taken(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), _MAX_STOP).close()
    except ConnectionError:
        return False
    return True

"""Starts tills out of a process that has loaded all that a till loads: it takes a second, and the tests start fifty.

Each is forked before gunicorn begins. Its settings, its master, its workers and their ends are those of any other; that
a till starts out of nothing, too, is seen in test_deploy.py.
"""

import atexit
import gc
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from bench.server import ROOT, Server, launch

# Besides what these load: the pages, and the wallets.
_LOADED = ("alembic.command", "alembic.config", "gunicorn.app.wsgiapp", "gunicorn.arbiter", "pos", "pos.worker")


class Forked:
    """A process that another one has started, as far as one has to do with it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        # One that is gone already has none.
        self._ends: int | None = None
        with suppress(ProcessLookupError):
            self._ends = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Return 0 when it has ended."""
        return 0 if self._has_ended(0) else None

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended. Raises TimeoutExpired."""
        if not self._has_ended(timeout):
            raise subprocess.TimeoutExpired("gunicorn", timeout or 0)
        return 0

    def terminate(self) -> None:
        """Tell it to end."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)

    def _has_ended(self, timeout: float | None) -> bool:
        if self._ends is None:
            return True
        if not select.select([self._ends], [], [], timeout)[0]:
            return False
        os.close(self._ends)
        self._ends = None
        return True


class Warm:
    """Starts tills. The process that it has for that begins with the first, and ends with this one."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def launch(
        self, app: str, root: Path, environment: Mapping[str, str], log: Path
    ) -> Forked | subprocess.Popen[bytes]:
        """Start a till: out of nothing where it is of another folder, whose programs are others, and without Linux."""
        if root != ROOT or not hasattr(os, "pidfd_open"):
            return launch(app, root, environment, log)
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
            atexit.register(self.close)
        asked, told = self._process.stdin, self._process.stdout
        assert asked and told
        asked.write(json.dumps([app, dict(environment), str(log)]).encode() + b"\n")
        asked.flush()
        return Forked(int(told.readline()))

    def close(self) -> None:
        """Let the process end."""
        if self._process:
            self._process.communicate()
            self._process = None


def keep() -> None:
    """Let all tests of this process start their tills so."""
    Server.launch = Warm().launch


def main() -> None:
    """Load all, and then start a till for each line that comes."""
    from gevent import monkey

    monkey.patch_all()
    gc.disable()
    for name in _LOADED:
        import_module(name)
    from pos import PAGES
    from pos.wallets.registry import WALLETS, wallet_module

    for page in PAGES:
        import_module(f"pos.web.{page}")
    for name in WALLETS:
        wallet_module(name)
    gc.enable()
    # Who ends is waited for elsewhere.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # gevent's own would watch its children.
    fork = monkey.get_original("os", "fork")
    for line in sys.stdin.buffer:
        app, environment, log = json.loads(line)
        pid = fork()
        if pid == 0:
            _serve(app, environment, log)
        os.write(1, b"%d\n" % pid)


def _serve(app: str, environment: dict[str, str], log: str) -> None:
    """Become a till."""
    from gunicorn.app.wsgiapp import run

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    for number, (file, how) in enumerate(
        [(os.devnull, os.O_RDONLY), *[(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)] * 2]
    ):
        opened = os.open(file, how)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = ["gunicorn", app]
    run(prog="gunicorn")
    sys.exit()


if __name__ == "__main__":
    main()

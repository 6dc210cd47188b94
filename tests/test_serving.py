"""How gunicorn serves the till, so that thousands of screens may wait."""

import os
import pty
import subprocess
import sys
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path

from bench.clients import ApiClient
from bench.server import HOST, serving

ROOT = Path(__file__).parent.parent
# What gunicorn can write of a request, by its own words.
ATOMS = "%(h)s %(u)s %(r)s %(m)s %(U)s %(q)s %(H)s %(f)s %(a)s %({accept}i)s %({cache-control}o)s"
HEADERS = {
    "Accept": "text/event-stream",
    "Authorization": "Basic bWFydGE6cHc=",
    "Referer": "http://till/pay",
    "User-Agent": "tablet",
}


def test_an_access_log_tells_all_about_a_line_that_was_open() -> None:
    with serving(GUNICORN_CMD_ARGS=f"--access-logfile=- --access-logformat='seen {ATOMS} seen'") as server:
        with closing(ApiClient(server.port)) as seller:
            path = f"/pay/{seller.charge()['id']}/events"
        with closing(HTTPConnection(HOST, server.port, timeout=10)) as line:
            line.request("GET", f"{path}?a=b", headers=HEADERS)
            assert line.getresponse().readline().startswith(b"retry: ")
            server.stop()
        asked = f"GET {path}?a=b HTTP/1.1 GET {path} a=b HTTP/1.1"
        assert f"seen 127.0.0.1 marta {asked} http://till/pay tablet text/event-stream no-store seen" in server.log()


# What gunicorn does with its settings once a worker is there: only the first asks the wallet for itself, and does not
# wait for it. Three of four lines are for the visitors of a jar at most. And an answer that says whose stack it was
# made on. That garbage is looked for again.
WORKERS = """
import gc
import runpy
from time import sleep
from types import SimpleNamespace

post_worker_init = runpy.run_path("gunicorn.conf.py")["post_worker_init"]
assert gc.isenabled()

from greenlet import getcurrent

from threading import Event

asked = []

def ask():
    asked.append(1)
    # A wallet that does not answer.
    Event().wait()

class App:
    extensions = {
        "watch": SimpleNamespace(run=lambda is_over: None),
        "readiness": SimpleNamespace(ask=ask),
        "printing": None,
        "shop": SimpleNamespace(broker=SimpleNamespace()),
    }
    config = {"MAX_CONTENT_LENGTH": 1000}

    def __call__(self, environ, start_response):
        return [getcurrent(), environ, start_response]

for age in (1, 2):
    worker = SimpleNamespace(wsgi=App(), alive=False, worker_connections=10, age=age)
    post_worker_init(worker)
    sleep(0)
    assert asked == [1]
    assert App.extensions["shop"].broker.most_visitors == 7
stack, *given = worker.wsgi({}, "start_response")
assert stack is not getcurrent() and stack.dead
assert given == [{}, "start_response"]
"""


def test_the_first_worker_asks_for_the_wallet_and_the_stack_on_which_an_answer_is_made_goes_with_it(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WORKERS],
        env={**os.environ, "POS_WALLET": "sandbox", "POS_VAR": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


# What gunicorn does before any worker is there, at the first start of a till.
STARTING = """
import logging
import runpy
from types import SimpleNamespace

on_starting = runpy.run_path("gunicorn.conf.py")["on_starting"]
on_starting(SimpleNamespace(cfg=SimpleNamespace(address=[]), log=logging.getLogger("server")))
"""


def start_at(stderr: int, folder: Path) -> str:
    """Start a till that says what it says to a file of the system's, and return what is said elsewhere."""
    return subprocess.run(
        [sys.executable, "-c", STARTING],
        env={**os.environ, "POS_WALLET": "sandbox", "POS_VAR": str(folder)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        timeout=60,
        check=True,
    ).stdout


def test_a_link_that_makes_an_owner_is_told_at_a_terminal_and_kept_in_no_log(tmp_path: Path) -> None:
    with (tmp_path / "journal").open("w+") as journal:
        assert start_at(journal.fileno(), tmp_path) == ""
        journal.seek(0)
        said = journal.read()
    assert "type flask owner" in said
    assert "/claim/" not in said
    # Nor was one made: the first start at a terminal tells one.
    terminal, other_end = pty.openpty()
    assert start_at(other_end, tmp_path) == ""
    os.close(other_end)
    told = b""
    # A terminal that nobody writes to any more ends with an error.
    with suppress(OSError):
        while part := os.read(terminal, 10_000):
            told += part
    os.close(terminal)
    assert b"/claim/" in told

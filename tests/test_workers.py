"""What several workers of one host say together, as gunicorn serves them: real processes on this machine."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from bench.server import HOST, TOKEN, Server, serving
from tests.processes import asleep, until

METRICS_TOKEN = "another-token-for-the-tests"
ROOT = Path(__file__).parent.parent


def ask(server: Server, method: str, path: str, token: str, body: str | None = None) -> str:
    """Ask on a connection of its own, which whichever worker is awake takes."""
    connection = HTTPConnection(HOST, server.port, timeout=10)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        assert answer.status in (200, 201), text
        return text
    finally:
        connection.close()


def sell(server: Server) -> None:
    ask(server, "POST", "/api/v1/charges", TOKEN, '{"amount_sat": 5}')


def invoices_counted(server: Server) -> float:
    name = 'till_wallet_seconds_count{call="create_invoice"} '
    text = ask(server, "GET", "/metrics", METRICS_TOKEN)
    return sum(float(line.removeprefix(name)) for line in text.splitlines() if line.startswith(name))


def live_figures(figures: Path, worker: int) -> list[Path]:
    return list(figures.glob(f"gauge_live*_{worker}.db"))


def database_url(figures: Path) -> str:
    return f"sqlite:///{figures.parent / 'till.db'}"


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the workers count in, with what an earlier start has left there."""
    folder = tmp_path_factory.mktemp("var") / "metrics"
    folder.mkdir()
    (folder / "counter_1.db").write_bytes(b"left over")
    return folder


@pytest.fixture(scope="module")
def server(figures: Path) -> Iterator[Server]:
    settings = {"POS_VAR": str(figures.parent), "POS_WORKERS": "2", "POS_METRICS_TOKEN": METRICS_TOKEN}
    with serving(**settings) as server:
        until(lambda: len(working(server, figures)) == 2)
        yield server


def working(server: Server, figures: Path) -> list[int]:
    """Return the workers that have come as far as to count."""
    return [worker for worker in server.workers if live_figures(figures, worker)]


def test_what_an_earlier_start_has_counted_is_forgotten(server: Server, figures: Path) -> None:
    assert not (figures / "counter_1.db").exists()
    assert not (figures / f"counter_{server.master}.db").exists()


def test_the_calls_of_all_workers_are_added_up_those_of_a_dead_one_too(server: Server, figures: Path) -> None:
    one, other = server.workers
    with asleep(one, database_url(figures)):
        sell(server)
        sell(server)
        assert invoices_counted(server) == 2
    with asleep(other, database_url(figures)):
        sell(server)
        assert invoices_counted(server) == 3
    os.kill(one, signal.SIGKILL)
    until(lambda: len(working(server, figures)) == 2 and not live_figures(figures, one))
    assert invoices_counted(server) == 3
    with asleep(other, database_url(figures)):
        sell(server)
        assert invoices_counted(server) == 4


def test_a_worker_that_leaves_takes_with_it_what_only_a_living_one_can_say(server: Server, figures: Path) -> None:
    before = set(server.workers)
    os.kill(server.master, signal.SIGHUP)
    until(lambda: not before & set(server.workers))
    # The till takes them away right after it has seen a worker end.
    until(lambda: not any(live_figures(figures, worker) for worker in before))


def test_who_stops_the_till_by_ctrl_c_reads_no_traceback(server: Server) -> None:
    # A terminal tells all of its processes. The last test of this till, as it does not come back.
    os.killpg(server.master, signal.SIGINT)
    server.stop()
    assert "Traceback" not in server.log()


def test_screens_are_added_up_and_the_worst_delay_is_the_one_that_counts(tmp_path: Path) -> None:
    program = """
import os
from pos.runtime.prometheus import Prometheus
for count, seconds in ((3, 2.5), (4, 1)):
    if os.fork() == 0:
        worker = Prometheus()
        worker.screens(count)
        worker.lag(seconds)
        os._exit(0)
    os.wait()
print(Prometheus().text([]))
"""
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics")}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert {"till_open_screens 7.0", "till_watch_lag_seconds 2.5"} <= set(done.stdout.splitlines()), done.stderr
    assert stat.S_IMODE((tmp_path / "metrics").stat().st_mode) == 0o700

"""A database of a million charges: what each request costs on it, against one in which there is nothing yet."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection
from statistics import median

from sqlalchemy import create_engine

from bench.clients import FormClient, WrongAnswer
from bench.fill import fill
from bench.server import HOST, TOKEN, Server, serving

CHARGES = 1_000_000
# What it may cost at most.
MOST = 1.2
_METRICS_TOKEN = "a-token-for-the-bench"
# What a till lists, sold at the till of each just now: sales of a program are in no till's list.
_LIST = 12
ROUNDS = 150
_STARTS = 5
# Requests of both tills before the first that counts.
_WARM = 20


@dataclass(frozen=True, slots=True)
class Ratio:
    """What a million charges cost, in times of what none or few do. In seconds."""

    small: float
    full: float

    def __str__(self) -> str:
        times = self.full / self.small
        verdict = "" if times <= MOST else f", more than {MOST}"
        return f"{times:.2f} times ({self.small * 1000:.1f} ms, {self.full * 1000:.1f} ms{verdict})"


def compare(settings: Mapping[str, str], other: Mapping[str, str]) -> Iterator[tuple[str, Ratio]]:
    """Measure two tills turn by turn, so that both have the same machine. The second gets a million charges.

    Each is on the database that its settings name, or on SQLite.
    """
    with ExitStack() as tills:
        empty, full = (tills.enter_context(serving(POS_METRICS_TOKEN=_METRICS_TOKEN, **it)) for it in (settings, other))
        full.stop()
        fill_server(full)
        full.start()
        for server in (empty, full):
            cashier = FormClient(server.port)
            for _ in range(_LIST):
                cashier.sell()
        for what, request in _REQUESTS.items():
            yield what, side_by_side(empty, full, request)
        yield "start", side_by_side(empty, full, _restart, _STARTS)


def fill_server(server: Server, charges: int = CHARGES, today: int = 0) -> None:
    """Put so many charges into the empty database of a till that does not run, so many of them of today."""
    url = server.environment.get("POS_DATABASE_URL") or f"sqlite:///{server.environment['POS_VAR']}/till.db"
    engine = create_engine(url)
    with engine.begin() as connection:
        fill(connection, charges, int(time.time()), today=today)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # As it does by itself sooner or later; SQLite never does.
            connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()


def side_by_side(small: Server, full: Server, request: Callable[[Server], object], rounds: int = ROUNDS) -> Ratio:
    """Ask two tills turn by turn, so that both have the same machine."""
    seconds: dict[Server, list[float]] = {small: [], full: []}
    warm = min(rounds, _WARM)
    for number in range(rounds + warm):
        # Whoever goes second finds the machine as the first has left it.
        for server in (small, full) if number % 2 else (full, small):
            began = time.perf_counter()
            request(server)
            seconds[server].append(time.perf_counter() - began)
    return Ratio(*(median(seconds[server][warm:]) for server in (small, full)))


def ask(server: Server, method: str, path: str, token: str = TOKEN, body: object = None) -> None:
    """Ask a till over a connection of its own, to the end of the answer. Raises WrongAnswer."""
    connection = HTTPConnection(HOST, server.port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request(method, path, json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status not in (200, 201, 303):
        raise WrongAnswer(f"{method} {path} answered {answer.status}")


def _sell(server: Server) -> None:
    ask(server, "POST", "/api/v1/charges", body={"amount_sat": 2100, "memo": "Flat white"})


def _restart(server: Server) -> None:
    server.stop()
    server.start()


_REQUESTS: Mapping[str, Callable[[Server], object]] = {
    "charge": _sell,
    "till page": lambda server: ask(server, "GET", "/"),
    "list": lambda server: ask(server, "GET", "/recent"),
    "page of a sale": lambda server: ask(server, "GET", "/sales/1"),
    "page of refunds": lambda server: ask(server, "GET", "/refunds"),
    "metrics": lambda server: ask(server, "GET", "/metrics", _METRICS_TOKEN),
}

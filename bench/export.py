"""A million sales in one file, while somebody sells: how long a sale takes then, and what the file costs the till."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from statistics import median, quantiles
from threading import Thread
from time import perf_counter, sleep

from bench import proc
from bench.clients import ApiClient
from bench.million import fill_server
from bench.server import HOST, Server, serving

# Seconds for which it is read, of the many minutes that it takes: after these, all goes on as it was.
SECONDS = 60
_SALES = 100
# Seconds between two sales, of a shop in a great hurry.
_PAUSE = 0.1
_CHUNK = 64 * 1024
_TIMEOUT = 30


@dataclass(frozen=True, slots=True)
class Sales:
    """How long each sale took, in seconds."""

    seconds: list[float]

    def __str__(self) -> str:
        slow = quantiles(self.seconds, n=100)[98]
        return (
            f"p50 {median(self.seconds) * 1000:.1f} ms, p99 {slow * 1000:.1f} ms, max {max(self.seconds) * 1000:.0f} ms"
        )


@dataclass(slots=True)
class File:
    """A client that takes the file along, as far as it comes."""

    server: Server
    rows: int = 0
    seconds: float = 0
    memory_mb: list[float] = field(default_factory=list)

    def read(self) -> None:
        """Read for a while, and hang up."""
        connection = HTTPConnection(HOST, self.server.port, timeout=_TIMEOUT)
        began = perf_counter()
        connection.request("GET", "/sales.csv?from=2000-01-01&to=2999-12-31")
        answer = connection.getresponse()
        while self.seconds < SECONDS and (chunk := answer.read(_CHUNK)):
            self.rows += chunk.count(b"\r\n")
            self.seconds = perf_counter() - began
            self.memory_mb.append(_memory_mb(self.server))
        connection.close()

    def __str__(self) -> str:
        grew = max(self.memory_mb) - self.memory_mb[0]
        return f"{self.rows / self.seconds:,.0f} sales/s, and the till grew by {grew:.1f} MB over {self.rows:,} sales"


def export(settings: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    """Sell alone, and then while a client reads the file. The till is on the database of the settings, or on SQLite."""
    with serving(**settings) as server:
        server.stop()
        fill_server(server)
        server.start()
        seller = ApiClient(server.port)
        yield "a sale before it", Sales([seller.sell() for _ in range(_SALES)])
        file = File(server)
        reader = Thread(target=file.read)
        reader.start()
        meanwhile = []
        while reader.is_alive():
            meanwhile.append(seller.sell())
            sleep(_PAUSE)
        yield "a sale meanwhile", Sales(meanwhile)
        yield "the file", file


def _memory_mb(server: Server) -> float:
    return sum(map(proc.resident_mb, server.workers))

"""Many clients that sell at once for a few seconds: how many sales, how fast, and what they cost the server."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter, process_time

from bench.clients import Client
from bench.server import Server

SECONDS = 4
MAX_SALES = 4000


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it. `sales` holds the seconds of each; `busy` is the share of a core that the clients took."""

    sales: list[float]
    seconds: float
    cpu_seconds: float
    busy: float

    def __str__(self) -> str:
        speed = f"{len(self.sales) / self.seconds:.0f} charges/s, p50 {median(self.sales) * 1000:.1f} ms"
        slow = f"p99 {quantiles(self.sales, n=100)[98] * 1000:.1f} ms"
        return f"{speed}, {slow}, {self.cpu_seconds / len(self.sales) * 1000:.1f} ms of server CPU a charge"


def load(server: Server, make_client: Callable[[int], Client], count: int) -> Load:
    """Let that many clients sell at once. Raises WrongAnswer."""
    clients = [make_client(server.port) for _ in range(count)]
    began, own, cpu = perf_counter(), process_time(), server.cpu_seconds()
    with ThreadPoolExecutor(count) as threads:
        runs = [threads.submit(_sell, client, began + SECONDS, MAX_SALES // count) for client in clients]
    seconds = perf_counter() - began
    sales = [sale for run in runs for sale in run.result()]
    return Load(sales, seconds, server.cpu_seconds() - cpu, (process_time() - own) / seconds)


def _sell(client: Client, until: float, most: int) -> list[float]:
    sales = [client.sell()]
    while perf_counter() < until and len(sales) < most:
        sales.append(client.sell())
    return sales

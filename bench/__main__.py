"""Measures everything, one thing after the other, and prints one table that a README can take."""

import os
import platform
from collections.abc import Iterator
from statistics import median

from bench import proc
from bench.clients import ApiClient, FormClient
from bench.codes import compare
from bench.load import load
from bench.pages import browsing, visit
from bench.server import HOST, Server, serving
from bench.signals import end_tidily

_CLIENTS = (1, 8, 32)
_STARTS = 3
_CODES = 32
_FORM_NOTE = "Form: charges/s and CPU include the page that each sale starts from; p50 and p99 are of the POST alone."

Row = tuple[str, object]


def main() -> None:
    """Measure, and print."""
    end_tidily()
    print(f"{len(os.sched_getaffinity(0))} cores, {platform.machine()}, Python {platform.python_version()}\n")
    print("| measured | result |\n|---|---|")
    for what, result in _measure():
        print(f"| {what} | {result} |", flush=True)
    print(f"\n{_FORM_NOTE}")


def _measure() -> Iterator[Row]:
    starts = [_start_seconds() for _ in range(_STARTS - 1)]
    with serving() as server:
        idle = _memory(server)
        charges = [ApiClient(server.port).charge() for _ in range(_CODES)]
        yield from _sales(server)
        yield "QR code of an invoice", compare([charge["payment_request"] for charge in charges])
        yield "Memory after the start", idle
        yield "Memory after all those sales", _memory(server)
        yield "Start until the first answer, book and keys made", f"{median([*starts, server.start_seconds]):.2f} s"
        yield from _pages(server, charges[0]["id"])


def _sales(server: Server) -> Iterator[Row]:
    busy = 0.0
    for way, make_client in (("JSON API", ApiClient), ("Form", FormClient)):
        for count in _CLIENTS:
            result = load(server, make_client, count)
            busy = max(busy, result.busy)
            yield f"{way}, {count} client{'s' if count > 1 else ''}", result
    yield "The clients' own share of a core", f"at most {busy:.0%}"


def _pages(server: Server, charge_id: str) -> Iterator[Row]:
    with browsing() as browser:
        for name, path in (("Pay page, open", f"/pay/{charge_id}"), ("Till page", "/")):
            yield f"{name}, first load", visit(browser, f"http://{HOST}:{server.port}{path}")


def _start_seconds() -> float:
    with serving() as server:
        return server.start_seconds


def _memory(server: Server) -> str:
    workers = sum(map(proc.resident_mb, server.workers))
    return f"worker {workers:.0f} MB, master {proc.resident_mb(server.master):.0f} MB"


if __name__ == "__main__":
    main()

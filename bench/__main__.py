"""Measures the parts that are named, or all, one after the other, and prints one table that a README can take."""

import argparse
import os
import platform
from collections.abc import Callable, Iterator
from statistics import median

from bench import keys, proc
from bench.books import books
from bench.calls import calls
from bench.clients import ApiClient, FormClient
from bench.codes import compare
from bench.export import export
from bench.flood import floods
from bench.guesses import guesses
from bench.jar import measure
from bench.kiosk import kiosk
from bench.lnbits import share
from bench.load import Load, load
from bench.million import CHARGES
from bench.million import compare as compare_million
from bench.pages import browsing, visit
from bench.payers import payers
from bench.push import counter
from bench.server import HOST, Server, serving
from bench.signals import end_tidily
from bench.wallets import wallets
from tests.databases import Postgres, postgres_server

_CLIENTS = (1, 8, 32)
_STARTS = 3
_CODES = 32
_OTHERS = (0, 500, 2000, 5000)
_MANY = 2000
_PAYMENTS = 120
_FEW_PAYMENTS = 12
_SLOWDOWN = 4
# Visitors of a jar, and the workers that it takes.
_VISITORS = ((1000, 1), (5000, 1), (10_000, 2))
_TIPS = 12
# Of a cashier who types.
_KEYS = 200
# A shop with a currency of its own, whose pages have more to say.
_FIAT = {"POS_CURRENCY": "EUR", "POS_RATE_FIXED": "65000"}

Row = tuple[str, object]
Part = Callable[[Postgres], Iterator[Row]]


def main() -> None:
    """Measure, and print."""
    end_tidily()
    parts = _arguments()
    load_before = os.getloadavg()[0]
    print(f"{len(os.sched_getaffinity(0))} cores, load {load_before:.1f} before, ", end="")
    print(f"{platform.machine()}, Python {platform.python_version()}\n")
    print("| measured | result |\n|---|---|")
    with postgres_server(durable=True) as postgres:
        for part in parts:
            for what, result in _PARTS[part](postgres):
                print(f"| {what} | {result} |", flush=True)


def _sales(postgres: Postgres) -> Iterator[Row]:
    with serving() as server:
        idle = _memory(server)
        busy = 0.0
        for way, make_client in (("JSON API", ApiClient), ("Form", FormClient)):
            for count in _CLIENTS:
                result = load(server, make_client, count)
                busy = max(busy, result.busy)
                yield f"{way}, {count} client{'s' if count > 1 else ''}", result
        yield "Memory after the start", idle
        yield "Memory after all those sales", _memory(server)
    for database, workers in (("SQLite", 2), ("PostgreSQL", 1), ("PostgreSQL", 2)):
        result = _sales_of(postgres, database, workers)
        busy = max(busy, result.busy)
        yield f"JSON API, {max(_CLIENTS)} clients, {_till(workers, database)}", result
    yield "The clients' own share of a core", f"at most {busy:.0%}"


def _sales_of(postgres: Postgres, database: str, workers: int) -> Load:
    with serving(POS_WORKERS=str(workers), **_book(postgres, database)) as server:
        return load(server, ApiClient, max(_CLIENTS))


def _codes(_postgres: Postgres) -> Iterator[Row]:
    with serving() as server:
        seller = ApiClient(server.port)
        yield "QR code of an invoice", compare([seller.charge()["payment_request"] for _ in range(_CODES)])


def _start(postgres: Postgres) -> Iterator[Row]:
    for database in ("SQLite", "PostgreSQL"):
        seconds = median(_start_seconds(**_book(postgres, database)) for _ in range(_STARTS))
        yield f"Start until the first answer, database and keys made, {database}", f"{seconds:.2f} s"


def _push(postgres: Postgres) -> Iterator[Row]:
    with counter() as till:
        for others in _OTHERS:
            result = till.measure(others, _PAYMENTS)
            yield f"Payment to push, {others:,} other screens", result
            yield f"Costs of {others:,} other screens", result.costs
    for database in ("SQLite", "PostgreSQL"):
        with counter({"POS_WORKERS": "2", **_book(postgres, database)}) as till:
            result = till.measure(_MANY, _PAYMENTS)
            yield f"Payment to push, {_MANY:,} other screens, {_till(2, database)}", result
            yield f"Costs of {_MANY:,} other screens, {_till(2, database)}", result.costs


def _jar(_postgres: Postgres) -> Iterator[Row]:
    for visitors, workers in _VISITORS:
        result = measure(visitors, _TIPS, {"POS_WORKERS": str(workers)})
        yield f"Tip to push, {visitors:,} visitors of one jar, {_till(workers, 'SQLite')}", result
        yield f"Costs of {visitors:,} visitors, {_till(workers, 'SQLite')}", result.costs


def _keys(postgres: Postgres) -> Iterator[Row]:
    for database in ("SQLite", "PostgreSQL"):
        yield f"Key to display, {_till(2, database)}", keys.measure(_KEYS, **_book(postgres, database))


def _watch(_postgres: Postgres) -> Iterator[Row]:
    with counter(announced=False) as till:
        yield f"Payment to push without a webhook, {_FEW_PAYMENTS} payments", till.measure(0, _FEW_PAYMENTS)


def _calls(_postgres: Postgres) -> Iterator[Row]:
    return calls()


def _pages(_postgres: Postgres) -> Iterator[Row]:
    with serving(**_FIAT) as server, browsing() as browser:
        charge_id = ApiClient(server.port).charge()["id"]
        for name, path in (("Pay page, open", f"/pay/{charge_id}"), ("Till page", "/")):
            url = f"http://{HOST}:{server.port}{path}"
            yield f"{name}, first load", visit(browser, url)
            yield f"{name}, first load by a processor {_SLOWDOWN} times as slow", visit(browser, url, _SLOWDOWN)


def _million(postgres: Postgres) -> Iterator[Row]:
    for database in ("SQLite", "PostgreSQL"):
        for what, ratio in compare_million(_book(postgres, database), _book(postgres, database)):
            yield f"A database of {CHARGES:,} charges against an empty one, {database}: {what}", ratio


def _export(postgres: Postgres) -> Iterator[Row]:
    for database in ("SQLite", "PostgreSQL"):
        for what, result in export(_book(postgres, database)):
            yield f"Export of {CHARGES:,} sales, {database}: {what}", result


def _books(postgres: Postgres) -> Iterator[Row]:
    for database in ("SQLite", "PostgreSQL"):
        for what, cost in books(_book(postgres, database), _book(postgres, database)):
            yield f"A database of {CHARGES:,} sales, {database}: {what}", cost


def _flood(_postgres: Postgres) -> Iterator[Row]:
    return floods()


def _guesses(_postgres: Postgres) -> Iterator[Row]:
    return guesses()


def _payers(_postgres: Postgres) -> Iterator[Row]:
    return payers()


def _kiosk(_postgres: Postgres) -> Iterator[Row]:
    for what, result in kiosk():
        yield f"Kiosk: {what[0].lower()}{what[1:]}", result


def _wallets(_postgres: Postgres) -> Iterator[Row]:
    return wallets()


def _lnbits(_postgres: Postgres) -> Iterator[Row]:
    return share()


_PARTS: dict[str, Part] = {
    "sales": _sales,
    "qr": _codes,
    "start": _start,
    "push": _push,
    "jar": _jar,
    "keys": _keys,
    "watch": _watch,
    "calls": _calls,
    "pages": _pages,
    "flood": _flood,
    "guesses": _guesses,
    "payers": _payers,
    "kiosk": _kiosk,
    "wallets": _wallets,
    "lnbits": _lnbits,
    "million": _million,
    "export": _export,
    "books": _books,
}


def _arguments() -> list[str]:
    parser = argparse.ArgumentParser(description=__doc__)
    # No choices: argparse would hold the empty list against them.
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(_PARTS))
    parts: list[str] = parser.parse_args().parts
    for part in parts:
        if part not in _PARTS:
            parser.error(f"there is no part {part}, but {', '.join(_PARTS)}")
    return parts or list(_PARTS)


def _book(postgres: Postgres, database: str) -> dict[str, str]:
    return {"POS_DATABASE_URL": postgres.create()} if database == "PostgreSQL" else {}


def _till(workers: int, database: str) -> str:
    return f"{workers} worker{'s' if workers > 1 else ''} on {database}"


def _start_seconds(**settings: str) -> float:
    with serving(**settings) as server:
        return server.start_seconds


def _memory(server: Server) -> str:
    workers = sum(map(proc.resident_mb, server.workers))
    return f"worker {workers:.0f} MB, master {proc.resident_mb(server.master):.0f} MB"


if __name__ == "__main__":
    main()

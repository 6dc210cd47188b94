"""The plan of the house, enforced: who may know whom. Imports point down the table, and nothing runs back up.

Every import counts, wherever it stands: in a function, or under TYPE_CHECKING.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from inspect import isclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "pos").rglob("*.py"))

# A room, and the rooms that it may use, from the ground up. A room is a file or a folder of pos/. A face is any folder
# of pos/web, and the files beside them are `web`. A wallet is pos/lnpay and whatever else lies in pos/wallets: what it
# promises lies below it (`wallets.base`), and who knows them all by name above (`wallets.registry`).
LAYERS: dict[str, tuple[str, ...]] = {
    "version": (),
    "host_name": (),
    "environment": ("host_name",),
    "translations": (),
    "qr": (),
    "bolt11": (),
    "transport": ("version",),
    "domain": ("bolt11", "host_name"),
    "wallets.base": ("domain", "transport"),
    "wallets.client": ("bolt11", "domain", "transport", "wallets.base"),
    "wallets.stream": ("host_name", "transport", "wallets.base"),
    "wallets.connection": ("environment",),
    "wallets.pinned": ("environment", "transport"),
    "wallet": (
        *("bolt11", "domain", "transport", "environment", "host_name"),
        *("wallets.base", "wallets.client", "wallets.connection", "wallets.pinned", "wallets.stream"),
    ),
    # It is an LNPay for play money, and the till talks to it as to any other: by that wallet's own client.
    "sandbox": ("bolt11", "transport", "environment", "wallets.base", "wallet"),
    "wallets.registry": ("environment", "wallets.base"),
    "settings": ("translations", "domain", "environment", "wallets.registry"),
    "rates": ("domain", "transport", "settings"),
    "lnurl_services": ("domain", "transport"),
    "store": ("domain",),
    # Loaded only where there is a printer, or somebody prints a poster.
    "printing": ("qr", "translations", "domain"),
    "migrations": ("store",),
    # The throttle has to tell a wallet that is busy from one that fails: both are promised in wallets.base.
    "runtime": ("domain", "wallets.base", "store"),
    "shop": ("domain", "wallets.base", "settings", "rates", "store", "runtime"),
    "services": ("version", "qr", "bolt11", "domain", "wallets.base", "settings", "rates", "store", "runtime", "shop"),
    "web": ("translations", "domain", "wallets.base", "settings", "store", "shop", "services"),
    "face": ("version", "translations", "qr", "printing", "domain", "wallets.base", "store", "shop", "services", "web"),
    # The two that join the parts. The sandbox is there for its own commands; the till loads it when it is chosen.
    # How gunicorn serves it.
    "worker": ("domain",),
    "cli": (
        *("version", "environment", "transport", "domain", "wallets.base", "wallets.registry", "sandbox", "settings"),
        *("store", "migrations", "shop", "services"),
    ),
    "pos": (
        *("version", "transport", "wallets.base", "wallets.registry", "settings", "rates", "lnurl_services", "store"),
        *("migrations", "domain", "runtime", "printing", "shop", "services", "web", "face", "cli"),
    ),
}

# Of these rooms not everything may be used: what is done with the store goes through the shop, and who calls it has to
# name its errors; the shop names what it is made of, and does nothing with it.
ONLY: dict[tuple[str, str], type] = {
    ("services", "store"): Exception,
    ("web", "store"): Exception,
    ("face", "store"): Exception,
} | {("shop", room): object for room in LAYERS["shop"] if room != "domain"}

# A library that only these rooms know.
LIBRARIES: dict[str, tuple[str, ...]] = {
    "flask": ("web", "face", "cli", "pos"),
    "flask_wtf": ("web", "face", "pos"),
    "wtforms": ("web", "face"),
    "sqlalchemy": ("store", "migrations"),
    "psycopg": ("store",),
    "alembic": ("migrations",),
    "requests": ("transport", "sandbox"),
    "websocket": ("wallets.stream",),
    "prometheus_client": ("runtime",),
    "escpos": ("printing",),
    "idna": ("host_name",),
    # What has no clock is told the time, and so a test can say it.
    "gunicorn": ("worker",),
    "gevent": ("worker",),
    "time": tuple(room for room in LAYERS if room not in {"domain", "bolt11", "qr"}),
    # An import by name would be seen by nobody here.
    "importlib": ("wallets.registry",),
}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports(path: Path) -> tuple[str, ...]:
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module
            assert not node.level, f"{path} has a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(name: str) -> str:
    """Name the room of a module or of something in it: `pos.web.till.views.bp` lies in `web.till`."""
    _, *parts = name.split(".")
    match parts:
        case ["web", face, *_] if (ROOT / "pos/web" / face).is_dir():
            return f"web.{face}"
        case ["wallets", wallet, *_]:
            return f"wallets.{wallet}"
        case [room, *_] if room in LAYERS or (ROOT / "pos" / room).is_dir():
            return room
        case _:
            return "pos"


def row_of(room: str) -> str:
    """Name the room's row of the table: any face is a face, and any wallet a wallet."""
    if room in LAYERS:
        return room
    if room.startswith("web."):
        return "face"
    return "wallet" if room == "lnpay" or room.startswith("wallets.") else room


def is_allowed(module: str, name: str) -> bool:
    """Tell whether a module may import something by the full name of it."""
    here = room_of(module)
    top = name.partition(".")[0]
    if top != "pos":
        return row_of(here) in LIBRARIES.get(top, LAYERS)
    there = room_of(name)
    if here == there:
        return True
    only = ONLY.get((row_of(here), row_of(there)))
    return row_of(there) in LAYERS[row_of(here)] and (only is None or is_class(name, only))


def is_class(name: str, base: type) -> bool:
    module, _, attribute = name.rpartition(".")
    found = getattr(import_module(module), attribute)
    return isclass(found) and issubclass(found, base)


def arrows() -> list[tuple[str, str]]:
    """Return each module of ours with all that it imports of ours, by full name."""
    return [(module_name(path), name) for path in FILES for name in imports(path) if name.startswith("pos.")]


def circle(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Return the rooms of a circle, if there is one."""
    graph: dict[str, set[str]] = {}
    for here, there in pairs:
        if here != there:
            graph.setdefault(here, set()).add(there)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def test_a_room_uses_what_the_table_says_and_no_more() -> None:
    wrong = [(path, name) for path in FILES for name in imports(path) if not is_allowed(module_name(path), name)]
    assert wrong == []


def test_no_arrow_of_the_table_runs_back_up() -> None:
    rows = list(LAYERS)
    up = [(here, there) for here in rows for there in LAYERS[here] if rows.index(there) >= rows.index(here)]
    assert up == []


def test_there_is_no_circle_of_rooms() -> None:
    assert circle((room_of(module), room_of(name)) for module, name in arrows()) == []


def test_there_is_no_circle_of_files_within_a_room() -> None:
    modules = {module_name(path) for path in FILES}
    files = ((module, name if name in modules else name.rpartition(".")[0]) for module, name in arrows())
    assert circle(files) == []


def test_every_room_of_the_table_is_there() -> None:
    assert {row_of(room_of(module_name(path))) for path in FILES} - {"wallets"} == set(LAYERS)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("pos.domain.sale", "pos.store.Store"),
        ("pos.domain.sale", "time.time"),
        ("pos.qr", "pos.domain.money"),
        ("pos.runtime.watch", "pos.services.settle.settle"),
        ("pos.runtime.watch", "pos.shop.Shop"),
        ("pos.wallets.another", "pos.lnpay.LNPay"),
        ("pos.lnpay.client", "pos.wallets.another.Another"),
        ("pos.lnpay.client", "pos.wallets.registry.WALLETS"),
        ("pos.lnpay.client", "requests.get"),
        ("pos.shop", "pos.rates.open_rates"),
        ("pos.services.charge", "pos.store.Store"),
        ("pos.services.charge", "pos.web.errors.say"),
        ("pos.services.charge", "flask.request"),
        ("pos.web.till.views", "pos.web.kiosk.views.bp"),
        ("pos.web.till.views", "pos.sandbox.Sandbox"),
        ("pos.web.till.views", "pos.store.Store"),
        ("pos.printing.slip", "pos.store.Store"),
        ("pos.services.printing", "pos.printing.open_printer"),
        ("pos.services.printing", "escpos.printer.Network"),
        ("pos.web.till.views", "sqlalchemy.select"),
        ("pos.web.errors", "pos.web.till.views.bp"),
        ("pos.web.errors", "pos"),
    ],
)
def test_who_reaches_too_far_is_caught(module: str, name: str) -> None:
    assert not is_allowed(module, name)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("pos.web.till.views", "pos.web.till.forms.SaleForm"),
        ("pos.web.till.views", "pos.store.StoreError"),
        ("pos.wallets.another", "pos.wallets.base.Wallet"),
        ("pos.lnpay.client", "pos.lnpay.lntx.LnTx"),
    ],
)
def test_who_keeps_to_the_table_is_not(module: str, name: str) -> None:
    assert is_allowed(module, name)


def test_a_circle_is_found() -> None:
    assert circle([("a", "a"), ("a", "b"), ("b", "c")]) == []
    assert set(circle([("a", "b"), ("b", "c"), ("c", "a")])) == {"a", "b", "c"}


def test_an_import_counts_wherever_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "late.py"
    file.write_text("import sys\nif sys:\n    def late():\n        from pos.web import errors\n")
    assert list(imports(file)) == ["sys", "pos.web.errors"]

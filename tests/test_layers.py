"""The plan of the house, enforced: imports point inwards."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOMAIN = ("pos.domain", "pos.bolt11")
WALLET_FILE = (*DOMAIN, "pos.wallets.base", "pos.transport", "pos.environment")
SERVICE = (
    *DOMAIN,
    "pos.shop",
    "pos.rates",
    "pos.services",
    "pos.wallets.base",
    "pos.store",
    "pos.qr",
    "pos.runtime",
    "pos.version",
)
VIEW = (*SERVICE, "pos.web")
SHOP = ("pos.settings", "pos.runtime.metrics", "pos.store", "pos.wallets.base", "pos.rates", "pos.runtime")
ROOMS = ("till", "kiosk", "tip_jar", "pay", "display", "api", "hooks", "ops", "language")
FACES = tuple(f"pos.web.{name}" for name in ROOMS)

# A part of the house, what it may import of ours, and what it must never import. The longest name that fits counts.
# A service and a view take nothing from the store but its errors.
RULES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "pos.bolt11": (("pos.bolt11",), ("flask", "sqlalchemy", "requests", "time")),
    "pos.domain": (DOMAIN, ("flask", "sqlalchemy", "requests", "time")),
    "pos.environment": (("pos.environment",), ("flask", "sqlalchemy", "requests", "pos.domain")),
    "pos.settings": (
        (*DOMAIN, "pos.environment", "pos.settings", "pos.wallets.registry"),
        ("flask", "sqlalchemy", "requests"),
    ),
    "pos.qr": ((), ("flask", "sqlalchemy", "requests")),
    "pos.version": ((), ("flask", "sqlalchemy", "requests")),
    "pos.transport": (("pos.version",), ("flask", "sqlalchemy")),
    "pos.lnpay": ((*WALLET_FILE, "pos.lnpay"), ("flask", "sqlalchemy", "requests")),
    "pos.wallets": (
        WALLET_FILE,
        ("flask", "sqlalchemy", "requests"),
    ),
    "pos.rates": ((*DOMAIN, "pos.settings", "pos.transport", "pos.rates"), ("flask", "sqlalchemy", "requests")),
    "pos.store": ((*DOMAIN, "pos.store"), ("flask", "requests")),
    "pos.migrations": (("pos.store",), ("flask", "requests")),
    "pos.sandbox": ((*WALLET_FILE, "pos.lnpay", "pos.sandbox"), ("sqlalchemy", "flask")),
    "pos.runtime": ((*DOMAIN, "pos.store", "pos.wallets.base", "pos.runtime"), ("flask", "sqlalchemy", "requests")),
    "pos.shop": (SHOP, ("flask", "requests")),
    "pos.services": (SERVICE, ("flask", "sqlalchemy", "requests")),
    "pos.web.theme": ((*VIEW, "pos.settings"), ("sqlalchemy", "requests", *FACES)),
    "pos.web": (VIEW, ("sqlalchemy", "requests", *FACES)),
    "pos": (("pos",), ()),
    "pos.cli": (("pos",), ()),
}
# A face knows what all share, and no other face.
RULES |= {face: (VIEW, ("sqlalchemy", "requests", *(it for it in FACES if it != face))) for face in FACES}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def lies_in(name: str, parts: tuple[str, ...]) -> bool:
    return any(name == part or name.startswith(f"{part}.") for part in parts)


def complaints(module: str, imported: Iterator[str]) -> list[str]:
    home = max((part for part in RULES if lies_in(module, (part,))), key=len)
    allowed, never = RULES[home]
    return [
        name for name in imported if lies_in(name, never) or (lies_in(name, ("pos",)) and not lies_in(name, allowed))
    ]


FILES = sorted((ROOT / "pos").rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_imports_point_inwards(path: Path) -> None:
    assert complaints(module_name(path), imports(path)) == []


def test_one_part_alone_knows_the_library_of_prometheus() -> None:
    knowing = [path for path in FILES if any(lies_in(name, ("prometheus_client",)) for name in imports(path))]
    assert [module_name(path) for path in knowing] == ["pos.runtime.prometheus"]


def test_a_view_that_reaches_for_the_database_is_caught() -> None:
    assert complaints("pos.web.till.views", iter(["sqlalchemy.select", "pos.sandbox.Sandbox"])) == [
        "sqlalchemy.select",
        "pos.sandbox.Sandbox",
    ]

"""Where a wallet may be named: in its own room, the registry, the sandbox and the docs. No other room knows one."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOMES = ("pos/lnpay/", "pos/sandbox/", "pos/wallets/registry.py")
TEXTS = {".py", ".html", ".js", ".css", ".svg", ".po", ".txt", ".json"}
NAMED = re.compile(r"lnpay|lntx|\b(?:pak|sak|waki|waka)_", re.IGNORECASE)


def naming_files() -> set[str]:
    """Return the files of the till that name LNPay, its objects or its keys, comments included."""
    folders = [path for top in ("pos", "templates", "static") for path in (ROOT / top).rglob("*")]
    texts = [path for path in (ROOT / "app.py", ROOT / "gunicorn.conf.py", *folders) if path.suffix in TEXTS]
    return {str(path.relative_to(ROOT)) for path in texts if NAMED.search(path.read_text())}


def test_lnpay_is_named_in_its_own_rooms_and_nowhere_else() -> None:
    named = naming_files()
    assert "pos/lnpay/client.py" in named
    assert [path for path in named if not path.startswith(HOMES)] == []

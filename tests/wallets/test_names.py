"""Where a wallet may be named: in its own room, the registry, the sandbox and the docs. No other room knows one."""

import re
from pathlib import Path

import pytest

from pos.wallets.registry import WALLETS

ROOT = Path(__file__).parents[2]
TEXTS = {".py", ".html", ".js", ".css", ".svg", ".po", ".txt", ".json"}
# What a wallet's name looks like in a text, and that of its objects and keys, where it is not the name alone.
NAMED = {
    "lnpay": r"lnpay|lntx|\b(?:pak|sak|waki|waka)_",
    # The connection strings of other wallets are written as BTCPay Server has them, and its stores have addresses.
    "btcpay": r"btcpay_|greenfield|wallets\.btcpay",
}
# Who may name it besides its own room: the sandbox is an LNPay, and its node is made after an LND.
HOMES = {"lnpay": ("pos/lnpay/", "pos/sandbox/"), "lnd": ("pos/wallets/lnd/", "pos/sandbox/")}
NAMES = sorted(WALLETS.keys() - {"sandbox"})


def naming_files(wallet: str) -> set[str]:
    """Return the files of the till that name a wallet, its objects or its keys, comments included."""
    named = re.compile(NAMED.get(wallet, rf"\b{wallet}\b"), re.IGNORECASE)
    folders = [path for top in ("pos", "templates", "static") for path in (ROOT / top).rglob("*")]
    texts = [path for path in (ROOT / "app.py", ROOT / "gunicorn.conf.py", *folders) if path.suffix in TEXTS]
    return {str(path.relative_to(ROOT)) for path in texts if named.search(path.read_text())}


@pytest.mark.parametrize("wallet", NAMES)
def test_a_wallet_is_named_in_its_own_rooms_and_nowhere_else(wallet: str) -> None:
    homes = HOMES.get(wallet, (f"pos/wallets/{wallet}.py", f"pos/wallets/{wallet}/"))
    named = naming_files(wallet)
    assert any(path.startswith(homes) for path in named)
    assert [path for path in named if not path.startswith((*homes, "pos/wallets/registry.py"))] == []


@pytest.mark.parametrize("wallet", NAMES)
def test_a_wallet_has_a_page_for_the_owner(wallet: str) -> None:
    page = (ROOT / "docs/wallets" / f"{wallet}.md").read_text()
    assert f"POS_WALLET={wallet}" in page
    assert "only receive" in page

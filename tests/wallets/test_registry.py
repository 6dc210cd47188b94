"""The registry: a wallet is loaded when it is chosen, and not before."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOADED = (
    "import sys, app;"
    "print(*(it for it in sys.modules if it.startswith(('pos.sandbox', 'pos.lnpay', 'pos.wallets.stream'))))"
)


def loaded(tmp_path: Path, **settings: str) -> set[str]:
    """Return the packages of wallets that a till has loaded once it is ready to sell."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("POS_", "LNPAY_"))}
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        env={**clean, "PYTHONPATH": str(ROOT), "POS_VAR": str(tmp_path / "var"), **settings},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {name.split(".")[1] for name in done.stdout.split()}


@pytest.mark.real_time
@pytest.mark.parametrize(
    ("settings", "wallets"),
    [
        ({"POS_WALLET": "lnpay", "LNPAY_API_KEY": "pak_1", "LNPAY_WALLET_KEY": "waki_1"}, {"lnpay"}),
        ({"POS_WALLET": "sandbox"}, {"sandbox", "lnpay"}),
        # To find out whose a string is, wallets are looked at; what it takes to listen to one is not loaded for that.
        ({"POS_WALLET_URL": f"https://lnbits.example {'0' * 32}"}, {"lnpay"}),
    ],
)
def test_a_till_loads_its_own_wallet_and_no_other(tmp_path: Path, settings: dict[str, str], wallets: set[str]) -> None:
    assert loaded(tmp_path, **settings) == wallets

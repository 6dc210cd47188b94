"""The doubles of the nodes, held against clients that are not ours: the classes by which LNbits asks such nodes."""

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from pos.bolt11.decode import decode
from pos.domain.invoice import Invoice
from tests.fakes import FakeClock
from tests.loopback import served
from tests.peers.programs import HERE, LNBITS
from tests.wallets.doubles import cln, lnd, phoenixd
from tests.wallets.doubles.backend import Backend

Settings = Callable[[str], dict[str, str]]
# The double, the module of LNbits that asks such a node, and its settings for a double at an address.
CLIENTS: dict[str, tuple[type[Backend], str, Settings]] = {
    "phoenixd": (
        phoenixd.PhoenixdDouble,
        "phoenixd",
        lambda url: {"phoenixd_api_endpoint": url, "phoenixd_api_password": phoenixd.LIMITED_PASSWORD},
    ),
    "lnd": (
        lnd.LndDouble,
        "lndrest",
        lambda url: {"lnd_rest_endpoint": url, "lnd_rest_macaroon": lnd.BAKED},
    ),
    "cln": (
        cln.CoreLightningDouble,
        "clnrest",
        lambda url: {"clnrest_url": url, "clnrest_readonly_rune": cln.RUNE, "clnrest_invoice_rune": cln.RUNE},
    ),
}


@pytest.mark.parametrize("name", CLIENTS)
def test_the_double_sells_to_the_client_of_lnbits(name: str, tmp_path: Path) -> None:
    double, module, settings = CLIENTS[name]
    backend = double(FakeClock(time.time()))
    with (
        served(backend) as address,
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(
            [LNBITS, HERE / "lnbits_source.py", module, json.dumps(settings(address))],
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LNBITS_DATA_FOLDER": str(tmp_path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as client,
    ):
        assert client.stdin
        assert client.stdout
        made = json.loads(_said(client.stdout))
        assert "error" not in made, made
        invoice = decode(made["payment_request"])
        assert (invoice.amount_msat, made["paid"]) == (2_100_000, None)
        backend.pay(Invoice(made["id"], made["payment_request"], invoice.payment_hash, 0))
        client.stdin.write("paid\n")
        client.stdin.flush()
        assert json.loads(_said(client.stdout)) == {"paid": True}


def _said(lines: IO[str]) -> str:
    """Return the next line in JSON; LNbits writes its log there, too."""
    return next(line for line in lines if line.startswith("{"))

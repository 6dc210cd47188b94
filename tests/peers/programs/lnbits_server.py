"""LNbits itself, as a program of its own, with play money (FakeWallet): a shop's wallet, and that of a customer.

Not called lnbits: the programs beside it would take it for the package of that name.
"""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pos.domain.invoice import Invoice
from pos.transport import Transport, TransportError
from pos.wallets.lnbits import LNbits, WalletSettings, open_wallet
from tests.peers.programs import LNBITS
from tests.processes import until
from tests.wallets.tills import till_with

OWNER = {"username": "owner", "password": "secret1234", "password_repeat": "secret1234"}
# It is to talk to this machine alone: no extensions, no prices, no mail.
ALONE = {
    "LNBITS_BACKEND_WALLET_CLASS": "FakeWallet",
    "LNBITS_ADMIN_UI": "true",
    "LNBITS_ALLOW_NEW_ACCOUNTS": "true",
    "AUTH_ALLOWED_METHODS": '["user-id-only","username-password"]',
    "LNBITS_EXTENSIONS_MANIFESTS": "[]",
    "LNBITS_WASM_EXTENSIONS_MANIFESTS": "[]",
    "LNBITS_EXTENSIONS_DEFAULT_INSTALL": "",
    "LNBITS_PRICE_AGGREGATOR_ENABLED": "false",
    "LNBITS_EXCHANGE_RATE_PROVIDERS": "[]",
    # The bench asks more often than a shop does.
    "LNBITS_RATE_LIMIT_NO": "100000",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "NO_PROXY": "127.0.0.1",
}


@dataclass
class Peer:
    """LNbits at `address`, with the shop's wallet and that of a customer who has money. `pid` is its first process."""

    address: str
    shop: dict[str, Any]
    customer: dict[str, Any]
    transport: Transport
    pid: int

    def wallet(self, key: str) -> LNbits:
        till = till_with(self.transport, clock=time.time)
        return open_wallet(WalletSettings(url=self.address, invoice_key=key), till)

    def pay(self, invoice: Invoice) -> None:
        bill = {"out": True, "bolt11": invoice.payment_request}
        ask(self, "POST", "/api/v1/payments", bill, {"X-Api-Key": self.customer["adminkey"]})


def ask(peer: Peer, method: str, path: str, body: object, headers: dict[str, str] | None = None) -> Any:
    reply = peer.transport.call(method, f"{peer.address}{path}", headers=headers or {}, timeout=20, json=body)
    assert reply.status < 300, reply.body
    return json.loads(reply.body)


@contextmanager
def lnbits(folder: Path) -> Iterator[Peer]:
    """Run it with its files in a folder, until the block is left."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # It serves its files from where it is started.
    packages = LNBITS.parents[1] / "lib"
    (home,) = packages.glob("python3*/site-packages")
    own = {"LNBITS_DATA_FOLDER": str(folder), "LNBITS_EXTENSIONS_PATH": str(folder), "HOME": str(folder)}
    command = (LNBITS.with_name("lnbits"), "--host", "127.0.0.1", "--port", str(port))
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            command,
            cwd=home,
            env={"PATH": "/usr/bin:/bin", **ALONE, **own},
            stdout=log,
            stderr=log,
            start_new_session=True,
        ) as it,
    ):
        made = Peer(f"http://127.0.0.1:{port}", {}, {}, Transport(), it.pid)
        try:
            until(lambda: is_up(made) or it.poll() is not None, within=90)
            assert it.poll() is None, (folder / "log").read_text()
            fund(made)
            yield made
        finally:
            # It has a process beside it.
            os.killpg(it.pid, signal.SIGKILL)
            made.transport.close()


def is_up(peer: Peer) -> bool:
    """Tell whether it answers: who has no owner yet leads everybody to where one is made."""
    try:
        return peer.transport.call("GET", f"{peer.address}/api/v1/health", headers={}, timeout=2).status < 400
    except TransportError:
        return False


def fund(peer: Peer) -> None:
    """Give the customer money, which only the owner of an LNbits can."""
    token = ask(peer, "PUT", "/api/v1/auth/first_install", OWNER)["access_token"]
    peer.shop, peer.customer = (ask(peer, "POST", "/api/v1/account", {"name": it}) for it in ("shop", "customer"))
    money = {"id": peer.customer["id"], "amount": 1_000_000}
    ask(peer, "PUT", "/users/api/v1/balance", money, {"Authorization": f"Bearer {token}"})

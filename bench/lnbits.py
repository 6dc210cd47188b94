"""What a sale costs the till, and what it costs LNbits, which is the wallet: the CPU of both for the same charges.

The customer has a wallet at the same LNbits, which so both sends and receives the payment.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import proc
from bench.clients import ApiClient
from bench.server import serving
from pos.domain.invoice import Invoice
from tests.peers.programs import LNBITS
from tests.peers.programs.lnbits_server import Peer, lnbits

# As many tills as a busy shop has, each of which sells so often.
_TILLS = 6
_SALES = 12


def share() -> Iterator[tuple[str, str]]:
    """Sell with LNbits itself, of which `make test-peers` has a copy."""
    if not LNBITS.exists():
        yield "CPU of a charge with LNbits as wallet", "not measured: `make test-peers` installs LNbits"
        return
    with TemporaryDirectory(prefix="bench-") as folder, lnbits(Path(folder)) as peer:
        yield (
            f"CPU of a charge with LNbits as wallet, {_TILLS} tills, made, paid, looked at until green",
            _measured(peer),
        )


def _measured(peer: Peer) -> str:
    settings = {"LNBITS_URL": peer.address, "LNBITS_INVOICE_KEY": peer.shop["inkey"], "POS_NETWORK": "bc"}
    with serving(POS_WALLET="lnbits", **settings) as server, ThreadPoolExecutor(_TILLS) as tills:
        # Whatever is done for the first time is done.
        _sell(server.port, peer, 1)
        till, wallet = server.cpu_seconds(), _cpu_seconds(peer.pid)
        list(tills.map(lambda _: _sell(server.port, peer, _SALES), range(_TILLS)))
        till, wallet = (
            (now - before) / (_TILLS * _SALES) * 1000
            for now, before in ((server.cpu_seconds(), till), (_cpu_seconds(peer.pid), wallet))
        )
        making = _cpu_seconds(peer.pid)
        seller = ApiClient(server.port)
        for _ in range(_SALES):
            seller.charge()
        making = (_cpu_seconds(peer.pid) - making) / _SALES * 1000
    return (
        f"till {till:.1f} ms, LNbits {wallet:.1f} ms, of which {making:.1f} ms to make the invoice: {till / wallet:.2f}"
    )


def _sell(port: int, peer: Peer, count: int) -> None:
    seller = ApiClient(port)
    for _ in range(count):
        made = seller.charge()
        peer.pay(Invoice("", made["payment_request"], made["payment_hash"], 0))
        seller.wait_until_paid(made["id"])
    seller.close()


def _cpu_seconds(pid: int) -> float:
    return proc.cpu_seconds(pid) + sum(map(_cpu_seconds, proc.children(pid)))

"""Nostr Wallet Connect against others: a relay and a client of nostr-sdk, and the wallet service of Alby's SDK."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from time import time
from typing import Any

import pytest
import websocket
from werkzeug import Request, Response

from pos.domain.invoice import Invoice, proves
from pos.transport import Transport
from pos.wallets.base import BadAnswer, ByPaymentHash, Hint, Till, check_offer
from pos.wallets.nwc.client import NWC
from pos.wallets.nwc.crypto import NIP04
from pos.wallets.nwc.settings import connection
from tests.fakes import FakeClock
from tests.loopback import served
from tests.peers.programs import HERE, INSTALLED, NOSTR, running, said
from tests.processes import until
from tests.wallets.doubles.backend import as_json
from tests.wallets.doubles.nwc import TILL, WALLET, NWCDouble, public, url
from tests.wallets.doubles.relay import Relay
from tests.wallets.nwc.connected import COFFEE


class Now(FakeClock):
    """The clock of the wall: a relay that is not ours refuses what is dated by another."""

    def __call__(self) -> float:
        return time()


@pytest.fixture
def relay() -> Iterator[str]:
    """A relay of the test's own: one for all would keep what an earlier wallet said of itself in the same second."""
    with running(NOSTR, HERE / "relay.py") as address:
        yield address


@contextmanager
def till(address: str) -> Iterator[NWC]:
    settings = Till(
        transport=Transport(),
        timeout=10,
        clock=time,
        folder=Path("/nowhere"),
        max_sat=10_000_000,
        hooks_address="http://till.example/hooks",
    )
    wallet = NWC(settings, connection(url(TILL, address)))
    yield wallet
    wallet.close()


@dataclass
class Guest(Relay):
    """A real relay, as our double knows its own: it publishes there, and hears what is said to the wallet."""

    line: Any = None
    stop: Event = field(default_factory=Event)
    hears: Event = field(default_factory=Event)

    def publish(self, event: dict[str, Any]) -> None:
        self.line.send(json.dumps(["EVENT", event]))

    def listen(self) -> None:
        self.line.send(json.dumps(["REQ", "questions", {"kinds": [23194], "#p": [WALLET.public]}]))
        while not self.stop.is_set():
            try:
                message = json.loads(self.line.recv())
            except websocket.WebSocketTimeoutException:
                continue
            if message[0] == "EOSE":
                self.hears.set()
            if message[0] == "EVENT":
                for hear in self.on_event:
                    hear(self, message[2])


@contextmanager
def double(address: str, encryptions: str | None) -> Iterator[NWCDouble]:
    """Serve our own double over a real relay."""
    guest, backend = Guest(address), NWCDouble(Now(), encryptions=encryptions)
    guest.line = websocket.create_connection(address, timeout=0.2)
    thread = Thread(target=guest.listen)
    thread.start()
    try:
        # What is asked before the relay knows who listens is passed on to nobody.
        assert guest.hears.wait(10)
        backend.join(guest)
        yield backend
    finally:
        guest.stop.set()
        thread.join()
        guest.line.close()


@contextmanager
def alby(address: str) -> Iterator[NWCDouble]:
    """Serve the wallet service of Alby's SDK; its money is the ledger of our double, over HTTP."""
    backend = NWCDouble(Now())

    @Request.application
    def ledger(request: Request) -> Response:
        question = {"method": request.path.strip("/"), "params": request.get_json(force=True)}
        answer = json.loads(backend.say(public(TILL), question))
        return as_json(answer.get("result"), 200 if answer.get("result") else 404)

    modules = str(INSTALLED / "node_modules")
    with (
        served(ledger) as money,
        running("node", HERE / "wallet.cjs", address, "07" * 32, public(TILL), money, NODE_PATH=modules),
    ):
        yield backend


def sells(wallet: NWC, backend: NWCDouble) -> None:
    """Make an invoice, and see it paid."""
    invoice = check_offer(COFFEE, wallet.create_invoice(COFFEE), "bcrt", int(time()))
    assert wallet.look_up(invoice) is None
    NWCDouble.pay(backend, invoice)
    settlement = wallet.look_up(invoice)
    assert settlement is not None
    assert settlement.received_sat == 2100
    assert proves(settlement.preimage, invoice.payment_hash)


def test_a_wallet_on_albys_sdk_sells(relay: str) -> None:
    with alby(relay) as backend, till(relay) as wallet:
        access = wallet.check_access()
        assert (access.spends, access.network) == (False, "bcrt")
        sells(wallet, backend)
        invoice = wallet.create_invoice(COFFEE).invoice
        backend.made.clear()
        with pytest.raises(BadAnswer, match="NOT_FOUND"):
            wallet.look_up(invoice)


@pytest.mark.parametrize("encryptions", [None, NIP04, "nip44_v2 nip04"])
def test_our_double_sells_and_tells_over_a_relay_that_is_not_ours(relay: str, encryptions: str | None) -> None:
    with double(relay, encryptions) as backend, till(relay) as wallet:
        sells(wallet, backend)
        invoice = wallet.create_invoice(COFFEE).invoice
        hints: Queue[Hint] = Queue()
        stop = Event()
        ear = Thread(target=wallet.listen, args=(hints.put, stop))
        ear.start()
        # Told again until it is heard: from here nobody sees when the relay has begun to pass it on.
        until(lambda: is_told(backend, invoice, hints))
        assert hints.get() == ByPaymentHash(invoice.payment_hash)
        stop.set()
        ear.join()


def is_told(backend: NWCDouble, invoice: Invoice, hints: Queue[Hint]) -> bool:
    backend.pay(invoice)
    return not hints.empty()


def test_our_double_is_one_that_a_client_of_others_understands(relay: str) -> None:
    with double(relay, "nip44_v2 nip04") as backend:
        answer = json.loads(said(NOSTR, HERE / "client.py", url(TILL, relay)))
    (made,) = backend.made.values()
    assert answer == {
        "pubkey": backend.node.pubkey,
        "invoice": made.payment_request,
        "amount": 2_100_000,
        "description": "Coffee",
    }

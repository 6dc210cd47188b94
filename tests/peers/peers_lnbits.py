"""LNbits itself, with play money of its own (FakeWallet): two wallets that pay each other."""

import time
from collections.abc import Iterator

import pytest

from pos.domain.invoice import proves
from pos.wallets.base import InvoiceRefused, InvoiceRequest, KeyRefused, check_offer
from tests.peers.programs.lnbits_server import Peer, lnbits

COFFEE = InvoiceRequest(2100, "Coffee ☕", 600, "c1")


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    with lnbits(tmp_path_factory.mktemp("lnbits")) as peer:
        yield peer


def test_it_sells(peer: Peer) -> None:
    wallet = peer.wallet(peer.shop["inkey"])
    assert wallet.check_access().spends is False
    invoice = check_offer(COFFEE, wallet.create_invoice(COFFEE), "bc", int(time.time()))
    assert wallet.look_up(invoice) is None
    peer.pay(invoice)
    settlement = wallet.look_up(invoice)
    assert settlement is not None
    assert settlement.received_sat == 2100
    assert settlement.settled_at is not None
    assert abs(settlement.settled_at - time.time()) < 30
    assert proves(settlement.preimage, invoice.payment_hash)


def test_its_keys_and_limits_are_told_apart(peer: Peer) -> None:
    assert peer.wallet(peer.shop["adminkey"]).check_access().spends is True
    stranger = peer.wallet("c" * 32)
    for question in (stranger.check_access, lambda: stranger.create_invoice(COFFEE)):
        with pytest.raises(KeyRefused):
            question()
    with pytest.raises(InvoiceRefused, match="too high"):
        peer.wallet(peer.shop["inkey"]).create_invoice(InvoiceRequest(10_000_001, "", 600, "c2"))


def test_what_another_wallets_key_asks_about_is_no_payment(peer: Peer) -> None:
    invoice = peer.wallet(peer.shop["inkey"]).create_invoice(COFFEE).invoice
    peer.pay(invoice)
    with pytest.raises(KeyRefused, match="no details"):
        peer.wallet("c" * 32).look_up(invoice)

"""A payer's wallet and the sandbox: from what the code holds to the proof that it was paid."""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

import pytest
from flask import Flask

from pos import close, create_app
from pos.bolt11.decode import decode
from pos.domain.jar import Jar
from pos.domain.money import SAT
from pos.sandbox.settings import SandboxSettings
from pos.settings import Settings
from tests.conftest import Cashier
from tests.fakes import FakeClock
from tests.web.lnurl.payer import Payer


@pytest.fixture
def app(settings: Settings, clock: FakeClock) -> Iterator[Flask]:
    """A till of play money."""
    app = create_app(replace(settings, wallet="sandbox", wallet_settings=SandboxSettings()), clock=clock)
    yield app
    close(app)


@pytest.mark.parametrize("comment", ["", "Thanks & ü ☕"])
@pytest.mark.parametrize("path", ["/lnurlp/band", "/.well-known/lnurlp/band"])
def test_a_sticker_is_scanned_paid_and_proven(
    app: Flask, payer: Payer, cashier: Cashier, path: str, comment: str
) -> None:
    shop = app.extensions["shop"]
    shop.store.jars.add(Jar(name="band", title="Café ☕", text="Two\nlines", currency=SAT, shows_messages=True))
    said = payer.get(path)
    given = {"comment": comment} if comment else {}
    paid = payer.get(said["callback"], amount="21000", **given)
    invoice = decode(paid["pr"])
    assert invoice.amount_msat == 21_000
    assert invoice.description_hash == sha256(said["metadata"].encode()).hexdigest()
    assert payer.get(paid["verify"])["settled"] is False
    app.extensions["hosted"].pay(paid["pr"])
    cashier.status(shop.store.find_by_payment_hash(invoice.payment_hash).id)
    proof = payer.get(paid["verify"])
    assert proof["settled"] is True
    assert sha256(bytes.fromhex(proof["preimage"])).hexdigest() == invoice.payment_hash
    contents = shop.store.jars.contents("band", 5, shown_only=True)
    assert [it.message for it in contents.latest] == [comment] * bool(comment)
    assert (contents.tips, contents.raised_in(SAT).minor) == (1, 21)

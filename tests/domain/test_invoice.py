"""The checks before the QR."""

from dataclasses import replace

import bech32
import pytest

from pos.domain.invoice import Invoice, InvoiceError, check, proves
from tests.fakes import NOON, FakeClock, FakeWallet, make_node


def offered(amount_sat: int = 2100, expiry: int = 600) -> tuple[Invoice, str]:
    offer = FakeWallet(FakeClock()).sign(amount_sat, "Coffee", expiry)
    assert offer.payee
    return offer.invoice, offer.payee


def test_an_invoice_as_asked_passes_the_check() -> None:
    invoice, payee = offered()
    assert check(2100, "bcrt", invoice, payee, NOON) == invoice


def test_the_earlier_expiry_counts() -> None:
    invoice, payee = offered(expiry=600)
    sooner, later = replace(invoice, expires_at=NOON + 500), replace(invoice, expires_at=NOON + 700)
    assert check(2100, "bcrt", sooner, payee, NOON).expires_at == NOON + 500
    assert check(2100, "bcrt", later, payee, NOON).expires_at == NOON + 600


def test_a_signature_by_another_node_is_refused() -> None:
    wallet = FakeWallet(FakeClock())
    forged = wallet.sign(2100, "Coffee", 600, node=make_node())
    with pytest.raises(InvoiceError, match="signature"):
        check(2100, "bcrt", forged.invoice, wallet.node.pubkey, NOON)


def test_a_signature_that_was_tampered_with_is_refused() -> None:
    invoice, payee = offered()
    hrp, data = bech32.bech32_decode(invoice.payment_request)
    assert hrp and data
    data[-90] ^= 1
    forged = replace(invoice, payment_request=bech32.bech32_encode(hrp, data))
    with pytest.raises(InvoiceError):
        check(2100, "bcrt", forged, payee, NOON)


def test_a_damaged_checksum_is_refused() -> None:
    invoice, payee = offered()
    last = "q" if invoice.payment_request[-1] != "q" else "p"
    with pytest.raises(InvoiceError, match="checksum"):
        check(2100, "bcrt", replace(invoice, payment_request=invoice.payment_request[:-1] + last), payee, NOON)


@pytest.mark.parametrize("asked", [2099, 2101, 21])
def test_another_amount_is_refused(asked: int) -> None:
    invoice, payee = offered(2100)
    with pytest.raises(InvoiceError, match="2100000 msat"):
        check(asked, "bcrt", invoice, payee, NOON)


def test_an_invoice_over_any_amount_is_refused() -> None:
    invoice, payee = offered(0)
    with pytest.raises(InvoiceError, match="0 msat"):
        check(2100, "bcrt", invoice, payee, NOON)


def test_another_payment_hash_than_the_wallet_names_is_refused() -> None:
    invoice, payee = offered()
    with pytest.raises(InvoiceError, match="payment hash"):
        check(2100, "bcrt", replace(invoice, payment_hash="00" * 32), payee, NOON)


@pytest.mark.parametrize("seconds", [600, 601, 100_000])
def test_an_expired_invoice_is_refused(seconds: int) -> None:
    invoice, payee = offered(expiry=600)
    with pytest.raises(InvoiceError, match="expired"):
        check(2100, "bcrt", invoice, payee, NOON + seconds)


def test_an_invoice_that_the_wallet_says_has_expired_is_refused() -> None:
    invoice, payee = offered()
    with pytest.raises(InvoiceError, match="expired"):
        check(2100, "bcrt", replace(invoice, expires_at=NOON), payee, NOON)


@pytest.mark.parametrize("network", ["bc", "tb", "tbs"])
def test_an_invoice_on_another_network_is_refused(network: str) -> None:
    invoice, payee = offered()
    with pytest.raises(InvoiceError, match="bcrt"):
        check(2100, network, invoice, payee, NOON)


def test_only_the_right_preimage_proves_a_payment() -> None:
    wallet = FakeWallet(FakeClock())
    invoice = wallet.sign(1, "", 600).invoice
    preimage = wallet.preimages[invoice.id]
    assert proves(preimage, invoice.payment_hash)
    for wrong in (None, "", "00" * 32, preimage[:-2], preimage + "00", "zz" * 32):
        assert not proves(wrong, invoice.payment_hash)

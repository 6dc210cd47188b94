"""The checks before the QR."""

from dataclasses import replace
from hashlib import sha256
from itertools import chain

import bech32
import coincurve
import pytest

from pos.bolt11 import encode
from pos.domain.invoice import Invoice, InvoiceError, UnpayableError, check, proves
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
    with pytest.raises(InvoiceError, match="another node signed it"):
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


def with_fields(*fields: list[int]) -> Invoice:
    """An invoice over 21 sat that has these fields, and none besides but what every invoice has."""
    return bare(encode.field("d", encode.from_bytes(b"Coffee")), *fields)


def bare(*fields: list[int]) -> Invoice:
    words = encode.timestamp(NOON) + encode.field("p", encode.from_bytes(b"\xab" * 32)) + [*chain(*fields)]
    return Invoice("i", encode.sign_words("lnbcrt210n", words, coincurve.PrivateKey()), "ab" * 32, NOON + 600)


SECRET = encode.field("s", encode.from_bytes(b"\xcd" * 32))


def features(*bits: int) -> list[int]:
    return encode.field("9", encode.from_number(sum(1 << bit for bit in bits)))


def test_an_invoice_without_a_payment_secret_is_refused_as_no_phone_of_today_pays_it() -> None:
    with pytest.raises(InvoiceError, match="payment secret"):
        check(21, "bcrt", with_fields(features(8)), None, NOON)


@pytest.mark.parametrize("known", [(), (8, 14), (8, 14, 16, 24, 36, 48), (8, 14, 99, 149)])
def test_an_invoice_that_requires_what_is_known_is_shown(known: tuple[int, ...]) -> None:
    invoice = with_fields(SECRET, features(*known))
    assert check(21, "bcrt", invoice, None, NOON) == invoice


@pytest.mark.parametrize("unknown", [2, 30, 98, 148])
def test_an_invoice_that_requires_a_feature_that_nobody_knows_is_refused(unknown: int) -> None:
    with pytest.raises(InvoiceError, match=f"nobody knows: {unknown}$"):
        check(21, "bcrt", with_fields(SECRET, features(8, 14, unknown)), None, NOON)


def test_the_description_hash_has_to_be_the_one_that_was_asked_for() -> None:
    asked = sha256(b"Coffee").hexdigest()
    invoice = bare(SECRET, encode.field("h", encode.from_bytes(bytes.fromhex(asked))))
    assert check(21, "bcrt", invoice, None, NOON, asked) == invoice
    for wrong in (with_fields(SECRET), bare(SECRET, encode.field("h", encode.from_bytes(b"\x01" * 32)))):
        with pytest.raises(InvoiceError, match="description hash"):
            check(21, "bcrt", wrong, None, NOON, asked)


def test_an_invoice_with_no_description_or_with_both_kinds_is_refused_as_the_specification_tells_payers() -> None:
    described, hashed = encode.field("d", []), encode.field("h", encode.from_bytes(b"\x01" * 32))
    for one in (described, hashed):
        assert check(21, "bcrt", bare(SECRET, one), None, NOON)
    with pytest.raises(UnpayableError, match="neither"):
        check(21, "bcrt", bare(SECRET), None, NOON)
    with pytest.raises(UnpayableError, match="both"):
        check(21, "bcrt", bare(SECRET, described, hashed), None, NOON)


@pytest.mark.parametrize("alone", [(14,), (15,), (16, 8), (17, 9), (9, 17, 99), (15, 17)])
def test_a_feature_without_the_one_that_it_builds_on_is_refused(alone: tuple[int, ...]) -> None:
    with pytest.raises(UnpayableError, match="is nothing without feature"):
        check(21, "bcrt", with_fields(SECRET, features(*alone)), None, NOON)


@pytest.mark.parametrize("together", [(8,), (9, 15), (8, 15, 17), (9, 14, 16), (25,), (49,)])
def test_a_feature_with_the_one_that_it_builds_on_is_shown_whether_required_or_not(together: tuple[int, ...]) -> None:
    assert check(21, "bcrt", with_fields(SECRET, features(*together)), None, NOON)

"""The specification's own examples, valid and invalid: what is read, and what a customer may be shown."""

import json
from pathlib import Path
from typing import Any

import bech32
import coincurve
import pytest

from pos.bolt11 import encode
from pos.bolt11.decode import Bolt11Error, decode, whole_bytes
from pos.domain.invoice import Invoice, InvoiceError, UnpayableError, check

EXAMPLES: dict[str, Any] = json.loads((Path(__file__).parents[1] / "samples/bolt11/examples.json").read_text())
# The key of the examples, as the specification gives it.
NODE = "03e7156ae33b0a208d0744199163177e909e80176e55d97a2f221ede0f934dd9ad"
HASH = "0001020304050607080900010203040506070809000102030405060708090102"
SECRET = "11" * 32
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def examples(kind: str) -> list[Any]:
    return [pytest.param(one["payment_request"], id=one["title"]) for one in EXAMPLES[kind]]


def shown(payment_request: str) -> Invoice:
    """Hold an invoice against the check before the QR, with all else as it says itself."""
    said = decode(payment_request)
    invoice = Invoice("i", payment_request, said.payment_hash, said.expires_at)
    return check(said.amount_msat // 1000, said.network, invoice, None, said.created_at)


@pytest.mark.parametrize("payment_request", examples("valid"))
def test_a_valid_example_is_read(payment_request: str) -> None:
    said = decode(payment_request)
    assert said.payment_secret == SECRET
    assert said.payment_hash in (HASH, "462264ede7e14047e9b249da94fefc47f41f7d02ee9b091815a5506bc8abf75f")
    assert said.required_features >= {8, 14}


@pytest.mark.parametrize("payment_request", examples("valid"))
def test_a_valid_example_over_whole_sat_is_shown(payment_request: str) -> None:
    if decode(payment_request).amount_msat % 1000:
        with pytest.raises(InvoiceError, match="msat"):
            shown(payment_request)
        return
    assert shown(payment_request).payment_request == payment_request


def test_the_examples_are_signed_by_the_node_of_the_specification() -> None:
    """But for the last, which was given the other form of a signature and kept the old recovery number."""
    assert {decode(one["payment_request"]).payee for one in EXAMPLES["valid"][:-1] + EXAMPLES["legacy"]} == {NODE}
    assert decode(EXAMPLES["valid"][-1]["payment_request"]).payee != NODE


@pytest.mark.parametrize("payment_request", examples("legacy"))
def test_an_example_of_2019_is_read_and_not_shown(payment_request: str) -> None:
    assert decode(payment_request).payment_hash == HASH
    with pytest.raises(UnpayableError, match="payment secret"):
        shown(payment_request)


@pytest.mark.parametrize("payment_request", examples("invalid"))
def test_an_invalid_example_is_not_shown(payment_request: str) -> None:
    with pytest.raises((Bolt11Error, InvoiceError)):
        shown(payment_request)


def signed(*, named: bool, high: bool, flip: bool) -> str:
    """An invoice whose signature is of the high form or not; `flip` keeps the recovery number right for that form."""
    key = coincurve.PrivateKey(b"\x11" * 32)
    fields = encode.timestamp(1_496_314_658)
    for letter, data in (("p", bytes.fromhex(HASH)), ("s", bytes.fromhex(SECRET)), ("d", b"Coffee")):
        fields += encode.field(letter, encode.from_bytes(data))
    if named:
        fields += encode.field("n", encode.from_bytes(key.public_key.format()))
    _, words = bech32.bech32_decode(encode.sign_words("lnbc20n", fields, key))
    assert words
    raw = whole_bytes(words[-104:])
    r, s, recovery = raw[:32], int.from_bytes(raw[32:64]), raw[64]
    signature = r + (ORDER - s if high else s).to_bytes(32) + bytes([recovery ^ flip])
    return bech32.bech32_encode("lnbc20n", words[:-104] + encode.from_bytes(signature))


def test_a_signature_of_the_high_form_is_good_only_where_the_payee_is_recovered_from_it() -> None:
    assert shown(signed(named=False, high=True, flip=True))
    with pytest.raises(Bolt11Error, match="low form"):
        decode(signed(named=True, high=True, flip=True))


def test_where_the_payee_is_named_the_recovery_number_says_nothing() -> None:
    assert decode(signed(named=True, high=False, flip=True)) == decode(signed(named=True, high=False, flip=False))


KEY = coincurve.PrivateKey(b"\x11" * 32)
# What is of fixed length, in words, as the specification's own encoding of the facts of its examples.
FIXED = {
    "p": encode.from_bytes(bytes.fromhex(HASH)),
    "s": encode.from_bytes(bytes.fromhex(SECRET)),
    "h": encode.from_bytes(bytes.fromhex(HASH)),
    "n": encode.from_bytes(KEY.public_key.format()),
}


def with_fields(*fields: tuple[str, list[int]]) -> str:
    """An invoice of our own writing, none of the specification's, with these fields in this order."""
    words = encode.timestamp(1_496_314_658) + encode.field("9", encode.from_number(1 << 8 | 1 << 14))
    for letter, data in fields:
        words += encode.field(letter, data)
    return encode.sign_words("lnbc20n", words, KEY)


@pytest.mark.parametrize("letter", FIXED)
@pytest.mark.parametrize("change", [-1, 1])
def test_a_field_of_another_length_before_the_right_one_is_skipped(letter: str, change: int) -> None:
    """The specification's example with fields that must be ignored has them after the right ones only."""
    fields = [*FIXED.items()]
    wrong = (FIXED[letter] + [31])[: len(FIXED[letter]) + change]
    assert decode(with_fields((letter, wrong), *fields)) == decode(with_fields(*fields))


@pytest.mark.parametrize("letter", FIXED)
@pytest.mark.parametrize("change", [-1, 1])
def test_a_field_of_another_length_alone_is_none(letter: str, change: int) -> None:
    def outcome(*fields: tuple[str, list[int]]) -> str:
        try:
            return f"shown, by {decode(shown(with_fields(*fields)).payment_request).payee}"
        except (Bolt11Error, InvoiceError) as error:
            return str(error)

    others = [(name, data) for name, data in FIXED.items() if name != letter]
    wrong = (FIXED[letter] + [31])[: len(FIXED[letter]) + change]
    said = outcome((letter, wrong), *others)
    assert said == outcome(*others)
    # Nobody needs to be named; the other three have to be there.
    assert said.startswith("shown") == (letter == "n")

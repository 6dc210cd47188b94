"""The encryptions of Nostr: what others made of the same keys and texts comes out, and what was changed is refused."""

import hmac
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any

import pytest

from pos.wallets.nwc.crypto import (
    NIP04,
    NIP44,
    Box,
    Key,
    Unreadable,
    _message_keys,
    conversation_key,
    decrypt04,
    decrypt44,
    encrypt44,
    padded_length,
)
from tests.wallets.doubles.backend import sample

VECTORS = sample("nwc", "crypto")
HERE, THERE = Key(b"\x07" * 32), Key(b"\x09" * 32)


@pytest.mark.parametrize("vector", VECTORS["nip44"])
def test_nip_44_is_what_others_make_of_it(vector: dict[str, Any]) -> None:
    here, there = (Key(bytes.fromhex(vector[name])) for name in ("sec1", "sec2"))
    key = conversation_key(here.shared(there.public))
    assert key.hex() == vector["conversation_key"]
    assert key == conversation_key(there.shared(here.public))
    assert encrypt44(vector["plaintext"], key, bytes.fromhex(vector["nonce"])) == vector["payload"]
    assert decrypt44(vector["payload"], key) == vector["plaintext"]


@pytest.mark.parametrize(("length", "padded"), VECTORS["padded"])
def test_a_text_is_padded_as_by_others(length: int, padded: int) -> None:
    assert padded_length(length) == padded


@pytest.mark.parametrize("vector", VECTORS["nip04"])
def test_nip_04_of_others_is_read(vector: dict[str, Any]) -> None:
    here, there = (Key(bytes.fromhex(vector[name])) for name in ("sec1", "sec2"))
    assert decrypt04(vector["payload"], here.shared(there.public)) == vector["plaintext"]
    assert Box(there, here.public).open(vector["payload"]) == vector["plaintext"]


@pytest.mark.parametrize("encryption", [NIP44, NIP04])
@pytest.mark.parametrize("text", ["a", "☕" * 500, "x" * 65535])
def test_what_one_encrypts_the_other_reads(encryption: str, text: str) -> None:
    sealed = Box(HERE, THERE.public).encrypt(text, encryption)
    assert Box(THERE, HERE.public).open(sealed) == text


def test_nobody_else_reads_it() -> None:
    # By NIP-04 one of 256 wrong keys finds a padding, and nonsense.
    with pytest.raises(Unreadable, match="another key"):
        Box(THERE, THERE.public).open(Box(HERE, THERE.public).encrypt("21 sat", NIP44))


@pytest.mark.parametrize("text", ["", "x" * 65536])
def test_what_cannot_be_padded_is_not_encrypted(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be encrypted"):
        encrypt44(text, bytes(32), bytes(32))


@pytest.mark.parametrize("place", [0, 1, 40, -1])
def test_what_was_changed_on_the_way_is_refused(place: int) -> None:
    sealed = bytearray(b64decode(Box(HERE, THERE.public).encrypt("21 sat", NIP44)))
    sealed[place] ^= 1
    with pytest.raises(Unreadable):
        Box(THERE, HERE.public).open(b64encode(sealed).decode())


@pytest.mark.parametrize(
    "content", ["", "#", "Ag==", "hello", "AgAA?iv=AA==", "?iv=", "é", "A" * 90_000, "AAAA?iv=AAAAAAAAAAAAAAAAAAAAAA=="]
)
def test_what_is_not_encrypted_at_all_is_refused(content: str) -> None:
    with pytest.raises(Unreadable):
        Box(THERE, HERE.public).open(content)


def test_a_wrong_padding_is_refused() -> None:
    """Only who has the key can make one, so it is made here as `encrypt44` does it, with a length that lies."""
    key, nonce = conversation_key(HERE.shared(THERE.public)), b"\x05" * 32
    for length in (0, 33, 65535):
        chacha, mac_key = _message_keys(key, nonce)
        cipher = chacha.encryptor().update(length.to_bytes(2, "big") + b"x" * 32)
        sealed = b"\x02" + nonce + cipher + hmac.digest(mac_key, nonce + cipher, sha256)
        with pytest.raises(Unreadable, match="padding"):
            decrypt44(b64encode(sealed).decode(), key)


def test_what_is_no_key_is_refused() -> None:
    for secret in (bytes(32), b"\xff" * 32):
        with pytest.raises(ValueError):
            Key(secret)
    with pytest.raises(ValueError):
        HERE.shared("ff" * 32)

"""Reading a payment request as BOLT 11 has it: text to facts. What the facts must be is decided in invoice.py.

Only what a till needs is read: no routes, no fallback addresses. The bolt11 library reads all of that, and the tests
hold this reader against it; but it takes ten times as long, which was half of the time of a whole sale.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import xor

from bech32 import CHARSET
from coincurve import PublicKey
from coincurve.ecdsa import cdata_to_der, deserialize_compact

# 1,023 characters are BOLT 11's own advice for a QR code; long route hints go beyond it.
MAX_LENGTH = 4096
WORD = 5
TIMESTAMP_WORDS = 7
SIGNATURE_WORDS = 104
CHECKSUM_WORDS = 6
# The fields of fixed length, in words; one of another length is to be skipped.
HASH_WORDS = 52
PUBKEY_WORDS = 53
DEFAULT_EXPIRY = 3600

# Each letter's word, and what stands for a letter that bech32 does not have; each word as a digit of base 32.
_NO_WORD = 255
_WORDS = bytes(CHARSET.index(chr(letter)) if chr(letter) in CHARSET else _NO_WORD for letter in range(256))
_DIGITS = bytes.maketrans(bytes(range(32)), b"0123456789abcdefghijklmnopqrstuv")
# What the five highest bits of a checksum do to the rest of it (BIP 173).
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_TURNS = [reduce(xor, [it for bit, it in enumerate(_GENERATOR) if top >> bit & 1], 0) for top in range(32)]

_PREFIX = re.compile(r"ln(bcrt|bc|tbs|tb)(?:([1-9][0-9]{0,15})([munp]?))?", re.ASCII)
# msat in one bitcoin, in a thousandth of it, and so on; a "p" is a tenth of a msat.
_MSAT = {"": 10**11, "m": 10**8, "u": 10**5, "n": 10**2}
# What a feature builds on (BOLT 9, dependencies), each by its even bit: payment_secret on var_onion_optin, basic_mpp on
# payment_secret.
_BUILDS_ON = {14: 8, 16: 14}


class Bolt11Error(ValueError):
    """A text that is not a payment request, or one that its signature does not fit."""


@dataclass(frozen=True, slots=True)
class Bolt11:
    """What the signed text says. `amount_msat` is 0 for an invoice over any amount; times in unix seconds.

    `payee` is the public key of the node that signed, 66 hex digits. `description_hash` and `payment_secret` are 64 hex
    digits, or None where there are none. `required_features` are the even bits that are set (BOLT 9).

    `flaw` says why a payer must not pay it though it can be read, apart from what those values show; empty if nothing
    does. It is no part of what the invoice says, so two are compared without it.
    """

    network: str
    amount_msat: int
    payment_hash: str
    created_at: int
    expires_at: int
    payee: str
    description_hash: str | None
    payment_secret: str | None = field(repr=False)
    required_features: frozenset[int]
    flaw: str = field(default="", compare=False)


def decode(payment_request: str) -> Bolt11:
    """Read a payment request, its checksum and its signature. Invoices of 2019 without a payment secret are read, too.

    Raises Bolt11Error.
    """
    if len(payment_request) > MAX_LENGTH:
        raise Bolt11Error("the payment request is too long")
    hrp, words = _read_bech32(payment_request)
    if len(words) < TIMESTAMP_WORDS + SIGNATURE_WORDS:
        raise Bolt11Error("the payment request is too short")
    network, amount_msat = _read_prefix(hrp)
    signed, signature = words[:-SIGNATURE_WORDS], words[-SIGNATURE_WORDS:]
    fields = _first_of_each(signed[TIMESTAMP_WORDS:])
    created_at = number(signed[:TIMESTAMP_WORDS])
    features = number(fields.get("9", ()))
    return Bolt11(
        network=network,
        amount_msat=amount_msat,
        payment_hash=_payment_hash(fields),
        created_at=created_at,
        expires_at=created_at + (number(fields["x"]) if "x" in fields else DEFAULT_EXPIRY),
        payee=_payee(hrp.encode() + padded_bytes(signed), whole_bytes(signature), fields),
        description_hash=_hex(fields, "h"),
        payment_secret=_hex(fields, "s"),
        required_features=_required(features),
        flaw=_description_flaw(fields) or _features_flaw(features),
    )


def number(words: Sequence[int]) -> int:
    """Read words as one number, the highest first."""
    return int(bytes(words).translate(_DIGITS) or b"0", 32)


def padded_bytes(words: Sequence[int]) -> bytes:
    """Read words as bytes, padded with zero bits, as they are signed."""
    count = -(-len(words) * WORD // 8)
    return (number(words) << (count * 8 - len(words) * WORD)).to_bytes(count)


def whole_bytes(words: Sequence[int]) -> bytes:
    """Read words as bytes, without the bits that fill up the last word."""
    count = len(words) * WORD // 8
    return (number(words) >> (len(words) * WORD - count * 8)).to_bytes(count)


def _read_bech32(text: str) -> tuple[str, bytes]:
    """Return the human-readable part in lower case, and the words without the checksum (BIP 173).

    The bech32 library does the same and takes ten times as long for it.
    """
    lower = text.lower()
    if text.isascii() and text in (lower, text.upper()):
        hrp, _, data = lower.rpartition("1")
        letters, words = hrp.encode(), data.encode().translate(_WORDS)
        checked = [*(letter >> 5 for letter in letters), 0, *(letter & 31 for letter in letters), *words]
        if _NO_WORD not in words and _checksum(checked) == 1:
            return hrp, words[:-CHECKSUM_WORDS]
    raise Bolt11Error("not a BOLT 11 payment request, or its checksum is wrong")


def _checksum(values: Iterable[int]) -> int:
    checksum = 1
    for value in values:
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value ^ _TURNS[checksum >> 25]
    return checksum


def _read_prefix(hrp: str) -> tuple[str, int]:
    match = _PREFIX.fullmatch(hrp)
    if match is None:
        raise Bolt11Error("the network or the amount cannot be read")
    network, digits, unit = match.groups()
    if digits is None:
        return network, 0
    if unit != "p":
        return network, int(digits) * _MSAT[unit]
    if not digits.endswith("0"):
        raise Bolt11Error("the amount is not a whole number of msat")
    return network, int(digits) // 10


def _first_of_each(words: bytes) -> dict[str, bytes]:
    """Return the tagged fields by their letter. The first of its kind counts, and one of a wrong length does not."""
    fixed = {"p": HASH_WORDS, "h": HASH_WORDS, "s": HASH_WORDS, "n": PUBKEY_WORDS}
    fields: dict[str, bytes] = {}
    for letter, data in _tagged(words):
        if len(data) == fixed.get(letter, len(data)):
            fields.setdefault(letter, data)
    return fields


def _tagged(words: bytes) -> Iterator[tuple[str, bytes]]:
    place = 0
    while place < len(words):
        head, data = words[place : place + 3], place + 3
        if len(head) < 3 or data + head[1] * 32 + head[2] > len(words):
            raise Bolt11Error("a field is cut off")
        place = data + head[1] * 32 + head[2]
        yield CHARSET[head[0]], words[data:place]


def _payment_hash(fields: dict[str, bytes]) -> str:
    payment_hash = _hex(fields, "p")
    if payment_hash is None:
        raise Bolt11Error("there is no payment hash")
    return payment_hash


def _hex(fields: dict[str, bytes], letter: str) -> str | None:
    return whole_bytes(fields[letter]).hex() if letter in fields else None


def _required(features: int) -> frozenset[int]:
    """Return the even bits that are set: a payer who does not know one of them must not pay (BOLT 9)."""
    return frozenset(bit for bit in range(0, features.bit_length(), 2) if features >> bit & 1)


def _description_flaw(fields: dict[str, bytes]) -> str:
    """A payer must fail a payment without a description, and one with both kinds of it."""
    if "d" in fields and "h" in fields:
        return "it has both a description and a description hash"
    return "" if "d" in fields or "h" in fields else "it has neither a description nor a description hash"


def _features_flaw(features: int) -> str:
    """A payer must not attempt a payment whose features lack another one that they build on (BOLT 9)."""
    for bit, needed in _BUILDS_ON.items():
        if _offers(features, bit) and not _offers(features, needed):
            return f"its feature {bit} is nothing without feature {needed}, which it does not have"
    return ""


def _offers(features: int, even_bit: int) -> bool:
    """Tell whether a feature is set: by its even bit as required, or by the odd one above as optional."""
    return bool(features >> even_bit & 0b11)


def _payee(message: bytes, signature: bytes, fields: dict[str, bytes]) -> str:
    """Return the key that signed. Where the invoice itself names its payee, the signature is verified by that key.

    Without a name, a signature of either form is good; with one, only that of the low form (BOLT 11, signature).
    """
    try:
        if "n" not in fields:
            return PublicKey.from_signature_and_message(signature, message).format().hex()
        named = whole_bytes(fields["n"])
        der = cdata_to_der(deserialize_compact(signature[:-1]))
        if PublicKey(named).verify(der, message):
            return named.hex()
    except ValueError as error:
        raise Bolt11Error("the signature is none") from error
    raise Bolt11Error("the signature is not by the payee that the invoice names, or not of the low form")

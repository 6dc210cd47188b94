"""The sandbox's Lightning node: a key that signs BOLT 11 on regtest. No channels, no peers, no storage of its own."""

from dataclasses import dataclass, field

import coincurve

from pos.bolt11 import encode
from pos.sandbox.ledger import Ledger

# What LND asks of a payer: var_onion_optin and payment_secret required, basic_mpp supported (BOLT 9).
_FEATURES = 1 << 8 | 1 << 14 | 1 << 17
# LND's own default, in blocks.
_MIN_FINAL_CLTV_EXPIRY = 80


@dataclass(frozen=True, slots=True)
class Terms:
    """What an invoice says. `amount_sat` 0 means any amount; times in unix seconds and seconds; the rest is hex.

    With a `description_hash` the description itself stays out of the invoice (BOLT 11).
    """

    amount_sat: int
    created_at: int
    expiry: int
    description: str
    description_hash: str | None
    payment_hash: str
    payment_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Node:
    """A node's key pair, both in hex."""

    private_key: str = field(repr=False)
    pubkey: str

    @property
    def id(self) -> str:
        """LNPay's name for the node."""
        return f"lnod_{self.pubkey[-7:]}"

    def sign(self, terms: Terms) -> str:
        """Return the payment request: BOLT 11, lower case."""
        words = encode.timestamp(terms.created_at) + _fields(terms)
        key = coincurve.PrivateKey.from_hex(self.private_key)
        return encode.sign_words(encode.prefix("bcrt", terms.amount_sat), words, key)


def recall(ledger: Ledger, name: str = "node_key") -> Node:
    """Return the node whose key the ledger holds by a name; the first call makes it."""
    key = coincurve.PrivateKey.from_hex(ledger.recall(name, lambda: coincurve.PrivateKey().to_hex()))
    return Node(key.to_hex(), key.public_key.format().hex())


def _fields(terms: Terms) -> list[int]:
    return (
        encode.field("p", encode.from_bytes(bytes.fromhex(terms.payment_hash)))
        + encode.field("s", encode.from_bytes(bytes.fromhex(terms.payment_secret)))
        + _description(terms)
        + encode.field("x", encode.from_number(terms.expiry))
        + encode.field("c", encode.from_number(_MIN_FINAL_CLTV_EXPIRY))
        + encode.field("9", encode.from_number(_FEATURES))
    )


def _description(terms: Terms) -> list[int]:
    if terms.description_hash:
        return encode.field("h", encode.from_bytes(bytes.fromhex(terms.description_hash)))
    return encode.field("d", encode.from_bytes(terms.description.encode()))

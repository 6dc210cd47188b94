"""The sandbox's Lightning node: a key that signs BOLT 11 on regtest. No channels, no peers, no storage of its own."""

from dataclasses import dataclass, field

import bolt11
import coincurve
from bolt11 import Feature, Features, FeatureState, MilliSatoshi, Tag, TagChar, Tags

from pos.sandbox.ledger import Ledger

# What LND asks of a payer: an onion with a payment secret, which may come in several parts (BOLT 9).
_FEATURES = Features.from_feature_list(
    {
        Feature.var_onion_optin: FeatureState.required,
        Feature.payment_secret: FeatureState.required,
        Feature.basic_mpp: FeatureState.supported,
    }
)
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
    payment_secret: str


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
        invoice = bolt11.Bolt11(
            currency="bcrt",
            amount_msat=MilliSatoshi(terms.amount_sat * 1000) if terms.amount_sat else None,
            date=terms.created_at,
            tags=Tags(_tags(terms)),
        )
        return bolt11.encode(invoice, self.private_key)


def recall(ledger: Ledger) -> Node:
    """Return the node whose key the ledger holds; the first call makes it."""
    key = coincurve.PrivateKey.from_hex(ledger.recall("node_key", lambda: coincurve.PrivateKey().to_hex()))
    return Node(key.to_hex(), key.public_key.format().hex())


def _tags(terms: Terms) -> list[Tag]:
    return [
        Tag(TagChar.payment_hash, terms.payment_hash),
        Tag(TagChar.payment_secret, terms.payment_secret),
        Tag(TagChar.description_hash, terms.description_hash)
        if terms.description_hash
        else Tag(TagChar.description, terms.description),
        Tag(TagChar.expire_time, terms.expiry),
        Tag(TagChar.min_final_cltv_expiry, _MIN_FINAL_CLTV_EXPIRY),
        Tag(TagChar.features, _FEATURES),
    ]

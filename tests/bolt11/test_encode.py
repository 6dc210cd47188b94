"""The sandbox's own BOLT 11 writing, held against the bolt11 library's."""

import bolt11
import coincurve
from bolt11 import Feature, FeatureExtra, Features, FeatureState, MilliSatoshi, Tag, TagChar, Tags
from hypothesis import given, settings
from hypothesis import strategies as st

from pos.sandbox.node import Node, Terms

KEY = coincurve.PrivateKey(b"\x11" * 32)
NODE = Node(KEY.to_hex(), KEY.public_key.format().hex())
FEATURES: dict[Feature | FeatureExtra, FeatureState] = {
    Feature.var_onion_optin: FeatureState.required,
    Feature.payment_secret: FeatureState.required,
    Feature.basic_mpp: FeatureState.supported,
}
HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def by_the_library(terms: Terms) -> str:
    described = Tag(TagChar.description, terms.description)
    if terms.description_hash:
        described = Tag(TagChar.description_hash, terms.description_hash)
    tags = [
        Tag(TagChar.payment_hash, terms.payment_hash),
        Tag(TagChar.payment_secret, terms.payment_secret),
        described,
        Tag(TagChar.expire_time, terms.expiry),
        Tag(TagChar.min_final_cltv_expiry, 80),
        Tag(TagChar.features, Features.from_feature_list(FEATURES)),
    ]
    amount = MilliSatoshi(terms.amount_sat * 1000) if terms.amount_sat else None
    invoice = bolt11.Bolt11(currency="bcrt", amount_msat=amount, date=terms.created_at, tags=Tags(tags))
    return bolt11.encode(invoice, NODE.private_key)


@settings(max_examples=60)
@given(
    st.builds(
        Terms,
        amount_sat=st.integers(0, 10**9),
        created_at=st.integers(1_500_000_000, 4_000_000_000),
        expiry=st.integers(1, 31_536_000),
        description=TEXTS,
        description_hash=st.none() | HASHES,
        payment_hash=HASHES,
        payment_secret=HASHES,
    )
)
def test_an_invoice_is_written_as_the_library_writes_it(terms: Terms) -> None:
    assert NODE.sign(terms) == by_the_library(terms)

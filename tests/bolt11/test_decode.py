"""Reading BOLT 11, held against the bolt11 library and the sandbox's own writing."""

import json
from pathlib import Path

import bech32
import bolt11
import coincurve
import pytest
from bitstring import Error as BitstringError
from bolt11 import Bolt11Exception
from hypothesis import given, settings
from hypothesis import strategies as st

from pos.bolt11 import encode
from pos.bolt11.decode import Bolt11, Bolt11Error, decode
from pos.sandbox.node import Node, Terms

DOCS = json.loads((Path(__file__).parents[1] / "samples/lnpay/invoice_2019_docs.json").read_text())
KEY = coincurve.PrivateKey(b"\x11" * 32)
PAYEE = KEY.public_key.format()
NODE = Node(KEY.to_hex(), PAYEE.hex())
HASH = "ab" * 32
HASH_FIELD = encode.field("p", encode.from_bytes(bytes.fromhex(HASH)))
BASIC = encode.timestamp(1_700_000_000) + HASH_FIELD


def by_the_library(payment_request: str) -> Bolt11:
    read = bolt11.decode(payment_request, ignore_exceptions=True)
    return Bolt11(
        read.currency,
        int(read.amount_msat or 0),
        read.payment_hash,
        read.date,
        read.expiry_time,
        read.payee or "",
        read.description_hash,
        read.payment_secret,
        even_bits(read.features.data.uint if read.features else 0),
    )


def even_bits(features: int) -> frozenset[int]:
    return frozenset(2 * place for place, digit in enumerate(f"{features:b}"[::-1][::2]) if digit == "1")


def signed(words: list[int], hrp: str = "lnbc20n", key: coincurve.PrivateKey = KEY) -> str:
    return encode.sign_words(hrp, words, key)


def test_the_invoice_of_the_documentation_is_read_though_it_has_no_payment_secret() -> None:
    said = (DOCS["r_hash_decoded"], DOCS["created_at"], DOCS["expires_at"], DOCS["dest_pubkey"])
    read = Bolt11("bc", 20_000, *said, None, None, frozenset())
    assert decode(DOCS["payment_request"]) == read == by_the_library(DOCS["payment_request"])


def test_upper_case_is_the_same_invoice_and_mixed_case_is_none() -> None:
    upper = DOCS["payment_request"].upper()
    assert decode(upper) == decode(DOCS["payment_request"])
    with pytest.raises(Bolt11Error):
        decode(upper[:4] + upper[4:].lower())


@settings(max_examples=100)
@given(
    st.integers(0, 10**9),
    st.integers(1_500_000_000, 4_000_000_000),
    st.integers(1, 31_536_000),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=100),
    st.binary(min_size=32, max_size=32).map(bytes.hex),
    st.none() | st.binary(min_size=32, max_size=32).map(bytes.hex),
)
def test_what_a_node_signs_is_read_as_the_library_reads_it(
    amount_sat: int, created_at: int, expiry: int, description: str, secret: str, described: str | None
) -> None:
    payment_request = NODE.sign(Terms(amount_sat, created_at, expiry, description, described, HASH, secret))
    until = created_at + expiry
    read = Bolt11(
        "bcrt", amount_sat * 1000, HASH, created_at, until, NODE.pubkey, described, secret, frozenset({8, 14})
    )
    assert decode(payment_request) == read == by_the_library(payment_request)


@given(
    st.lists(st.tuples(st.integers(0, 290), st.integers(0, 31)), max_size=30),
    st.sampled_from(["lnbcrt21u", "lnbc", "lnbc20p", "lnbc25p", "lnbc0u", "lnbc2100n", "lntbs9", "lnbcrt1x", "x"]),
)
def test_whatever_is_changed_under_a_good_checksum_ours_reads_it_as_the_library_does_or_refuses_it(
    changes: list[tuple[int, int]], hrp: str
) -> None:
    _, data = bech32.bech32_decode(NODE.sign(Terms(21, 1_700_000_000, 600, "Coffee", None, HASH, "cd" * 32)))
    assert data
    for place, value in changes:
        data[place % len(data)] = value
    payment_request = bech32.bech32_encode(hrp, data)
    try:
        ours = decode(payment_request)
        theirs = by_the_library(payment_request)
    except (Bolt11Error, Bolt11Exception, BitstringError, ValueError, IndexError):
        return
    assert ours == theirs


@pytest.mark.parametrize("look_alike", ["\N{KELVIN SIGN}", "\ud800"])
def test_a_letter_that_only_looks_like_one_is_none(look_alike: str) -> None:
    with pytest.raises(Bolt11Error):
        decode(DOCS["payment_request"].upper().replace("K", look_alike))


def test_one_wrong_letter_anywhere_is_noticed() -> None:
    right = DOCS["payment_request"]
    for place, letter in enumerate(right):
        wrong = right[:place] + ("q" if letter != "q" else "p") + right[place + 1 :]
        with pytest.raises(Bolt11Error, match="or its checksum is wrong"):
            pytest.fail(f"{wrong} was read as {decode(wrong)}")


def test_a_letter_that_stands_for_nothing_is_refused_though_the_checksum_could_fit() -> None:
    hrp, data = bech32.bech32_decode(DOCS["payment_request"])
    assert hrp
    assert data
    data[20] = 255
    letters = dict(enumerate(bech32.CHARSET)) | {255: "b"}
    with pytest.raises(Bolt11Error):
        decode(f"{hrp}1" + "".join(letters[word] for word in (*data, *bech32.bech32_create_checksum(hrp, data))))


@given(st.text() | st.text(alphabet="lnbcrt1qpzry9x8gf2tvdw0s3jn54khce6mua7u").map(lambda text: f"lnbc1{text}"))
def test_no_text_makes_the_reader_stumble(text: str) -> None:
    with pytest.raises(Bolt11Error):
        decode(text)


def test_a_very_long_text_is_refused_unread() -> None:
    with pytest.raises(Bolt11Error, match="too long"):
        decode("lnbc1" + "q" * 5000)


@pytest.mark.parametrize(
    ("hrp", "network", "msat"),
    [
        ("lnbc", "bc", 0),
        ("lntb1m", "tb", 100_000_000),
        ("lntbs1u", "tbs", 100_000),
        ("lnbcrt1n", "bcrt", 100),
        ("lnbc10p", "bc", 1),
        ("lnbc1", "bc", 100_000_000_000),
    ],
)
def test_every_network_and_unit_is_read(hrp: str, network: str, msat: int) -> None:
    read = decode(signed(BASIC, hrp))
    assert (read.network, read.amount_msat) == (network, msat)


@pytest.mark.parametrize(
    "hrp", ["lnbc0u", "lnbc01u", "lnbc1x", "lnbc-1u", "lnbc1.5u", "lnbc15p", "lnxx1u", "bc1", "lnbc" + "9" * 17]
)
def test_an_amount_or_network_that_cannot_be_right_is_refused(hrp: str) -> None:
    with pytest.raises(Bolt11Error):
        decode(signed(BASIC, hrp))


def test_without_a_field_for_it_an_invoice_is_good_for_an_hour() -> None:
    assert decode(signed(BASIC)).expires_at == 1_700_000_000 + 3600


def test_an_invoice_without_a_payment_hash_is_refused() -> None:
    with pytest.raises(Bolt11Error, match="payment hash"):
        decode(signed(encode.timestamp(1_700_000_000)))


def test_of_two_payment_hashes_the_first_counts_and_one_of_a_wrong_length_does_not() -> None:
    short, other = encode.field("p", [1] * 51), encode.field("p", encode.from_bytes(b"\x01" * 32))
    assert decode(signed(encode.timestamp(1) + short + HASH_FIELD + other)).payment_hash == HASH


@pytest.mark.parametrize("tail", [[1], [1, 0], [1, 0, 5], [1, 31, 31, 0]])
def test_a_field_that_is_cut_off_is_refused(tail: list[int]) -> None:
    with pytest.raises(Bolt11Error, match="cut off"):
        decode(signed(BASIC + tail))


def test_unknown_fields_are_skipped() -> None:
    assert decode(signed(BASIC + encode.field("q", [1, 2, 3]) + encode.field("z", []))).payment_hash == HASH


def test_an_invoice_that_names_its_payee_must_be_signed_by_it() -> None:
    named = BASIC + encode.field("n", encode.from_bytes(PAYEE))
    assert decode(signed(named)).payee == PAYEE.hex()
    with pytest.raises(Bolt11Error, match="names"):
        decode(signed(named, key=coincurve.PrivateKey(b"\x22" * 32)))


def test_a_signature_that_is_none_is_refused() -> None:
    hrp, data = bech32.bech32_decode(signed(BASIC))
    assert hrp and data
    with pytest.raises(Bolt11Error, match="signature"):
        decode(bech32.bech32_encode(hrp, data[:-104] + [31] * 104))


@pytest.mark.parametrize("bits", [set(), {8}, {8, 14, 17}, {9, 15}, {0, 149}, {100, 101}])
def test_only_the_even_bits_of_the_features_are_required_of_a_payer(bits: set[int]) -> None:
    features = encode.field("9", encode.from_number(sum(1 << bit for bit in bits)))
    assert decode(signed(BASIC + features)).required_features == {bit for bit in bits if bit % 2 == 0}


def test_a_payment_secret_of_a_wrong_length_is_none() -> None:
    assert decode(signed(BASIC + encode.field("s", [1] * 51))).payment_secret is None

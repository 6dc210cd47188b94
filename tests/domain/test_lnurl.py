"""Addresses as LNURL has them: where wallets are told to pay, and what a card holds."""

import pytest
from bech32 import bech32_decode, bech32_encode, convertbits

from pos.domain.lnurl import LnurlError, decode_lnurl, encode_lnurl, is_safe, lightning_address, pay_url


def test_a_short_address_is_read_by_the_decoder_of_the_library() -> None:
    prefix, words = bech32_decode(encode_lnurl("https://till.example.com/lnurlp/tips"))
    assert prefix == "lnurl"
    assert bytes(convertbits(words or (), 5, 8, False) or ()) == b"https://till.example.com/lnurlp/tips"


def test_the_example_of_lud_01_comes_out() -> None:
    url = "https://service.com/api?q=3fc3645b439ce8e7f2553a69e5267081d96dcd340693afabe04be7b0ccd178df"
    assert encode_lnurl(url).upper() == (
        "LNURL1DP68GURN8GHJ7UM9WFMXJCM99E3K7MF0V9CXJ0M385EKVCENXC6R2C35XVUKXEFCV5MKVV34X5EKZD3EV56NYD3HXQURZEPEXEJXXEPN"
        "XSCRVWFNV9NXZCN9XQ6XYEFHVGCXXCMYXYMNSERXFQ5FNS"
    )


def test_a_jar_is_paid_at_the_address_of_its_name() -> None:
    assert pay_url("https://till.example.com", "cello") == "https://till.example.com/lnurlp/cello"


@pytest.mark.parametrize("public_url", ["https://till.example.com", "https://Till.Example.com:443/"])
def test_at_the_root_of_a_host_there_is_a_lightning_address(public_url: str) -> None:
    assert lightning_address(public_url, "tips") == "tips@till.example.com"


@pytest.mark.parametrize(
    "public_url",
    [
        "http://till.example.com",
        "https://till.example.com:8443",
        "https://example.com/till",
        "https://example.com?till",
        "https://marta@example.com",
        "https://192.0.2.7",
        "https://[2001:db8::7]",
        "https://localhost",
    ],
)
def test_elsewhere_there_is_none(public_url: str) -> None:
    assert lightning_address(public_url, "tips") is None


CARD = "https://card.example.com/x?p=0123&c=4567"


@pytest.mark.parametrize(
    "text",
    [
        encode_lnurl(CARD),
        encode_lnurl(CARD).upper(),
        f"lightning:{encode_lnurl(CARD)}",
        f"LIGHTNING:{encode_lnurl(CARD).upper()}",
        f"lightning://{encode_lnurl(CARD)}",
        f"https://shop.example/card?x=1&lightning={encode_lnurl(CARD)}",
        f"HTTPS://shop.example/card?LIGHTNING={encode_lnurl(CARD).upper()}",
        f"lightning:https://shop.example/card?lightning={encode_lnurl(CARD)}",
        CARD.replace("https", "lnurlw"),
        CARD.replace("https", "LNURLW"),
        CARD.replace("https", "lnurlp"),
        f"lightning:{CARD.replace('https', 'lnurlw')}",
        f"  {CARD}\n",
        CARD,
    ],
)
def test_an_lnurl_is_read_however_it_is_written(text: str) -> None:
    assert decode_lnurl(text) == CARD


def test_what_is_long_is_read_back_and_no_library_reads_it() -> None:
    url = f"https://card.example.com/{'ü' * 500}"
    assert decode_lnurl(encode_lnurl(url)) == url


def test_a_parameter_within_an_address_is_left_where_it_is() -> None:
    url = "https://card.example.com/x?to=lightning:a&y=lightning"
    assert decode_lnurl(url) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lightning:",
        "card",
        "lnbc1pvjluezpp5qqqsyq",
        "04:a2:33:12",
        "mailto:marta@example.com",
        "lnurlw",
        encode_lnurl(CARD)[:-1],
        encode_lnurl(CARD).replace("lnurl1", "lnurb1"),
        f"{encode_lnurl(CARD)[:-1]}b",
        f"L{encode_lnurl(CARD)[1:]}",
        bech32_encode("lnurl", convertbits(b"\xff\xfe", 8, 5) or ()),
        bech32_encode("lnurm", convertbits(CARD.encode(), 8, 5) or ()),
        "https://shop.example/card?lightning=card",
    ],
)
def test_what_is_no_lnurl_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(LnurlError) as caught:
        decode_lnurl(text)
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize(
    ("public_url", "safe"),
    [
        ("https://till.example.com", True),
        ("http://till.example.com", False),
        ("http://127.0.0.1:5000", True),
        ("http://localhost:5000", True),
        ("http://localhost.evil.example", False),
        ("http://" + "a" * 56 + ".onion", True),
        ("http://192.168.1.7:5000", False),
    ],
)
def test_wallets_ask_by_https_or_on_their_own_machine(public_url: str, safe: bool) -> None:
    assert is_safe(public_url) is safe

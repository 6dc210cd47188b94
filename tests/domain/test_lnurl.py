"""Where wallets are told to pay: as an LNURL, and as a Lightning address."""

import pytest
from bech32 import bech32_decode, convertbits

from pos.domain.lnurl import encode_lnurl, lightning_address, pay_url


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

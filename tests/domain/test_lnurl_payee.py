"""What whoever is paid at an address says, read as what strangers say."""

import json
from hashlib import sha256

import pytest

from pos.domain.lnurl import LnurlError, encode_lnurl
from pos.domain.lnurl_payee import (
    PayeeError,
    PayeeRefused,
    PayeeTerms,
    payee_address,
    read_payment_request,
    read_terms,
)

URL = "https://example.com/.well-known/lnurlp/ana"
SAID = {
    "tag": "payRequest",
    "callback": "https://example.com/cb",
    "minSendable": 1000,
    "maxSendable": 50_000_000,
    "metadata": '[["text/plain","Ana é"]]',
}


def said(**changes: object) -> bytes:
    return json.dumps({**SAID, **changes}).encode()


@pytest.mark.parametrize(
    "text",
    [
        "ana@example.com",
        " Ana@Example.com ",
        "lightning:ana@example.com",
        "LIGHTNING://ANA@EXAMPLE.COM",
        encode_lnurl(URL),
        encode_lnurl(URL).upper(),
        f"lightning:{encode_lnurl(URL)}",
        "lnurlp://example.com/.well-known/lnurlp/ana",
        URL,
        f"https://ana.example/?lightning={encode_lnurl(URL)}",
    ],
)
def test_an_address_is_found_however_it_is_written(text: str) -> None:
    assert payee_address(text) == URL


def test_a_host_with_an_umlaut_is_asked_as_browsers_do() -> None:
    url = "https://xn--bckerei-5wa.example/.well-known/lnurlp/ana"
    assert payee_address("lightning:Ana@Bäckerei.example") == url
    assert payee_address("ana@xn--bckerei-5wa.example") == url
    assert payee_address("anä@bäckerei.example") is None
    assert payee_address("ana@b\u2ff0.example") is None


@pytest.mark.parametrize("text", ["", "lnbc21u1pj", "lightning:lnbc21u1pj", "ana", "ana@localhost", "@example.com"])
def test_what_is_none_is_no_address(text: str) -> None:
    assert payee_address(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "lnurlp://127.0.0.1/x",
        "https://10.0.0.1/x",
        "https://u:p@example.com/x",
        encode_lnurl("http://example.com/x"),
        "lnurl1qqqq",
        "ana@payee.onion",
        "https://example.com/" + "x" * 4000,
    ],
)
def test_what_nobody_may_ask_is_refused(text: str) -> None:
    with pytest.raises(LnurlError):
        payee_address(text)


def test_the_terms_are_read_and_what_they_say_is_hashed_as_it_came() -> None:
    terms = read_terms(said())
    hashed = sha256('[["text/plain","Ana é"]]'.encode()).hexdigest()
    assert terms == PayeeTerms("https://example.com/cb", 1000, 50_000_000, hashed)
    assert terms.address(2100) == "https://example.com/cb?amount=2100000"
    assert (
        read_terms(said(callback="https://example.com/cb?u=1")).address(1) == "https://example.com/cb?u=1&amount=1000"
    )


def test_an_amount_is_taken_within_the_limits() -> None:
    terms = read_terms(said(minSendable=1000, maxSendable=2_100_999))
    assert [terms.takes(it) for it in (0, 1, 2100, 2101)] == [False, True, True, False]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b"[]",
        b"[" * 100_000,
        said(tag="withdrawRequest"),
        said(callback="http://example.com/cb"),
        said(callback="https://192.168.0.1/cb"),
        said(callback=7),
        said(metadata=[]),
        said(minSendable=True),
        said(minSendable="1"),
        said(minSendable=0),
        said(maxSendable=999),
        said(maxSendable=1e9),
    ],
)
def test_nonsense_is_told_as_such(answer: bytes) -> None:
    with pytest.raises(PayeeError):
        read_terms(answer)


def test_an_invoice_is_handed_on_as_it_came() -> None:
    assert read_payment_request(b'{"pr":"lnbc1","routes":[]}') == "lnbc1"


@pytest.mark.parametrize("answer", [b"{}", b'{"pr":null}', b'{"pr":""}', b'{"pr":7}'])
def test_an_answer_without_an_invoice_is_none(answer: bytes) -> None:
    with pytest.raises(PayeeError):
        read_payment_request(answer)


@pytest.mark.parametrize(
    ("reason", "cleaned"), [("No\n such\u202e name", "No  such  name"), (7, ""), ("x" * 300, "x" * 120)]
)
def test_what_the_payee_says_is_cleaned(reason: object, cleaned: str) -> None:
    with pytest.raises(PayeeRefused) as caught:
        read_terms(json.dumps({"status": "ERROR", "reason": reason}).encode())
    assert caught.value.reason == cleaned

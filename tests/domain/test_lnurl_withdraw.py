"""What a card and its issuer say, read as what strangers say."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from pos.domain.lnurl import encode_lnurl
from pos.domain.lnurl_withdraw import (
    CardError,
    IssuerRefused,
    Withdrawal,
    card_address,
    check_will_pay,
    read_pin,
    read_withdrawal,
)

CARD = "https://card.example.com/x?p=0123&c=4567"
SAID = {
    "tag": "withdrawRequest",
    "callback": "https://card.example.com/cb",
    "k1": "ab12",
    "defaultDescription": "card",
    "minWithdrawable": 1000,
    "maxWithdrawable": 50_000_000,
}


def said(**changes: object) -> bytes:
    return json.dumps({name: it for name, it in {**SAID, **changes}.items() if it != "gone"}).encode()


@pytest.mark.parametrize("text", [CARD, CARD.replace("https", "lnurlw"), encode_lnurl(CARD).upper()])
def test_a_card_names_where_its_issuer_is_asked(text: str) -> None:
    assert card_address(text) == CARD


@pytest.mark.parametrize(
    "address",
    [
        "http://card.example.com/x",
        "ftp://card.example.com/x",
        "https://marta:secret@card.example.com/x",
        "https://@card.example.com/x",
        "https://127.0.0.1/x",
        "https://127.1/x",
        "https://2130706433/x",
        "https://0x7f.0x1/x",
        "https://10.0.0.1./x",
        "https://[::1]/x",
        "https://[fe80::1%25eth0]/x",
        "https://[::1/x",
        "https:///x",
        "https://./x",
        "https://card.example.com:99999/x",
        "https://card.example.com:x/x",
        "https://card.example.com/x#y",
        "https://card.example.com\\@10.0.0.1/x",
        "https://card.example.com/x y",
        "https://card.example.com/\u200b",
        "https://cärd.example.com/x",
        f"https://{'a' * 56}.onion/x",
        f"https://{'A' * 56}.ONION./x",
        f"https://card.example.com/{'x' * 1976}",
        "lnurlw:card.example.com/x",
    ],
)
def test_an_address_that_is_not_to_be_asked_is_refused_and_not_repeated(address: str) -> None:
    for text in (address, encode_lnurl(address)):
        with pytest.raises(CardError) as caught:
            card_address(text)
        assert "example" not in str(caught.value)
    with pytest.raises(CardError):
        read_withdrawal(said(callback=address))


def test_an_onion_in_the_path_is_no_onion() -> None:
    """js-lnurl took it for one, and left https out (blinkbitcoin/blink-mobile#4136)."""
    assert card_address("lnurlw://card.example.com/.onion/x") == "https://card.example.com/.onion/x"


def test_what_is_longer_than_any_card_holds_is_not_even_read() -> None:
    with pytest.raises(CardError):
        card_address(f"https://shop.example/?x={'x' * 4000}&lightning={encode_lnurl(CARD)}")


def test_an_address_may_be_as_long_as_that() -> None:
    longest = f"https://card.example.com/{'x' * 1975}"
    assert card_address(encode_lnurl(longest)) == longest


def test_the_issuer_names_what_it_would_pay() -> None:
    found = read_withdrawal(said(payLink="", pinLimit=None))
    assert found == Withdrawal("https://card.example.com/cb", "ab12", 1000, 50_000_000)


@pytest.mark.parametrize(("amount", "pays"), [(0, False), (1, True), (50_000, True), (50_001, False)])
def test_an_amount_has_to_be_within_it(amount: int, pays: bool) -> None:
    assert read_withdrawal(said()).pays(amount) is pays


@pytest.mark.parametrize(("limit", "wants"), [(2_100_000, True), (2_100_001, False), (0, True), (None, False)])
def test_a_pin_is_wanted_from_its_limit_on(limit: int | None, wants: bool) -> None:
    assert read_withdrawal(said(pinLimit=limit)).wants_pin(2100) is wants


@pytest.mark.parametrize(
    "changes",
    [
        {"tag": "payRequest"},
        {"tag": "gone"},
        {"callback": "gone"},
        {"callback": "/cb"},
        {"callback": ["https://card.example.com/cb"]},
        {"k1": "gone"},
        {"k1": ""},
        {"k1": 12},
        {"k1": "a\nb"},
        {"k1": "a" * 2001},
        {"minWithdrawable": "gone"},
        {"minWithdrawable": -1},
        {"minWithdrawable": 1000.0},
        {"minWithdrawable": "1000"},
        {"minWithdrawable": True},
        {"maxWithdrawable": None},
        {"maxWithdrawable": 999},
        {"pinLimit": -1},
        {"pinLimit": "high"},
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(CardError):
        read_withdrawal(said(**changes))


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'"OK"', b"\xff", b"[" * 60_000, b'{"minWithdrawable":' + b"9" * 5000 + b"}"]
)
def test_what_is_no_answer_at_all_is_refused(body: bytes) -> None:
    with pytest.raises(CardError):
        read_withdrawal(body)
    with pytest.raises(CardError):
        check_will_pay(body)


@pytest.mark.parametrize(
    ("callback", "begins"),
    [
        ("https://card.example.com/cb", "https://card.example.com/cb?k1=a"),
        ("https://card.example.com/cb?id=7", "https://card.example.com/cb?id=7&k1=a"),
    ],
)
def test_the_invoice_goes_to_the_issuer_with_its_own_secret(callback: str, begins: str) -> None:
    found = Withdrawal(callback, "a&pr=b +#é", 0, 1)
    asked = found.address("lnbc1&k1=c")
    assert asked.startswith(begins)
    assert {name: it for name, it in parse_qs(urlsplit(asked).query).items() if name != "id"} == {
        "k1": ["a&pr=b +#é"],
        "pr": ["lnbc1&k1=c"],
    }
    assert found.address("lnbc1", "0123").endswith("&pr=lnbc1&pin=0123")


def test_nothing_that_is_money_stands_in_what_a_log_may_show() -> None:
    found = read_withdrawal(said())
    assert "ab12" not in repr(found)
    assert "card.example.com" not in repr(found)


def test_ok_is_a_promise_and_all_else_is_none() -> None:
    check_will_pay(b'{"status":"OK"}')
    for body in (b"{}", b'{"status":"ok"}', b'{"status":true}'):
        with pytest.raises(CardError):
            check_will_pay(body)


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("Balance is too low", "Balance is too low"),
        ("two\nlines\u202eand back", "two lines and back"),
        ("x" * 500, "x" * 120),
        ("", ""),
        (None, ""),
        ({"a": 1}, ""),
    ],
)
def test_the_issuers_reason_is_cleaned_and_cut(reason: object, shown: str) -> None:
    body = json.dumps({"status": "ERROR", "reason": reason}).encode()
    for read in (read_withdrawal, check_will_pay):
        with pytest.raises(IssuerRefused) as caught:
            read(body)
        assert caught.value.reason == shown


@pytest.mark.parametrize(
    ("typed", "pin"),
    [
        ("0123", "0123"),
        ("1", "1"),
        ("12345678", "12345678"),
        ("٠١２", "012"),
        ("", None),
        ("123456789", None),
        ("1²", None),
    ],
)
def test_a_pin_is_one_to_eight_figures_of_any_script(typed: str, pin: str | None) -> None:
    assert read_pin(typed) == pin

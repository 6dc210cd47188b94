"""The one string that a wallet shows: which wallet it is of, what it holds, and what people paste instead."""

import pytest

from pos.environment import Wrong
from pos.wallets.connection import address_and_key, parts_of, without_user
from pos.wallets.registry import connection

KEY = "0123456789abcdef" * 2
LNBITS = {"LNBITS_URL": "https://lnbits.example", "LNBITS_INVOICE_KEY": KEY}
WALLET = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
NWC = f"nostr+walletconnect://{WALLET}?relay=wss://relay.example&secret={KEY * 2}"


@pytest.mark.parametrize(
    ("text", "wallet", "settings"),
    [
        (f"https://lnbits.example {KEY}", "lnbits", LNBITS),
        (f"  https://lnbits.example/   {KEY}\n", "lnbits", LNBITS),
        (f"https://{KEY}@lnbits.example", "lnbits", LNBITS),
        (f"http://127.0.0.1:5000 {KEY}", "lnbits", LNBITS | {"LNBITS_URL": "http://127.0.0.1:5000"}),
        (f"https://lnbits.example/wallet?wal=abc {KEY}", "lnbits", LNBITS),
        (f"type=lnbits;server=https://lnbits.example/;api-key={KEY}", "lnbits", LNBITS),
        (f"TYPE=LNbits;Server=https://lnbits.example;API-Key={KEY};", "lnbits", LNBITS),
        (f"lndhub://invoice:{KEY}@https://lnbits.example/lndhub/ext/", "lnbits", LNBITS),
        (f"lndhub://admin:{KEY}@https://lnbits.example/lndhub/ext/", "lnbits", LNBITS),
        (f"type=lndhub;server=https://invoice:{KEY}@lnbits.example/lndhub/ext/", "lnbits", LNBITS),
        (NWC, "nwc", {"NWC_URL": NWC}),
    ],
)
def test_a_string_says_which_wallet_it_is_and_stands_for_its_settings(
    text: str, wallet: str, settings: dict[str, str]
) -> None:
    assert connection(text) == (wallet, settings)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no string of a wallet"),
        ("hello", "no string of a wallet that the till knows. Such are you@wallet.example"),
        ("https://lnbits.example", "an address without its key: .* as in https://"),
        ("http://127.0.0.1:5000/", "an address without its key"),
        ("http://[::1]:5000", "an address without its key"),
        (f"https://btcpay.shop.example {KEY[:30]}", "cannot tell of which wallet: .* of its store"),
        (f"lnbits.example.org {KEY}", "does not begin with http:// or https://, as in"),
        (f"127.0.0.1:9740 {KEY * 2}", "does not begin with http:// or https://, as in"),
        (KEY, "a key without its address, .* as in https://"),
        ("shop@", "half of a Lightning address, .* as in you@"),
        ("@shop.example", "half of a Lightning address"),
        ("type=blink;server=https://api.blink.sv/graphql;api-key=blink_abc", "of a kind that the till does not know"),
        (f"ftp://lnbits.example {KEY}", "no string of a wallet"),
        (f"https://[lnbits {KEY}", "no string of a wallet"),
        (f"https://lnbits.example {KEY} more", "no string of a wallet"),
        (f"https://lnbits.example/wallet?usr={KEY}", "link to an account at LNbits, which opens all of it"),
        (NWC.partition("&")[0], "no secret: copy all of it, to its end"),
        ("type=lnbits;api-key=abc", "without its server, as in https://"),
        ("type=lnbits;server=https://lnbits.example", "without its api-key, as in https://"),
        ("lndhub://login:password@https://hub.example", "LNDHub login, which can always spend"),
        ("lnbc21u1p" + "q" * 200, "an invoice: one payment, and no wallet"),
        ("lightning:LNBC21U1P" + "Q" * 200, "an invoice: one payment, and no wallet"),
        ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "a bitcoin address"),
        ("bitcoin:1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2?amount=1", "a bitcoin address"),
        ("nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5", "never paste it anywhere"),
        ("npub1sn0wdenkukak0d9dfczzeacvhkrgz92ak56egt7vdgzn8pv2wfqqhrjdv9", "public key of Nostr"),
        ("zpub" + "6" * 107, "a key of a bitcoin wallet"),
        ("02" + "ab" * 32 + "@127.0.0.1:9735", "a node among nodes"),
        ("legal winner thank year wave sausage worth useful legal winner thank yellow", "the words of a wallet"),
    ],
)
def test_what_is_no_wallets_string_is_told_what_it_looks_like(text: str, problem: str) -> None:
    with pytest.raises(Wrong, match=problem) as wrong:
        connection(text)
    assert not any(word in str(wrong.value) for word in text.split() if len(word) > 12)


def test_a_string_of_another_kind_is_none_of_this_one() -> None:
    assert parts_of("type=lnd-rest;server=https://x", "lnbits") is None
    assert parts_of("type=lnd-rest;server=https://x;macaroon=a=b", "lnd-rest") == {
        "type": "lnd-rest",
        "server": "https://x",
        "macaroon": "a=b",
    }


def test_an_address_is_taken_apart_from_its_key_and_from_who_asks() -> None:
    found = address_and_key("https://me:secret@wallet.example:8080/base/?a=b#c  key")
    assert found is not None
    assert (without_user(found[0]), found[1]) == ("https://wallet.example:8080/base", "key")
    assert address_and_key("https://wallet.example:99999999") is None

"""The readers that settings of every kind share."""

import pytest

from pos.environment import Reader, Wrong
from pos.environment.readers import Choice, Number, ZeroOr, key, proxy, public_key, secret, site, text, url

A_PROXY = "must be the host and port of a SOCKS 5 proxy without a password"
A_KEY = "must be the public key of a node: 02 or 03, and 64 more digits and letters from a to f"
BARE = "must be an address without ?, # and spaces"
NOT_BARE = [
    "https://till.lan#x",
    "https://till.lan/#",
    "https://till .lan",
    "https://till.lan/a\tb",
    "http://till\u200b.lan",
]
NO_PROXIES = ["127.0.0.1", ":9050", "tor:99999", "tor:0", "http://tor:8118", "[::1:9050"]


@pytest.mark.parametrize(
    ("reader", "given", "taken"),
    [
        (text, "👩‍🌾 Marta", "👩‍🌾 Marta"),
        (Number(1, 9), "1", 1),
        (Number(1, 9), "9", 9),
        (ZeroOr(Number(5, 9)), "0", 0),
        (ZeroOr(Number(5, 9)), "5", 5),
        (Number(0, 9), "007", 7),
        (Choice(["on", "off"]), "off", "off"),
        (url, "https://till.example.com", "https://till.example.com"),
        (url, "http://[::1]:5000/v1//", "http://[::1]:5000/v1"),
        (url, "HTTP://me:Word@Node.local:8080/V1/", "http://me:Word@Node.local:8080/V1"),
        (site, "Https://Till.Example.COM/Shop/", "https://till.example.com/Shop"),
        (site, "https://till.example.com:443", "https://till.example.com"),
        (site, "http://[::1]:80/", "http://[::1]"),
        (site, "http://till.lan:443", "http://till.lan:443"),
        # As Chromium writes them.
        (site, "https://bäckerei.example", "https://xn--bckerei-5wa.example"),
        (site, "https://BÄCKEREI.example:443/Brot", "https://xn--bckerei-5wa.example/Brot"),
        (site, "http://kasse.bücher.example:8080", "http://kasse.xn--bcher-kva.example:8080"),
        (site, "https://straße.example", "https://xn--strae-oqa.example"),
        (site, "https://ΟΔΟΣ.example", "https://xn--pxavbq.example"),
        (site, "https://⚡.example", "https://xn--57h.example"),
        (site, "https://日本。example", "https://xn--wgv71a.example"),
        (site, "https://عربي.example", "https://xn--ngbrx4e.example"),
        (site, "https://xn--bckerei-5wa.example", "https://xn--bckerei-5wa.example"),
        (proxy, "127.0.0.1:9050", ("127.0.0.1", 9050)),
        (proxy, "socks5h://[::1]:9050", ("::1", 9050)),
        (proxy, "socks5://tor:9150/", ("tor", 9150)),
        (public_key, "02" + "AB" * 32, "02" + "ab" * 32),
        (secret, "12345678", "12345678"),
        (key, "waki_1", "waki_1"),
        (key, "", ""),
    ],
)
def test_what_is_right_is_taken(reader: Reader[object], given: str, taken: object) -> None:
    assert reader(given) == taken


@pytest.mark.parametrize(
    ("reader", "given", "problem"),
    [
        (Number(1, 9), "0", "must be a whole number from 1 to 9, not '0'"),
        (ZeroOr(Number(5, 9)), "4", "must be 0, or a whole number from 5 to 9, not '4'"),
        (Number(1, 9), "10", "must be a whole number from 1 to 9, not '10'"),
        (Number(1, 9), "-1", "must be a whole number from 1 to 9, not '-1'"),
        (Number(1, 9), "٥", "must be a whole number from 1 to 9, not '٥'"),
        (Number(1, 9), "²", "must be a whole number from 1 to 9, not '²'"),
        (Choice(["on", "off"]), "On", "must be one of on, off, not 'On'"),
        *((proxy, it, f"{A_PROXY}, not {it!r}") for it in NO_PROXIES),
        (proxy, "socks5h://me:word@tor:9050", A_PROXY),
        *((public_key, it, A_KEY) for it in ("02" + "ab" * 31, "04" + "ab" * 32, "02" + "xy" * 32)),
        (public_key, "02ab", f"{A_KEY}, not '02ab'"),
        (url, "till.example.com", "must be an http or https address, not 'till.example.com'"),
        (url, "ftp://till.example.com", "must be an http or https address, not 'ftp://till.example.com'"),
        (url, "https://", "must be an http or https address, not 'https://'"),
        (url, "http://[bad", "must be an http or https address, not 'http://[bad'"),
        (url, "http://till:0", "must be an http or https address, not 'http://till:0'"),
        (url, "http://till:99999", "must be an http or https address, not 'http://till:99999'"),
        *((reader, it, f"{BARE}, not {it!r}") for reader in (url, site) for it in NOT_BARE),
        *((reader, "https://till.example.com/?x=1", BARE) for reader in (url, site)),
        (site, "https://b\u2ff0.example", "must be an http or https address, not 'https://b\u2ff0.example'"),
        (site, "https://me@till.example.com", "must be an address without a user and a password"),
        (secret, "1234567", "is too short to be a secret: at least 8 characters"),
        (key, "waki 1", "holds a space or a letter that no key has"),
        (key, "wäki_1", "holds a space or a letter that no key has"),
    ],
)
def test_what_is_wrong_is_refused_with_what_it_must_be(reader: Reader[object], given: str, problem: str) -> None:
    with pytest.raises(Wrong) as caught:
        reader(given)
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    "given",
    [
        f"nostr+walletconnect://{'ab' * 32}?relay=wss%3A%2F%2Frelay&secret={'cd' * 32}",
        "lnbits://host/short?k=v",
        "https://shop:word@till.example.com",
        "cd" * 16,
        "waki_aB3dE5gH7jK9mN1pQ3",
    ],
)
@pytest.mark.parametrize("reader", [Number(1, 9), Choice(["on", "off"]), proxy, public_key, url, site])
def test_what_could_be_a_secret_in_the_wrong_place_is_not_repeated(reader: Reader[object], given: str) -> None:
    if reader in (url, site):
        given = given.replace("https:", "ftp:")
    with pytest.raises(Wrong) as caught:
        reader(given)
    assert given[-8:] not in str(caught.value)


def test_a_number_of_more_digits_than_python_reads_is_refused() -> None:
    with pytest.raises(Wrong):
        Number(1, 9)("9" * 5000)


def test_a_reader_says_what_it_takes() -> None:
    assert Number(1, 9).takes == "1 to 9"
    assert Choice(["red", "green", "blue"]).takes == "`red`, `green` or `blue`"

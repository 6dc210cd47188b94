"""What the clients of all wallets share: an address that others can read, and answers that are complete or refused."""

import pytest

from pos.transport import Reply
from pos.wallets.base import BadAnswer
from pos.wallets.client import Client, Said, is_open_to_all, retry_after, to_preimage
from tests.fakes import CannedTransport


@pytest.mark.parametrize(
    "url", ["http://wallet.example", "http://192.168.1.7:5000", "http://127.example.com", "http://"]
)
def test_what_is_not_https_and_leaves_this_machine_can_be_read_on_the_way(url: str) -> None:
    assert is_open_to_all(url)


@pytest.mark.parametrize(
    "url", ["https://wallet.example", "http://127.0.0.1:5000", "http://localhost", "http://[::1]:1", "http://a.onion"]
)
def test_what_is_https_or_stays_on_this_machine_cannot(url: str) -> None:
    assert not is_open_to_all(url)


@pytest.mark.parametrize(("value", "number"), [(0, 0), (21, 21), ("21", 21), ("0", 0)])
def test_a_number_may_come_as_digits(value: object, number: int) -> None:
    assert Said("It", {"n": value}).whole("n") == number


@pytest.mark.parametrize("value", [None, -1, 2.5, True, "", "1e3", "-1", "٣", 2**62, "9" * 30, [], {}])
def test_what_is_no_whole_number_is_refused(value: object) -> None:
    with pytest.raises(BadAnswer, match="It sent no n"):
        Said("It", {"n": value}).whole("n")


@pytest.mark.parametrize("value", [None, "", 5, [], {}])
def test_a_text_in_which_nothing_stands_is_refused(value: object) -> None:
    with pytest.raises(BadAnswer):
        Said("It", {"n": value}).text("n")


@pytest.mark.parametrize("value", [None, 0, 1, "true", "", []])
def test_only_yes_and_no_are_a_flag(value: object) -> None:
    with pytest.raises(BadAnswer):
        Said("It", {"n": value}).flag("n")


@pytest.mark.parametrize("value", ["ab", "g" * 64, "ab" * 33, None, 7])
def test_what_is_no_payment_hash_is_refused(value: object) -> None:
    with pytest.raises(BadAnswer):
        Said("It", {"n": value}).payment_hash("n")


def test_hashes_and_preimages_are_taken_in_either_case() -> None:
    assert Said("It", {"n": "AB" * 32}).payment_hash("n") == "ab" * 32
    assert to_preimage("AB" * 32) == "ab" * 32


@pytest.mark.parametrize("value", [None, "", "ab", 5, "zz" * 32, "ab" * 33])
def test_what_is_no_preimage_is_as_good_as_none(value: object) -> None:
    assert to_preimage(value) is None


@pytest.mark.parametrize(
    ("said", "seconds"),
    [({}, 1), ({"Retry-After": "7"}, 7), ({"Retry-After": "99999"}, 3600), ({"Retry-After": "Wed, 21 Oct 2026"}, 1)],
)
def test_a_busy_wallet_is_left_alone_as_long_as_it_says_within_reason(said: dict[str, str], seconds: int) -> None:
    assert retry_after(Reply(429, said, b"")) == seconds


@pytest.mark.parametrize(
    ("url", "location", "told"),
    [
        ("http://wallet.example", "https://wallet.example/v1/me", "from http to https: write its https address"),
        ("http://wallet.example:8080", "https://wallet.example", "write its https address"),
        ("http://wallet.example", "/login", "redirects to http://wallet.example .308.: write the wallet's own address"),
        ("https://wallet.example", "https://me:secret@login.example/?a=secret", "https://login.example .308.: write"),
        ("https://wallet.example", "https://[x", "redirects to what is no address"),
    ],
)
def test_a_redirect_is_told_with_what_to_write(url: str, location: str, told: str) -> None:
    transport = CannedTransport([Reply(308, {"Location": location}, b"")])
    with pytest.raises(BadAnswer, match=told) as sent:
        Client(transport, url, headers={}, timeout=10, keys=()).ask("GET", "v1/me")  # type: ignore[arg-type]
    assert "secret" not in str(sent.value)

"""The connection string: in all the spellings that wallets show, and never repeated."""

from pathlib import Path

import pytest

from pos.environment import Wrong
from pos.settings import SettingsError
from pos.wallets.nwc import WalletSettings, from_string
from pos.wallets.nwc.settings import Connection, connection
from tests.settings.start import read
from tests.wallets.doubles.nwc import TILL, WALLET, url

WHOLE = url(TILL, "wss%3A%2F%2Frelay.example.com%2Fv1", "ws://127.0.0.1:7000")
RELAYS = ("wss://relay.example.com/v1", "ws://127.0.0.1:7000")


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        WHOLE.replace("nostr+walletconnect://", "nostrwalletconnect://"),
        WHOLE.replace("nostr+walletconnect://", "nostr+walletconnect:"),
        WHOLE.replace("nostr+", "NOSTR+"),
        WHOLE.replace(WALLET.public, WALLET.public.upper()),
        WHOLE.replace("?", "/?"),
        f"{WHOLE}&lud16=shop@example.com",
        WHOLE.replace("7000", "7000/&relay=ws://127.0.0.1:7000"),
    ],
)
def test_each_spelling_is_the_same_connection(text: str) -> None:
    assert connection(text) == Connection(WALLET.public, TILL, RELAYS)
    assert from_string(text) == {"NWC_URL": text}


@pytest.mark.parametrize("text", ["", "hello", "https://wallet.example", "nostr:npub1abc", "lndconnect://x"])
def test_a_string_of_another_kind_is_none_of_this_one(text: str) -> None:
    assert from_string(text) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nostr+walletconnect://", "no public key of the wallet"),
        (WHOLE.replace(WALLET.public, ""), "no public key of the wallet"),
        (WHOLE.replace(WALLET.public, "ab"), "public key of the wallet that is none"),
        (WHOLE.replace(WALLET.public, "f" * 64), "public key that no wallet can have"),
        (WHOLE.partition("&secret")[0], "no secret: copy all of it"),
        (WHOLE[:-1], "secret that is none"),
        (WHOLE.replace(TILL, "0" * 64), "secret that can be none"),
        (WHOLE.replace("relay=", "rly="), "names no relay"),
        (WHOLE.replace("ws://127", "https://127"), "a relay that is none"),
        (WHOLE.replace("127.0.0.1:7000", "[x:7000"), "a relay that is none"),
        (WHOLE.replace("127.0.0.1:7000", "127.0.0.1:0"), "a relay that is none"),
    ],
)
def test_half_a_string_is_told_what_is_missing(text: str, problem: str) -> None:
    with pytest.raises(Wrong, match=problem) as wrong:
        from_string(text)
    assert TILL[:-1] not in str(wrong.value)


def test_the_secret_is_not_printed() -> None:
    assert TILL not in repr(connection(WHOLE)) + repr(WalletSettings(url=connection(WHOLE)))


@pytest.mark.parametrize("name", ["NWC_URL", "NWC_PAIRING_URL"])
def test_the_name_that_lnbits_gives_it_is_taken_too(tmp_path: Path, name: str) -> None:
    settings = read(tmp_path, POS_WALLET="nwc", **{name: WHOLE})
    assert settings.wallet_settings == WalletSettings(url=connection(WHOLE))


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({}, "NWC_URL is not set, and the wallet nwc needs it"),
        ({"NWC_URL": WHOLE[:-1]}, "NWC_URL holds a secret that is none"),
        ({"NWC_URL": "https://wallet.example"}, r"NWC_URL must begin with nostr\+walletconnect://"),
    ],
)
def test_what_is_missing_or_half_stops_the_start(tmp_path: Path, settings: dict[str, str], problem: str) -> None:
    with pytest.raises(SettingsError, match=problem) as stopped:
        read(tmp_path, POS_WALLET="nwc", **settings)
    assert TILL[:-1] not in str(stopped.value)

"""The one setting of the wallet nwc: the string by which a wallet connects an app to itself (NIP-47)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from coincurve import PrivateKey, PublicKeyXOnly

from pos.environment import Fault, Group, Wrong, setting

_SCHEME = re.compile(r"(?i)nostr\+?walletconnect:(//)?")
_EXAMPLE = (
    "nostr+walletconnect://79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
    "?relay=wss%3A%2F%2Frelay.example.com&secret=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)
_KEY = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Connection:
    """What a connection string says: the wallet's public key, our secret one (both in hex), and where they meet."""

    wallet: str
    secret: str = field(repr=False)
    relays: tuple[str, ...]


def connection(given: str) -> Connection:
    """Read a connection string. Raises Wrong, which repeats nothing of it."""
    if not _SCHEME.match(given):
        raise Wrong("must begin with nostr+walletconnect://")
    wallet, _, query = _SCHEME.sub("", given).partition("?")
    said = parse_qs(query)
    return Connection(_wallet(wallet.strip("/").lower()), _secret(said), _relays(said))


def from_string(text: str) -> dict[str, str] | None:
    """Return the setting that a connection string makes; None if it is no such string. Raises Wrong for half of one."""
    if not _SCHEME.match(text):
        return None
    connection(text)
    return {"NWC_URL": text}


def _wallet(key: str) -> str:
    if not key:
        raise Wrong("holds no public key of the wallet: copy all of it")
    if _KEY.fullmatch(key):
        try:
            PublicKeyXOnly(bytes.fromhex(key))
        except ValueError as error:
            raise Wrong("holds a public key that no wallet can have: copy it again") from error
        return key
    raise Wrong("holds a public key of the wallet that is none, which has 64 digits and letters from a to f")


def _secret(said: dict[str, list[str]]) -> str:
    secret = said.get("secret", [""])[0].strip().lower()
    if not secret:
        raise Wrong("holds no secret: copy all of it, to its end")
    if _KEY.fullmatch(secret):
        try:
            PrivateKey(bytes.fromhex(secret))
        except ValueError as error:
            raise Wrong("holds a secret that can be none: make a new connection in the wallet") from error
        return secret
    raise Wrong("holds a secret that is none, which has 64 digits and letters from a to f: copy all of it")


def _relays(said: dict[str, list[str]]) -> tuple[str, ...]:
    relays = tuple(dict.fromkeys(it.strip().rstrip("/") for it in said.get("relay", [])))
    if not relays:
        raise Wrong("names no relay: copy all of it, or make a new connection in the wallet")
    if not all(map(_is_relay, relays)):
        raise Wrong("names a relay that is none: its address begins with wss://")
    return relays


def _is_relay(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("wss", "ws") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


@dataclass(frozen=True, kw_only=True)
class WalletSettings(Group):
    """What the wallet shows when an app is connected to it. The name that other programs have for it is taken, too."""

    title: ClassVar[str] = "Nostr Wallet Connect"

    url: Connection | None = setting(
        "NWC_URL",
        connection,
        default=None,
        example=_EXAMPLE,
        about="The connection string that the wallet shows for one app: its public key, the relays and a secret.",
        unset="needed",
        secret=True,
        aliases=("NWC_PAIRING_URL",),
    )

    def faults(self) -> Iterator[Fault]:
        if self.url is None:
            yield "url", "is not set, and the wallet nwc needs it"

"""Where the provider of a Lightning address says how it is paid: what LUD-01, LUD-16 and LUD-17 make of a text."""

import re
from urllib.parse import SplitResult, parse_qs, urlsplit

from bech32 import bech32_decode, convertbits

from pos.environment import Wrong
from pos.host_name import at_host_in_ascii
from pos.transport import is_onion
from pos.wallets.client import is_open_to_all

EXAMPLE = "shop@example.com"

_ADDRESS = re.compile(r"([a-z0-9._+-]+)@([a-z0-9-]+(?:\.[a-z0-9-]+)+)")
_LINK = re.compile(r"(lnurlp|lnurlw|lnurlc|keyauth)://(.+)", re.IGNORECASE | re.DOTALL)
_HALF_OF_ONE = "must be a Lightning address, an LNURL to pay, or the https address that one stands for"
_TAKES_OUT = "is an LNURL for something else than paying: the till needs the one that others pay you by"
# BIP 353, as Phoenix shows it.
_BOLT_12 = "is a ₿ address: it stands for a BOLT 12 offer, which does not tell whether it was paid"


def to_url(given: str) -> str:
    """Return the address on the web at which others learn how to pay: https, or http on this machine and over Tor.

    Raises Wrong.
    """
    text = given.strip()
    if text[:10].lower() == "lightning:":
        text = text[10:]
    if text.startswith("₿"):
        raise Wrong(_BOLT_12)
    address = _ADDRESS.fullmatch(at_host_in_ascii(text).lower())
    if address:
        name, host = address.groups()
        return f"{_scheme(host)}://{host}/.well-known/lnurlp/{name}"
    link = _LINK.fullmatch(text)
    if link:
        return _of_link(*link.groups())
    return _checked(_decoded(text) if text.lower().startswith("lnurl1") else text)


def is_safe(url: str, *, plain: bool) -> bool:
    """Tell whether nobody on the way can change what is said there; `plain` http is right on this machine and Tor."""
    parts = _split(url)
    if parts is None or not parts.hostname or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and plain and not is_open_to_all(url))


def _of_link(scheme: str, rest: str) -> str:
    if scheme.lower() != "lnurlp":
        raise Wrong(_TAKES_OUT)
    parts = _split(f"https://{rest}")
    return _checked(f"{_scheme(parts.hostname or '') if parts else 'https'}://{rest}")


def _decoded(text: str) -> str:
    """Return what an LNURL1... holds: bytes of an address in bech32 (LUD-01)."""
    prefix, words = bech32_decode(text)
    inner = convertbits(words, 5, 8, False) if prefix == "lnurl" and words else None
    try:
        return bytes(inner or ()).decode("ascii")
    except UnicodeDecodeError:
        return ""


def _checked(url: str) -> str:
    parts = _split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise Wrong(_HALF_OF_ONE)
    # A page for who has no wallet, with the LNURL beside it (LUD-01, fallback).
    beside = next(
        (it for name, them in parse_qs(parts.query).items() if name.lower() == "lightning" for it in them), ""
    )
    if beside.lower().startswith("lnurl1"):
        return _checked(_decoded(beside))
    if not is_safe(url, plain=True):
        raise Wrong("is not https, so whoever is on the way could take the money")
    return parts._replace(fragment="").geturl()


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        # Read only when it is asked for.
        _ = parts.port
    except ValueError:
        return None
    return parts


def _scheme(host: str) -> str:
    return "http" if is_onion(host) else "https"

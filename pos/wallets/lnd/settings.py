"""The settings of LND. The names that other programs have for the same are taken, too."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pos.environment import Fault, Group, Wrong, setting
from pos.environment.readers import url
from pos.transport import Pin
from pos.wallets.pinned import certificate, never_shown

# What a macaroon of LND begins with: its version, and the location "lnd".
_BEGINNING = b"\x02\x01"
_ON, _OFF = ("on", "true", "1", "yes"), ("off", "false", "0", "no")


def macaroon(given: str) -> str:
    """Take a macaroon as hex, as base64 of either alphabet, or as the path of its file. Return it as hex."""
    found = _decoded(given) or _content(given)
    if found is None:
        raise Wrong("is no macaroon: neither its hex, nor its base64, nor a file that can be read and holds one")
    return found.hex()


def _decoded(text: str) -> bytes | None:
    for decode in (bytes.fromhex, _from_base64):
        try:
            found = decode(text)
        except ValueError:
            continue
        if found.startswith(_BEGINNING):
            return found
    return None


def _from_base64(text: str) -> bytes:
    text = text.translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error


def _content(path: str) -> bytes | None:
    """Read a file: a macaroon as LND keeps it, in binary, or as somebody has written it down."""
    try:
        content = Path(path).expanduser().read_bytes()
        return content if content.startswith(_BEGINNING) else _decoded(content.decode("ascii").strip())
    except (OSError, RuntimeError, ValueError):
        # RuntimeError: ~ stands before the name of nobody here.
        return None


def switch(given: str) -> bool:
    """Take on or off, and what other programs write for them."""
    if given.lower() in (*_ON, *_OFF):
        return given.lower() in _ON
    raise Wrong("must be on or off", given)


@dataclass(frozen=True, kw_only=True)
class WalletSettings(Group):
    """Where the REST API of an LND is, how it is known to be that one, and the till's key to it."""

    title: ClassVar[str] = "LND"

    url: str | None = setting(
        "LND_REST_URL",
        url,
        default=None,
        example="https://umbrel.local:8080",
        about="The address of LND's REST API, which has port 8080 by default.",
        unset="needed",
        aliases=("LND_REST_ENDPOINT",),
    )
    macaroon: str | None = setting(
        "LND_REST_MACAROON",
        macaroon,
        default=None,
        example="0201036c6e6402f801030a10",
        about="A macaroon that can only receive: its hex, its base64, or the path of its file.",
        unset="needed",
        secret=True,
        aliases=("LND_REST_INVOICE_MACAROON", "LND_REST_ADMIN_MACAROON"),
    )
    certificate: Pin | None = setting(
        "LND_REST_CERT",
        certificate,
        default=None,
        example=":".join(["AB"] * 32),
        about="LND's `tls.cert`: the path of it, its text, or its SHA-256 thumbprint.",
        unset="its certificate has to be one that this machine trusts anyway",
    )
    route_hints: bool = setting(
        "LND_ROUTE_HINTS",
        switch,
        default="on",
        example="off",
        about="Invoices name the way through private channels: a node that has no others is not paid without it.",
        aliases=("LND_REST_ROUTE_HINTS",),
    )

    def faults(self) -> Iterator[Fault]:
        for field in ("url", "macaroon"):
            if not getattr(self, field):
                yield field, "is not set, and the wallet lnd needs it"
        yield from never_shown(self.certificate, self.url, "LND_REST_URL")

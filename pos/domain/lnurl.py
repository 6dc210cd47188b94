"""How others are told where they pay (LNURL): as a text for a QR code (LUD-01), and as a Lightning address (LUD-16)."""

import re
from urllib.parse import urlsplit

from bech32 import bech32_encode, convertbits

# A name of the web; an IP address ends in figures, and has no Lightning address.
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*")


def pay_url(public_url: str, name: str) -> str:
    """Return the address at which wallets ask how a jar is paid; it is what a poster's code holds."""
    return f"{public_url}/lnurlp/{name}"


def encode_lnurl(url: str) -> str:
    """Return an address as LNURL1..., in lower case as a link has it; a QR code has it in upper case."""
    return str(bech32_encode("lnurl", convertbits(url.encode(), 8, 5) or ()))


def lightning_address(public_url: str, name: str) -> str | None:
    """Return the address that people can type into a wallet: name@host.

    None where it would not be found: wallets look for it at the root of a host, by https on its usual port.
    """
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    at_root = parts.path in ("", "/") and not parts.query and parts.username is None
    if parts.scheme == "https" and parts.port in (None, 443) and at_root and _HOST.fullmatch(host):
        return f"{name}@{host}"
    return None

"""Addresses as wallets and cards have them (LNURL): as a text for a QR code (LUD-01), as a Lightning address (LUD-16),
and with a scheme of their own (LUD-17).
"""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from bech32 import CHARSET, bech32_encode, bech32_verify_checksum, convertbits

from pos.domain.sentence import Sentence

LONGEST_ADDRESS = 2000
# Where wallets ask without https: on their own machine, and where Tor carries it.
_PLAIN = re.compile(r"localhost|127(?:\.[0-9]+){3}|.+\.onion")
# A name of the web; an IP address ends in figures, and has no Lightning address.
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*")
# Visible ASCII. A backslash is a slash to some who read addresses, and none to others.
_ADDRESS = re.compile(r"[!-\[\]-~]+")
# Also 127.1, 0x7f.1 and 2130706433, which name servers are not asked about (WHATWG URL, "ends in a number").
_FIGURES = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)", re.IGNORECASE)
_LIGHTNING = re.compile(r"\Alightning:(?://)?", re.IGNORECASE)


class LnurlError(ValueError):
    """A text holds no LNURL. What it says is for the log, and repeats nothing of the text: a card's is money."""


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


def why_no_address(public_url: str) -> Sentence | None:
    """Return why a till with a code has no Lightning address; None if it has one."""
    if lightning_address(public_url, "tips"):
        return None
    return Sentence("For a Lightning address, POS_PUBLIC_URL has to be https://a.host.name, without port and path.")


def decode_lnurl(text: str) -> str:
    """Return the address in a text: LNURL1..., with lightning: before it or as ?lightning= of a page; lnurlw:// and
    the like (LUD-17), which are https; or an address of the web itself.

    It is not known yet whether that can be asked. Raises LnurlError.
    """
    bare = _LIGHTNING.sub("", text.strip())
    scheme, colon, rest = bare.partition(":")
    match scheme.lower():
        case "lnurlw" | "lnurlp" | "lnurlc" | "keyauth" if colon:
            return f"https:{rest}"
        case "https" | "http" if colon:
            return _on_a_page(bare)
    return _decoded(bare)


def _on_a_page(url: str) -> str:
    """Return what a page's address holds for wallets, in a parameter (LUD-01, fallback), or the address itself."""
    _, _, query = url.partition("?")
    held = [value for name, _, value in (it.partition("=") for it in query.split("&")) if name.lower() == "lightning"]
    return _decoded(held[0]) if held else url


def _decoded(text: str) -> str:
    prefix, _, data = text.lower().rpartition("1")
    if text not in (text.lower(), text.upper()) or prefix != "lnurl" or not set(data) <= set(CHARSET):
        raise LnurlError("it is no LNURL")
    words = [CHARSET.index(letter) for letter in data]
    # The library's own decoder takes no more than the 90 characters of an address on the chain.
    if not bech32_verify_checksum(prefix, words):
        raise LnurlError("its checksum is wrong")
    read = convertbits(words[:-6], 5, 8, False)
    try:
        return bytes(read or ()).decode()
    except UnicodeDecodeError as error:
        raise LnurlError("it holds no text") from error


def is_safe(public_url: str) -> bool:
    """Tell whether wallets ask at an address at all: most refuse what anybody on the way can read and change."""
    parts = urlsplit(public_url)
    return parts.scheme == "https" or _PLAIN.fullmatch(parts.hostname or "") is not None


def address_of_stranger(address: str) -> str:
    """Return an address that a stranger names, if it is one that may be asked. Raises LnurlError.

    Whose network it leads into is only seen once its host is looked up.
    """
    if len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        raise LnurlError("its address is too long, or has signs that none has")
    try:
        parts = urlsplit(address)
        # Asked for what it raises.
        _ = parts.port
    except ValueError as error:
        raise LnurlError("its address cannot be read") from error
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "https" or "@" in parts.netloc or "#" in address:
        raise LnurlError("its address is not https, or has a password or a fragment")
    if not host or _is_ip_address(host):
        raise LnurlError("its address names no host")
    if host.endswith(".onion"):
        raise LnurlError("its address is an .onion one, which cannot be reached from here")
    return address


def _is_ip_address(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return _FIGURES.fullmatch(host.rpartition(".")[2]) is not None
    return True

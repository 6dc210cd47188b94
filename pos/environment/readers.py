"""Readers that settings of every kind share: each makes a value of a text, or raises Wrong with what it must be."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from pos.environment.declare import Wrong
from pos.host_name import in_ascii

_LONGEST_WORD = 20


def text(given: str) -> str:
    """Take any text."""
    return given


@dataclass(frozen=True, slots=True)
class Number:
    """A reader of whole numbers."""

    low: int
    high: int

    @property
    def takes(self) -> str:
        """Say what it takes, for the page of all settings."""
        return f"{self.low} to {self.high}"

    def __call__(self, given: str) -> int:
        if given.isascii() and given.isdigit() and self.low <= int(given[:20]) <= self.high:
            return int(given)
        raise Wrong(f"must be a whole number from {self.low} to {self.high}", _word(given))


@dataclass(frozen=True, slots=True)
class ZeroOr:
    """A reader of numbers of something that 0 turns off."""

    number: Number

    @property
    def takes(self) -> str:
        """Say what it takes, for the page of all settings."""
        return f"0, or {self.number.takes}"

    def __call__(self, given: str) -> int:
        if given == "0":
            return 0
        try:
            return self.number(given)
        except Wrong as wrong:
            raise Wrong(wrong.problem.replace("must be", "must be 0, or", 1), _word(given)) from wrong


@dataclass(frozen=True, slots=True)
class Choice:
    """A reader of one word out of some."""

    choices: Collection[str]

    @property
    def takes(self) -> str:
        """Say what it takes, for the page of all settings."""
        *others, last = [f"`{it}`" for it in self.choices]
        return f"{', '.join(others)} or {last}"

    def __call__(self, given: str) -> str:
        if given in self.choices:
            return given
        raise Wrong(f"must be one of {', '.join(self.choices)}", _word(given))


def url(given: str) -> str:
    """Take an address for http or https, behind which paths are put; a slash at its end does not matter."""
    parts = _http(given)
    if parts is None:
        raise Wrong("must be an http or https address", given)
    if not given.isprintable() or any(sign in given for sign in "?# "):
        raise Wrong("must be an address without ?, # and spaces", given)
    # With the scheme in lower case, as everybody compares it.
    return parts.geturl().rstrip("/")


def site(given: str) -> str:
    """Take the address of pages of our own, and write it as a browser does."""
    parts = urlsplit(url(given))
    if "@" in parts.netloc:
        raise Wrong("must be an address without a user and a password", given)
    usual_port = {"http": ":80", "https": ":443"}[parts.scheme]
    try:
        return parts._replace(netloc=in_ascii(parts.netloc).lower().removesuffix(usual_port)).geturl()
    except ValueError as error:
        raise Wrong("must be an http or https address", given) from error


def proxy(given: str) -> tuple[str, int]:
    """Take the host and the port of a SOCKS 5 proxy, with or without the scheme that other programs want there."""
    try:
        parts = urlsplit(given if "://" in given else f"socks5h://{given}")
        if parts.scheme in ("socks5", "socks5h") and parts.hostname and parts.port and parts.username is None:
            return parts.hostname, parts.port
    except ValueError:
        pass
    raise Wrong("must be the host and port of a SOCKS 5 proxy without a password", given)


def secret(given: str) -> str:
    """Take what others must not guess."""
    if len(given) < 8:
        raise Wrong("is too short to be a secret: at least 8 characters")
    return given


def key(given: str) -> str:
    """Take a key that somebody else has made."""
    if all("!" <= character <= "~" for character in given):
        return given
    raise Wrong("holds a space or a letter that no key has")


def public_key(given: str) -> str:
    """Take the public key of a Lightning node: 66 hex digits, in either case."""
    if re.fullmatch(r"0[23][0-9a-f]{64}", given.lower()):
        return given.lower()
    raise Wrong("must be the public key of a node: 02 or 03, and 64 more digits and letters from a to f", given)


def _word(given: str) -> str:
    """Return what may be repeated where one word is wanted: what is no word may be a secret."""
    return given if len(given) <= _LONGEST_WORD and "://" not in given else ""


def _http(given: str) -> SplitResult | None:
    try:
        parts = urlsplit(given)
        return parts if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 else None
    except ValueError:
        return None

"""Readers that settings of every kind share: each makes a value of a text, or raises Wrong with what it must be."""

from urllib.parse import urlsplit

from pos.environment.declare import Reader, Wrong


def text(given: str) -> str:
    """Take any text."""
    return given


def number(low: int, high: int) -> Reader[int]:
    """Make a reader of whole numbers."""

    def read(given: str) -> int:
        if given.isascii() and given.isdigit() and low <= int(given[:20]) <= high:
            return int(given)
        raise Wrong(f"must be a whole number from {low} to {high}, not {given!r}")

    return read


def choice(*choices: str) -> Reader[str]:
    """Make a reader of one word out of some."""

    def read(given: str) -> str:
        if given in choices:
            return given
        raise Wrong(f"must be one of {', '.join(choices)}, not {given!r}")

    return read


def url(given: str) -> str:
    """Take an address for http or https; a slash at its end does not matter."""
    if _is_url(given):
        return given.rstrip("/")
    raise Wrong(f"must be an http or https address, not {given!r}")


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


def _is_url(given: str) -> bool:
    try:
        parts = urlsplit(given)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False

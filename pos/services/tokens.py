"""What stands in a link or a cookie and opens something: made at random, and kept as a digest alone."""

import secrets
from hashlib import sha256


def new_token() -> str:
    """Make what nobody guesses: 256 bits, as text for an address or a cookie."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """Return what is kept of a token, in hex. As it is random, a plain hash is enough."""
    return sha256(token.encode("utf-8", "surrogateescape")).hexdigest()

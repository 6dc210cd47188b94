"""Whoever speaks LNURL at an address that a stranger has named: a card's issuer, the host of a Lightning address."""

from typing import Protocol


class NoAnswer(Exception):
    """A service could not be asked, or its answer did not come whole. The text is for the log."""


class LnurlServices(Protocol):
    """All such services, wherever they are (LUD-01's "LN SERVICE")."""

    def ask(self, url: str, timeout: float) -> bytes:
        """Return what is answered at an address, asked once, in at most `timeout` seconds. Raises NoAnswer."""

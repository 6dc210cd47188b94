"""The settings of Core Lightning. The names that other programs have for the same are taken, too."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pos.environment import Fault, Group, Wrong, setting
from pos.environment.readers import url
from pos.transport import Pin
from pos.wallets.cln.rune import Rune, to_bytes
from pos.wallets.pinned import certificate, never_shown

NEEDED = ("invoice", "listinvoices")


def rune(given: str) -> str:
    """Take a rune as lightning-cli prints it."""
    try:
        to_bytes(given)
    except ValueError as error:
        raise Wrong("is no rune, or not a whole one") from error
    return given


@dataclass(frozen=True, kw_only=True)
class WalletSettings(Group):
    """Where the CLNRest of a Core Lightning is, how it is known to be that one, and the till's key to it."""

    title: ClassVar[str] = "Core Lightning"

    url: str | None = setting(
        "CLNREST_URL",
        url,
        default=None,
        example="https://127.0.0.1:3010",
        about="The address of CLNRest, whose port is what `clnrest-port` says.",
        unset="needed",
    )
    rune: str | None = setting(
        "CLNREST_RUNE",
        rune,
        default=None,
        example="UNhY4JhezH9gQYqvDMWrWH9CwlcKiECVqejMrND2VFw9MyZtZXRob2Q9aW52b2ljZXxtZXRob2Q9bGlzdGludm9pY2VzfG1ldGhvZD1kZWxpbnZvaWNlfG1ldGhvZD1nZXRpbmZvJnJhdGU9MzAw",
        about="A rune that can only receive.",
        unset="needed",
        secret=True,
        aliases=("CLNREST_INVOICE_RUNE",),
    )
    certificate: Pin | None = setting(
        "CLNREST_CA",
        certificate,
        default=None,
        example=":".join(["AB"] * 32),
        about="The node's own authority, `ca.pem`: its path or its text; or the SHA-256 thumbprint of `server.pem`.",
        unset="its certificate has to be one that this machine trusts anyway",
        aliases=("CLNREST_CERT",),
    )

    def faults(self) -> Iterator[Fault]:
        for field in ("url", "rune"):
            if not getattr(self, field):
                yield field, "is not set, and the wallet cln needs it"
        missing = [method for method in NEEDED if self.rune and not Rune.read(self.rune).may(method)]
        if missing:
            yield "rune", f"does not allow {' and '.join(missing)}, so nothing can be sold: all methods in one list"
        yield from never_shown(self.certificate, self.url, "CLNREST_URL")

"""The one setting of a Lightning address, and the strings that hold one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pos.environment import Fault, Group, setting
from pos.wallets.connection import need, parts_of
from pos.wallets.lnaddress.address import EXAMPLE, to_url

# The address of a node among nodes looks like one, too.
_NODE = r"(?![0-9a-f]{66}@)"
_LOOKS_SO = re.compile(
    rf"(?i)(lightning:)?({_NODE}[^\s@:/;=]+@[^\s@:/;=]+|(lnurl1|lnurl[a-z]?://|keyauth://)\S*)"
    r"|https?://\S+(/lnurlp/\S+|[?&]lightning=lnurl1\S*)"
)


def address(given: str) -> str:
    """Take a Lightning address, an LNURL, or the address on the web that either stands for."""
    to_url(given)
    return given.strip()


@dataclass(frozen=True, kw_only=True)
class WalletSettings(Group):
    """The address that others pay the shop by. Its provider has to tell whether an invoice was paid."""

    title: ClassVar[str] = "Lightning address"

    address: str | None = setting(
        "LIGHTNING_ADDRESS",
        address,
        default=None,
        example=EXAMPLE,
        about="The shop's Lightning address, its `LNURL1...`, or the https address behind it.",
        unset="needed",
    )

    @property
    def url(self) -> str:
        """Where its provider says how it is paid."""
        return to_url(self.address or "")

    def faults(self) -> Iterator[Fault]:
        if not self.address:
            yield "address", "is not set, and the wallet lnaddress needs it"


def from_string(text: str) -> dict[str, str] | None:
    """Read a Lightning address, an LNURL, or a connection as BTCPay Server's plugins for one write it. Raises Wrong."""
    for kind, name in (("lnurl", "value"), ("lnurlverify", "address")):
        told = parts_of(text, kind)
        if told is not None:
            text = need(told, name, "a connection to a Lightning address", f"type={kind};{name}={EXAMPLE}")
            break
    else:
        if not _LOOKS_SO.fullmatch(text.strip().removeprefix("₿")):
            return None
    return {"LIGHTNING_ADDRESS": address(text)}

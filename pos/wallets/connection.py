"""The one string that a wallet's own screens show, or that other tills take: what it holds."""

from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from pos.environment import Wrong


def parts_of(text: str, kind: str) -> Mapping[str, str] | None:
    """Read a connection string as BTCPay Server writes them, `type=kind;server=https://...;key=...`.

    Names are returned in lower case. None if it is not of this `kind`. Facts are from BTCPayServer.Lightning's README.
    """
    pairs = [pair.partition("=") for pair in text.strip().strip(";").split(";")]
    parts = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return parts if parts.get("type", "").lower() == kind else None


def need(parts: Mapping[str, str], name: str, what: str, example: str) -> str:
    """Return a part that has to be there. Raises Wrong."""
    if parts.get(name):
        return parts[name]
    raise Wrong(f"is {what} without its {name}, as in {example}")


def address_and_key(text: str) -> tuple[SplitResult, str] | None:
    """Read an http or https address, and after it, apart by a space, a key; "" if there is none. Else None."""
    address, *further = text.split()
    if len(further) > 1 or not address.lower().startswith(("http://", "https://")):
        return None
    try:
        parts = urlsplit(address)
        # Asked here, as it is read only then.
        _ = parts.port
    except ValueError:
        return None
    return (parts, "".join(further)) if parts.hostname else None


def without_user(parts: SplitResult) -> str:
    """Return the address of a server without who asks, a query, and what stands after it."""
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl().rstrip("/")

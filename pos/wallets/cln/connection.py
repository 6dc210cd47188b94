"""The string that holds a connection to Core Lightning: clnrest, which node apps show as a QR code."""

import base64
import re
from urllib.parse import parse_qs, urlsplit

from pos.environment import Wrong
from pos.wallets.connection import need, parts_of

_EXAMPLE = "clnrest://umbrel.local:3010?rune=..."
# Where the certificate of the node's authority stands: by itself, or behind the till's own key and certificate.
_AUTHORITY = ("cacert", "certs", "cert")
_LAST_PEM = re.compile(r".*-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)


def from_string(text: str) -> dict[str, str] | None:
    """Read what a string holds for Core Lightning, by the names of the settings. Raises Wrong."""
    if parts_of(text, "clightning") is not None:
        raise Wrong(
            "is for Core Lightning's socket, and the till speaks its REST: start lightningd with clnrest-port=3010,"
            f" make a rune, and write {_EXAMPLE}"
        )
    found = re.match(r"(?i)clnrest(?:\+(https?))?://(?:(https?)://)?", text)
    return _clnrest(found[1] or found[2] or "", text[found.end() :]) if found else None


def _clnrest(scheme: str, rest: str) -> dict[str, str]:
    try:
        parts = urlsplit(f"//{rest}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or not port:
        raise Wrong(f"is a clnrest string without the address of a node and its port, as in {_EXAMPLE}")
    told = {name.lower(): values[0].replace(" ", "+") for name, values in parse_qs(parts.query).items()}
    told.setdefault("rune", told.get("token", ""))
    scheme = (scheme or told.get("protocol") or "https").lower()
    address = f"[{host}]" if ":" in host else host
    settings = {
        "CLNREST_URL": f"{scheme}://{address}:{port}",
        "CLNREST_RUNE": need(told, "rune", "a clnrest string", _EXAMPLE),
    }
    given = next((told[name] for name in _AUTHORITY if told.get(name)), "")
    return settings | ({"CLNREST_CA": _authority(given)} if given and scheme == "https" else {})


def _authority(given: str) -> str:
    """Return the certificate of the authority alone, as one line of base64: what stands before it may be a key."""
    text = given.translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("ascii")
    except ValueError:
        # A certificate in binary, then, or none: its setting tells.
        return given
    pem = _LAST_PEM.match(content)
    if pem is None:
        raise Wrong("is a clnrest string whose certificate is not a whole one: copy it again")
    return "".join(pem[1].split())

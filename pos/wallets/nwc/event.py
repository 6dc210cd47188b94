"""A Nostr event (NIP-01): what is said, by whom, and the signature that shows it. Who carries it is not known here."""

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from coincurve import PublicKeyXOnly

from pos.wallets.nwc.crypto import Key


@dataclass(frozen=True, slots=True)
class Event:
    """One event. Keys, id and signature are in hex, `created_at` in unix seconds."""

    id: str
    pubkey: str
    created_at: int
    kind: int
    tags: tuple[tuple[str, ...], ...]
    content: str
    sig: str

    def tag(self, name: str) -> str | None:
        """Return the value of the first tag of a name; None if there is none."""
        return next((it[1] for it in self.tags if len(it) > 1 and it[0] == name), None)

    def to_json(self) -> dict[str, Any]:
        """Return it as it is sent."""
        return asdict(self)

    @property
    def is_genuine(self) -> bool:
        """Tell whether it is what the owner of its key has signed, all of it."""
        try:
            digest = _digest(self.pubkey, self.created_at, self.kind, self.tags, self.content)
            return digest.hex() == self.id and verifies(self.pubkey, digest, bytes.fromhex(self.sig))
        except ValueError:
            return False


def sign(key: Key, kind: int, tags: tuple[tuple[str, ...], ...], content: str, created_at: int) -> Event:
    """Make an event of ours."""
    digest = _digest(key.public, created_at, kind, tags, content)
    return Event(digest.hex(), key.public, created_at, kind, tags, content, key.sign(digest).hex())


def parse(value: object) -> Event | None:
    """Read an event as it came; None if it is none. Whether it is genuine is another question."""
    match value:
        case {
            "id": str(name),
            "pubkey": str(pubkey),
            "created_at": int(created_at),
            "kind": int(kind),
            "tags": list(tags),
            "content": str(content),
            "sig": str(sig),
        } if all(isinstance(tag, list) and all(isinstance(it, str) for it in tag) for tag in tags):
            return Event(name, pubkey, created_at, kind, tuple(tuple(tag) for tag in tags), content, sig)
    return None


def verifies(pubkey: str, digest: bytes, signature: bytes) -> bool:
    """Tell whether a signature of BIP 340 over 32 bytes is that of a key. Raises ValueError for what is none."""
    key = bytes.fromhex(pubkey)
    # The library would read beyond the end of a shorter one.
    if len(key) != 32:
        raise ValueError("a public key has 32 bytes")
    return PublicKeyXOnly(key).verify(signature, digest)


def _digest(pubkey: str, created_at: int, kind: int, tags: tuple[tuple[str, ...], ...], content: str) -> bytes:
    said = [0, pubkey, created_at, kind, tags, content]
    return sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).digest()

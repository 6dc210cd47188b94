"""A pairing: what a browser may become, for who opens its link or types its code, once and for ten minutes."""

import secrets
from dataclasses import dataclass
from hashlib import sha256

from pos.domain.device import Face
from pos.domain.figures import plain_figures

# Seconds.
GOOD_FOR = 10 * 60
# No two of these look alike, nor like a figure: nobody has to ask whether that is an O or a nought.
LETTERS = "234679ACDEFGHJKMNPQRTUVWXY"
LENGTH = 8


@dataclass(frozen=True, slots=True)
class Pairing:
    """What a browser will be: `place` names the till or the kiosk, or whose display. `expires_at` in unix seconds.

    `by` is the name of the owner who offers it.
    """

    face: Face
    name: str
    place: str
    expires_at: int
    by: str


def device_id_of(digest: str) -> str:
    """Return the id of the device that a pairing makes, which whoever waits for it knows before it comes.

    `digest` is that of the pairing's link. Nobody finds the link by the id.
    """
    return sha256(f"device of {digest}".encode()).hexdigest()[:16]


def new_code() -> str:
    """Make a code that is short enough to be typed."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def in_groups(code: str) -> str:
    """Write a code as it is read aloud."""
    half = LENGTH // 2
    return f"{code[:half]} {code[half:]}"


def read_code(typed: str) -> str | None:
    """Return the code that somebody typed, however they wrote it; None where it cannot be one."""
    code = "".join(it for it in plain_figures(typed[: 4 * LENGTH]).upper() if it not in " -")
    return code if len(code) == LENGTH and set(code) <= set(LETTERS) else None

"""A paired device: a browser that the owner has made a till, a kiosk or a customer's display of the shop."""

from dataclasses import dataclass
from enum import StrEnum


class Face(StrEnum):
    """What a device is."""

    TILL = "till"
    KIOSK = "kiosk"
    DISPLAY = "display"


@dataclass(frozen=True, slots=True)
class Device:
    """A browser with a long-lived cookie. Times in unix seconds.

    `place` names the till or the kiosk that it is, or whose display. `staff` is the id of who sells there, empty where
    it is locked or nobody has to say who they are.
    """

    id: str
    face: Face
    name: str
    place: str
    paired_at: int
    seen_at: int
    revoked_at: int | None = None
    staff: str = ""
    active_at: int = 0

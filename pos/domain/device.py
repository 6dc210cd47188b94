"""A paired device: a browser that the owner has made a till, a kiosk or a customer's display of the shop."""

from dataclasses import dataclass
from enum import StrEnum

# Seconds. What is written down of a device may be half a minute old (pos/store/devices.py).
ON_FOR = 90
SILENT_AFTER = 90 * 24 * 60 * 60
# For how long a cookie that was used from two places is told of.
TOLD_FOR = 7 * 24 * 60 * 60
# Two that alternate within this time are two, from the so manieth change on.
_ALTERNATES_WITHIN = 60
_SHARED_AFTER = 3
# Once that is known nothing more is written down for this time.
_QUIET_FOR = 60


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
    shared_at: int = 0

    def is_on(self, now: int) -> bool:
        """Tell whether it was heard of just now: its open page asks every few seconds."""
        return now - self.seen_at < ON_FOR

    def is_silent(self, now: int) -> bool:
        """Tell whether it was not heard of for so long that somebody should ask where it is."""
        return now - self.seen_at >= SILENT_AFTER

    def is_shared(self, now: int) -> bool:
        """Tell whether its cookie was used from two places at once, of late."""
        return now - self.shared_at < TOLD_FOR


@dataclass(frozen=True, slots=True)
class Footprint:
    """From where a device's cookie was used, and from where before that. Times in unix seconds.

    `changes` counts how often in a row it went back to where it was just before. A tablet that leaves a network
    changes once, and may come back; a cookie that was copied goes to and fro.
    """

    seen_as: str = ""
    before: str = ""
    changed_at: int = 0
    changes: int = 0
    shared_at: int = 0

    def seen(self, by: str, now: int) -> "Footprint":
        """Return what it is once somebody used the cookie, by whatever tells one place from another."""
        if by == self.seen_as or now - self.shared_at < _QUIET_FOR:
            return self
        is_back = by == self.before and now - self.changed_at <= _ALTERNATES_WITHIN
        changes = self.changes + 1 if is_back else 1 if self.seen_as else 0
        shared_at = now if changes >= _SHARED_AFTER else self.shared_at
        return Footprint(by, self.seen_as, now, changes, shared_at)

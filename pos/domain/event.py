"""An event: a fact, written down in one transaction with what it is about. What happens afterwards reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What happened."""

    CHARGE_MADE = "charge.made"
    CHARGE_PAID = "charge.paid"
    CHARGE_CANCELLED = "charge.cancelled"
    SHIFT_CLOSED = "shift.closed"
    SETTING_CHANGED = "setting.changed"
    OWNER_CLAIMED = "owner.claimed"
    OWNER_SIGNED_IN = "owner.signed_in"
    REFUND_MADE = "refund.made"
    REFUND_INVOICED = "refund.invoiced"
    REFUND_PAID = "refund.paid"
    REFUND_PROVEN = "refund.proven"
    REFUND_PAID_TWICE = "refund.paid_twice"
    REFUND_CANCELLED = "refund.cancelled"
    OWNER_INVITED = "owner.invited"
    OWNER_RENAMED = "owner.renamed"
    OWNER_REMOVED = "owner.removed"
    OWNER_NEW_WORD = "owner.password"
    OWNER_CODE_ON = "owner.code_on"
    OWNER_CODE_OFF = "owner.code_off"
    OWNER_SESSIONS_ENDED = "owner.sessions_ended"
    DEVICE_PAIRED = "device.paired"
    DEVICE_RENAMED = "device.renamed"
    DEVICE_REVOKED = "device.revoked"
    DEVICE_SHARED = "device.shared"
    STAFF_ADDED = "staff.added"
    STAFF_CHANGED = "staff.changed"
    STAFF_REMOVED = "staff.removed"
    PIN_WRONG = "pin.wrong"
    PINS_FORGOTTEN = "pin.forgotten"
    DEVICE_UNLOCKED = "device.unlocked"
    DEVICE_LOCKED = "device.locked"


@dataclass(frozen=True, slots=True)
class Event:
    """It happened at `at` (unix seconds) to the `subject`: an id, a setting by its name, or a shift as TILL/NUMBER.

    Amounts in `data` are in sat. What a person did has their name as `by`.
    """

    kind: Kind
    subject: str
    at: int
    data: Mapping[str, int | str] = field(default_factory=dict)

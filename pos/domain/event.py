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


@dataclass(frozen=True, slots=True)
class Event:
    """It happened at `at` (unix seconds) to the `subject`: a charge by its id, a shift as TILL/NUMBER.

    Amounts in `data` are in sat.
    """

    kind: Kind
    subject: str
    at: int
    data: Mapping[str, int] = field(default_factory=dict)

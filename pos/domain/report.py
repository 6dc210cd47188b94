"""The books: which sales somebody asks about, and each of them with what became of it."""

from dataclasses import dataclass
from enum import StrEnum

from pos.domain.charge import Channel, Charge
from pos.domain.sale import Sale


class State(StrEnum):
    """What became of a sale, as far as one asks for it. `review` are those of the paid ones that need a look."""

    PAID = "paid"
    REVIEW = "review"
    OPEN = "open"
    UNPAID = "unpaid"


@dataclass(frozen=True, slots=True)
class Selection:
    """Sales from `since` on and before `until` (unix seconds), by when they were paid, or else made.

    Of one channel, one till, or in one state, where these are named. `text` is what somebody searches for.
    """

    since: int
    until: int
    channel: Channel | None = None
    till: str | None = None
    state: State | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A sale in the books, whole, and the charge that says what became of it: the first that was paid, or the last.

    `at` (unix seconds) is when it was paid, or else made. `surplus_sat` is what further charges of the sale brought
    when it was paid already.
    """

    sale_id: str
    sale: Sale
    charge: Charge
    at: int
    surplus_sat: int = 0

"""A question to a customer, on the display of a till: what he would add to a sale that is not charged yet."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Question:
    """Which sale it is about: `token` holds all of it, sealed, and the key is the one that it will be sold with."""

    token: str = field(repr=False)
    idempotency_key: str
    asked_at: int

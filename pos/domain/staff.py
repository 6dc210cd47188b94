"""The staff: who sells, each with a PIN, and what they may. How PINs are kept is not known here."""

from dataclasses import dataclass
from enum import StrEnum

from pos.domain.money import Money
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence


class Role(StrEnum):
    """What somebody is in the shop."""

    CASHIER = "cashier"
    MANAGER = "manager"


class PinTaken(Refusal):
    """A PIN that somebody has already. Whose it is, nobody is told."""

    def __init__(self) -> None:
        super().__init__(Sentence("That PIN cannot be taken: choose another one."), 409)


class StaffNameTaken(Refusal):
    """A name that another one of the staff has: sales would not tell them apart."""

    def __init__(self, name: str) -> None:
        super().__init__(Sentence("There is a {name} already: add a letter to the name.", {"name": name}), 409)


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who sells. Without a limit one sale, or all that is given back of one, may be as much as the till takes.

    `created_at` and `removed_at` are in unix seconds.
    """

    id: str
    name: str
    role: Role
    created_at: int
    sale_limit: Money | None = None
    refund_limit: Money | None = None
    removed_at: int | None = None

    @property
    def is_manager(self) -> bool:
        """Whether this is one who sees all sales of the shop, closes shifts and gives money back."""
        return self.role is Role.MANAGER

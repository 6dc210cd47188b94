"""A charge: our record of one sale. Only facts are kept; what they mean at a given time is derived here."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from pos.domain.invoice import Invoice

_KEY = re.compile(r"[!-~]{1,200}")


class Status(StrEnum):
    """What a charge is at a given time."""

    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"


class Face(StrEnum):
    """The way in: where a charge was made, and so where its pay page leads back to."""

    TILL = "till"
    KIOSK = "kiosk"
    TIPS = "tips"
    API = "api"


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the wallet says about a paid invoice. `settled_at` in unix seconds, the preimage in hex."""

    settled_at: int | None
    received_sat: int
    preimage: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Payment:
    """What we recorded of a settlement. `proven`: the preimage hashes to the payment hash."""

    paid_at: int
    received_sat: int
    preimage: str | None = field(repr=False)
    proven: bool


@dataclass(frozen=True, slots=True)
class Charge:
    """One sale. `id` is unguessable (128 bits and more), amounts in sat, times in unix seconds."""

    id: str
    key: str
    face: Face
    amount_sat: int
    memo: str
    invoice: Invoice
    created_at: int
    payment: Payment | None = None

    def status(self, now: int) -> Status:
        """Tell what the charge is at `now`. Once paid, it stays paid."""
        if self.payment:
            return Status.PAID
        return Status.EXPIRED if now >= self.invoice.expires_at else Status.OPEN

    @property
    def late(self) -> bool:
        """The money came after the invoice had expired."""
        return self.payment is not None and self.payment.paid_at > self.invoice.expires_at

    @property
    def odd(self) -> bool:
        """Paid, but a cashier has to look: late, or not the amount that was asked."""
        return self.payment is not None and (self.late or self.payment.received_sat != self.amount_sat)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of all the charges of one face. Those that are neither paid nor open have expired."""

    face: Face
    made: int = 0
    paid: int = 0
    late: int = 0
    open: int = 0
    received_sat: int = 0


def is_key(text: str) -> bool:
    """Tell whether a text can be an idempotency key: 1 to 200 visible ASCII characters."""
    return _KEY.fullmatch(text) is not None

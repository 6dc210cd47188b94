"""The play customer's own wallet: the invoices to which a shop pays a refund of play money, and their payment.

It keeps nothing. The preimage of an invoice follows from the payment secret in it, and a key that nobody else has.
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from pos.bolt11.decode import Bolt11, Bolt11Error, decode
from pos.sandbox.errors import ExpiredError, NotOursError, WrongAmountError
from pos.sandbox.node import Node, Terms

# Seconds.
_EXPIRY = 3600


@dataclass(frozen=True, slots=True)
class Payee:
    """The wallet. `node` is another one than the shop's; `clock` gives unix seconds."""

    node: Node
    max_sats: int
    clock: Callable[[], float] = field(repr=False)

    def invoice(self, amount_sat: int) -> str:
        """Return an invoice over so much. Raises SandboxError."""
        if not 1 <= amount_sat <= self.max_sats:
            raise WrongAmountError(f"amount_sat must be from 1 to {self.max_sats}.")
        secret = secrets.token_hex(32)
        terms = Terms(
            amount_sat=amount_sat,
            created_at=int(self.clock()),
            expiry=_EXPIRY,
            description="Refund",
            description_hash=None,
            payment_hash=sha256(self._preimage(secret)).hexdigest(),
            payment_secret=secret,
        )
        return self.node.sign(terms)

    def has_made(self, payment_request: str) -> bool:
        """Tell whether an invoice is one of this wallet's."""
        return self._read(payment_request) is not None

    def pay(self, payment_request: str) -> str:
        """Pay an invoice of this wallet, and return the preimage; once more it is the same. Raises SandboxError."""
        said = self._read(payment_request)
        if said is None or said.payment_secret is None:
            raise NotOursError("This invoice was not made by the play customer.")
        if self.clock() >= said.expires_at:
            raise ExpiredError("This invoice has expired.")
        return self._preimage(said.payment_secret).hex()

    def _read(self, payment_request: str) -> Bolt11 | None:
        try:
            said = decode(payment_request.strip().lower().removeprefix("lightning:"))
        except Bolt11Error:
            return None
        return said if said.payee == self.node.pubkey else None

    def _preimage(self, payment_secret: str) -> bytes:
        return hmac.digest(bytes.fromhex(self.node.private_key), bytes.fromhex(payment_secret), "sha256")

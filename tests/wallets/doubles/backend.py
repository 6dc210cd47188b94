"""What the doubles of all back ends share: a node that signs, customers who pay, and faults that a test switches on."""

import json
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from werkzeug import Request, Response

from pos.domain.invoice import Invoice
from pos.sandbox.node import Node, Terms
from tests.fakes import FakeClock, make_node

SAMPLES = Path(__file__).parents[2] / "samples"


@dataclass
class Made:
    """An invoice of the double's. `paid_at` in unix seconds; None is not paid."""

    payment_request: str
    payment_hash: str
    preimage: str
    amount_sat: int
    memo: str
    expires_at: int
    paid_at: int | None = None
    received_msat: int = 0


@dataclass
class Ledger(ABC):
    """What is behind a back end. `answers_with` is said to whatever is asked; `factor` gets the amount of invoices
    wrong; who asks about an invoice whose payment hash is in `mistakes` hears of the other one there."""

    clock: FakeClock
    node: Node = field(default_factory=make_node)
    made: dict[str, Made] = field(default_factory=dict)
    answers_with: Response | None = None
    factor: int = 1
    mistakes: dict[str, str] = field(default_factory=dict)

    @property
    @abstractmethod
    def logged(self) -> list[str]:
        """Return what others can keep of each question who pass it on: of one over HTTPS, its address."""

    def sign(self, amount_sat: int, memo: str, expiry: int, description_hash: str | None = None) -> Made:
        """Make an invoice, as a node does."""
        now, preimage = int(self.clock()), secrets.token_bytes(32)
        payment_hash = sha256(preimage).hexdigest()
        amount = amount_sat * self.factor
        terms = Terms(amount, now, expiry, memo, description_hash, payment_hash, secrets.token_hex(32))
        request = self.node.sign(terms)
        made = Made(request, payment_hash, preimage.hex(), amount, memo, now + expiry)
        self.made[payment_hash] = made
        return made

    def find(self, payment_hash: str) -> Made | None:
        """Return the invoice that somebody asks about."""
        return self.made.get(self.mistakes.get(payment_hash, payment_hash))

    def pay(self, invoice: Invoice, sat: int | None = None) -> None:
        """A customer pays, what was asked or another sum."""
        made = self.made[invoice.payment_hash]
        made.paid_at = int(self.clock())
        made.received_msat = (made.amount_sat if sat is None else sat) * 1000


class Telling(Protocol):
    """A double that tells of payments by itself."""

    @property
    def listening(self) -> int:
        """Count those who hear of payments."""
        ...

    def hint(self, payment_hash: str) -> None:
        """Tell of a payment, made or not."""
        ...


@dataclass
class Backend(Ledger):
    """A WSGI application. `status` goes with whatever it answers."""

    asked: list[Request] = field(default_factory=list)
    status: int | None = None

    @property
    def logged(self) -> list[str]:
        return [request.url for request in self.asked]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        # All of it, as it is gone once it is answered.
        request.get_data()
        self.asked.append(request)
        answer = self.answers_with or self.answer(request)
        if self.status is not None:
            answer.status_code = self.status
        return answer(environ, start_response)

    @abstractmethod
    def answer(self, request: Request) -> Response:
        """Answer as the back end does."""


def sample(wallet: str, name: str) -> Any:
    """Return a recorded answer."""
    return json.loads((SAMPLES / wallet / f"{name}.json").read_text())


def as_json(body: object, status: int = 200, **headers: str) -> Response:
    return Response(json.dumps(body), status, {**headers}, content_type="application/json")

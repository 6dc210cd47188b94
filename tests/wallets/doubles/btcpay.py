"""A double of BTCPay Server 2.4: one store, a key that can only receive, and one that can do all."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from werkzeug import Request, Response

from tests.wallets.doubles.backend import Backend, Made, as_json, sample

KEY, UNRESTRICTED_KEY = "1" * 40, "2" * 40
STORE = "9CiNzKoANXxmk5ayZngSXrHTiVvvgCrwrpFQd4m2K776"


@dataclass
class BTCPayDouble(Backend):
    """What BTCPay Server answers below /api/v1."""

    def answer(self, request: Request) -> Response:
        key = request.headers.get("Authorization", "").removeprefix("token ")
        if key not in (KEY, UNRESTRICTED_KEY):
            return recorded("wrong_key")
        match request.method, request.path.removeprefix("/api/v1/").split("/"):
            case "GET", ["api-keys", "current"]:
                return recorded("key" if key == KEY else "unrestricted_key")
            case _, ["stores", store, *_] if store != STORE:
                return recorded("missing_permission")
            case "POST", ["stores", _, "lightning", "BTC", "invoices"]:
                return self._create(request.get_json())
            case "GET", ["stores", _, "lightning", "BTC", "invoices", payment_hash]:
                made = self.find(payment_hash)
                return recorded("no_invoice") if made is None else as_json(self._invoice(made))
        return Response("", 404)

    def _create(self, asked: dict[str, Any]) -> Response:
        if asked.get("expiry", 0) <= 0:
            return recorded("bad_expiry")
        assert isinstance(asked["amount"], str)
        description = asked["description"]
        hashed = sha256(description.encode()).hexdigest() if asked.get("descriptionHashOnly") else None
        return as_json(self._invoice(self.sign(int(asked["amount"]) // 1000, description, asked["expiry"], hashed)))

    def _invoice(self, made: Made) -> dict[str, Any]:
        named = {"id": made.payment_hash, "paymentHash": made.payment_hash, "BOLT11": made.payment_request}
        if made.paid_at is not None:
            paid = {"paidAt": made.paid_at, "amountReceived": str(made.received_msat), "preimage": made.preimage}
            return dict(sample("btcpay", "paid")["body"] | named | paid)
        state = "unpaid" if self.clock() < made.expires_at else "expired"
        # Some nodes behind it show it before anybody has paid.
        return dict(sample("btcpay", state)["body"] | named | {"preimage": made.preimage})


def recorded(name: str) -> Response:
    said = sample("btcpay", name)
    return as_json(said["body"], said["status"])

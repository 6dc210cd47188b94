"""A double of LNbits 1.6.2: one wallet with two keys."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from werkzeug import Request, Response

from tests.wallets.doubles.backend import Made, as_json, sample
from tests.wallets.doubles.stream import Caller, Streaming

INVOICE_KEY, ADMIN_KEY = "a" * 32, "b" * 32


@dataclass
class LNbitsDouble(Streaming):
    """What LNbits answers below /api/v1, and tells there."""

    def answer(self, request: Request) -> Response:
        key = request.headers.get("X-Api-Key")
        knows_key = key in (INVOICE_KEY, ADMIN_KEY)
        match request.method, request.path.removeprefix("/api/v1/").split("/"):
            case "GET", ["payments", payment_hash]:
                return self._look_up(payment_hash, knows_key)
            case _, ["payments" | "wallet"] if not knows_key:
                return _recorded("wrong_key" if key else "no_key")
            case "GET", ["wallet"]:
                return _recorded("wallet_admin_key" if key == ADMIN_KEY else "wallet_invoice_key")
            case "POST", ["payments"]:
                return self._create(request.get_json())
        return as_json({"detail": "Not Found"}, 404)

    def streams(self, request: Request) -> bool:
        return request.path.startswith("/api/v1/ws/")

    def arrived(self, caller: Caller, request: Request) -> None:
        # Whatever else stands there is a stream over which nothing ever comes.
        if request.path.removeprefix("/api/v1/ws/") in (INVOICE_KEY, ADMIN_KEY):
            self.tell(caller)

    def hint(self, payment_hash: str) -> None:
        told = sample("lnbits", "told")
        told["payment"] |= self._fields(self.made[payment_hash])
        # As the real one does.
        for _ in range(2):
            self.push(told)

    def _create(self, asked: dict[str, Any]) -> Response:
        # True where it is left out.
        if asked.get("out", True):
            return _recorded("pay_with_invoice_key")
        if asked["amount"] > 10_000_000:
            return _recorded("too_much")
        assert asked["unit"] == "sat"
        made = self.sign(asked["amount"], asked["memo"], asked["expiry"], asked.get("description_hash"))
        return as_json(sample("lnbits", "created")["body"] | self._fields(made), 201)

    def _look_up(self, payment_hash: str, knows_key: bool) -> Response:
        made = self.find(payment_hash)
        if made is None:
            return _recorded("unknown")
        state = "unpaid" if made.paid_at is None else "paid"
        preimage = made.preimage if made.paid_at is not None else None
        said = sample("lnbits", state if knows_key else f"{state}_wrong_key")["body"] | {"preimage": preimage}
        if knows_key:
            said["details"] |= self._fields(made)
        return as_json(said)

    def _fields(self, made: Made) -> dict[str, object]:
        at = datetime.fromtimestamp(self.clock() if made.paid_at is None else made.paid_at, UTC).isoformat()
        return {
            "checking_id": made.payment_hash,
            "payment_hash": made.payment_hash,
            "bolt11": made.payment_request,
            "payment_request": made.payment_request,
            "amount": made.amount_sat * 1000 if made.paid_at is None else made.received_msat,
            "memo": made.memo,
            "preimage": made.preimage,
            "updated_at": at,
        }


def _recorded(name: str) -> Response:
    said = sample("lnbits", name)
    return as_json(said["body"], said["status"])

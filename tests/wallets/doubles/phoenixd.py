"""A double of phoenixd 0.8.0 with its two passwords."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from werkzeug import Request, Response

from tests.wallets.doubles.backend import Backend, Made, as_json, sample

LIMITED_PASSWORD, FULL_PASSWORD = "1" * 64, "2" * 64


@dataclass
class PhoenixdDouble(Backend):
    """What phoenixd answers. `kept_msat` is what it keeps of each payment for its channel."""

    kept_msat: int = 0

    def answer(self, request: Request) -> Response:
        if request.headers.get("Authorization") not in (_basic(LIMITED_PASSWORD), _basic(FULL_PASSWORD)):
            return recorded("wrong_password")
        match request.method, request.path.split("/")[1:]:
            case "GET", ["getinfo"]:
                return as_json(sample("phoenixd", "getinfo")["body"] | {"nodeId": self.node.pubkey, "chain": "regtest"})
            case "POST", ["createinvoice"]:
                return self._create(request)
            case "POST", ["payinvoice"]:
                return self._pay(request)
            case "GET", ["payments", "incoming", payment_hash]:
                made = self.find(payment_hash)
                return recorded("not_found") if made is None else as_json(self._payment(made))
        return recorded("not_found")

    def _create(self, request: Request) -> Response:
        assert request.content_type == "application/x-www-form-urlencoded"
        asked = request.form
        if len(asked.get("description", "").encode("utf-16-le")) > 2 * 128:
            return recorded("long_description")
        if ("description" in asked) == ("descriptionHash" in asked):
            return Response("Must provide either a description or descriptionHash", 400)
        made = self.sign(
            int(asked["amountSat"]),
            asked.get("description", ""),
            int(asked["expirySeconds"]),
            asked.get("descriptionHash"),
        )
        return as_json(
            {"amountSat": made.amount_sat, "paymentHash": made.payment_hash, "serialized": made.payment_request}
        )

    def _pay(self, request: Request) -> Response:
        if request.headers["Authorization"] == _basic(LIMITED_PASSWORD):
            return recorded("wrong_password")
        assert "invoice" not in request.form
        return recorded("pay_without_invoice") if request.content_type else Response("", 415)

    def _payment(self, made: Made) -> dict[str, Any]:
        is_paid = made.paid_at is not None
        said: dict[str, Any] = sample("phoenixd", "paid" if is_paid else "unpaid")["body"]
        said |= {
            "paymentHash": made.payment_hash,
            "preimage": made.preimage,
            "invoice": made.payment_request,
            "requestedSat": made.amount_sat,
        }
        if made.paid_at is not None:
            left = max(made.received_msat - self.kept_msat, 0) // 1000
            said |= {"receivedSat": left, "fees": self.kept_msat, "completedAt": made.paid_at * 1000 + 123}
        return said


def recorded(name: str) -> Response:
    said = sample("phoenixd", name)
    return Response(said["body"], said["status"], content_type="text/plain")


def _basic(password: str) -> str:
    return f"Basic {b64encode(f':{password}'.encode()).decode()}"

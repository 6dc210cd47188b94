"""A double of LND's REST API, and the macaroons of its node."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Request, Response

from tests.wallets.doubles.backend import Made, as_json, sample
from tests.wallets.doubles.stream import Caller, Streaming


def macaroon(*permissions: str, signature: bytes = bytes(32)) -> str:
    """Make a macaroon as LND's bakery does, of permissions like "invoices:read", in hex."""
    allowed: dict[str, list[str]] = {}
    for permission in permissions:
        entity, _, action = permission.partition(":")
        allowed.setdefault(entity, []).append(action)
    ops = [
        _counted(1, entity.encode()) + b"".join(_counted(2, it.encode()) for it in allowed[entity])
        for entity in allowed
    ]
    identifier = b"\x03" + _counted(1, bytes(16)) + _counted(2, b"0") + b"".join(_counted(3, op) for op in ops)
    return (b"\x02" + _packet(1, b"lnd") + _packet(2, identifier) + b"\0\0" + _packet(6, signature)).hex()


def _varint(number: int) -> bytes:
    return bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80]) + _varint(number >> 7)


def _counted(number: int, content: bytes) -> bytes:
    """Write a field of protobuf."""
    return _packet(number << 3 | 2, content)


def _packet(kind: int, content: bytes) -> bytes:
    return _varint(kind) + _varint(len(content)) + content


# What LND itself makes, and what it does not.
INVOICE = macaroon("address:read", "address:write", "invoices:read", "invoices:write", "onchain:read")
BAKED = macaroon("info:read", "invoices:read", "invoices:write")
ADMIN = macaroon("info:read", "invoices:read", "invoices:write", "offchain:read", "offchain:write", "macaroon:generate")
FORGED = macaroon("info:read", "invoices:read", "invoices:write", signature=b"\1" * 32)


@dataclass
class LndDouble(Streaming):
    """What LND answers and tells. `cancelled` are payment hashes."""

    cancelled: set[str] = field(default_factory=set)

    def answer(self, request: Request) -> Response:
        key = request.headers.get("Grpc-Metadata-macaroon")
        if key not in (INVOICE, BAKED, ADMIN):
            return recorded("wrong_macaroon" if key else "no_macaroon")
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["v1", "getinfo"]:
                info = sample("lnd", "info")["body"] | {"identity_pubkey": self.node.pubkey}
                return recorded("permission_denied") if key == INVOICE else as_json(info)
            case "GET", ["v1", "invoices"]:
                return recorded("invoices")
            case "POST", ["v1", "invoices"]:
                return self._create(json.loads(request.get_data()))
            case "GET", ["v1", "invoice", payment_hash]:
                return self._look_up(payment_hash)
            case "POST", ["v2", "invoices", "cancel"]:
                return self._cancel(base64.b64decode(request.get_json()["payment_hash"]).hex())
        return recorded("not_found")

    def streams(self, request: Request) -> bool:
        return request.path == "/v1/invoices/subscribe" and request.args["method"] == "GET"

    def arrived(self, caller: Caller, request: Request) -> None:
        if request.headers.get("Grpc-Metadata-macaroon") not in (INVOICE, BAKED, ADMIN):
            caller.send(json.dumps({"error": sample("lnd", "wrong_macaroon")["body"]}).encode())
            caller.hang_up()

    def heard(self, caller: Caller, text: bytes) -> None:
        if json.loads(text) == {}:
            self.tell(caller)

    def hint(self, payment_hash: str) -> None:
        self.push({"result": sample("lnd", "settled")["body"] | self._fields(self.made[payment_hash])})

    def _create(self, asked: dict[str, Any]) -> Response:
        # LND signs at most what fits into an invoice, and fails over more.
        assert len(asked["memo"].encode()) <= 639
        assert asked["private"] is True
        hashed = base64.b64decode(asked["description_hash"]).hex() if "description_hash" in asked else None
        made = self.sign(int(asked["value"]), asked["memo"], int(asked["expiry"]), hashed)
        self.push({"result": sample("lnd", "open")["body"] | self._fields(made)})
        return as_json(
            sample("lnd", "created")["body"]
            | {"r_hash": as_base64(made.payment_hash), "payment_request": made.payment_request}
        )

    def _look_up(self, payment_hash: str) -> Response:
        made = self.find(payment_hash)
        if made is None:
            return recorded("unknown")
        if made.paid_at is not None:
            return as_json(sample("lnd", "settled")["body"] | self._fields(made))
        state = "canceled" if made.payment_hash in self.cancelled else "open"
        return as_json(sample("lnd", state)["body"] | self._fields(made))

    def _cancel(self, payment_hash: str) -> Response:
        made = self.made.get(payment_hash)
        if made is None:
            return recorded("unknown")
        if made.paid_at is not None:
            return recorded("already_settled")
        self.cancelled.add(payment_hash)
        return recorded("cancel")

    def _fields(self, made: Made) -> dict[str, object]:
        return {
            "memo": made.memo,
            "r_hash": as_base64(made.payment_hash),
            # There before anybody has paid.
            "r_preimage": as_base64(made.preimage),
            "payment_request": made.payment_request,
            "value": str(made.amount_sat),
            "settle_date": str(made.paid_at or 0),
            "amt_paid_msat": str(made.received_msat),
        }


def as_base64(digits: str) -> str:
    return base64.b64encode(bytes.fromhex(digits)).decode()


def recorded(name: str) -> Response:
    said = sample("lnd", name)
    return as_json(said["body"], said["status"])

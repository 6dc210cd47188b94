"""A double of Core Lightning behind CLNRest, and the runes of its node."""

import base64
import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from werkzeug import Request, Response

from tests.wallets.doubles.backend import Backend, Made, as_json, sample


def rune(restrictions: str, proof: bytes = b"\1" * 32) -> str:
    """Make a rune as lightningd prints it, of restrictions like "=3&method=invoice"."""
    return base64.urlsafe_b64encode(proof + restrictions.encode()).decode()


ALLOWED = "=3&method=invoice|method=listinvoices|method=delinvoice|method=getinfo&rate=300"
RUNE = rune(ALLOWED)
MASTER = rune("=0")
WITHOUT_INFO = rune("=4&method=invoice|method=listinvoices")
FORGED = rune(ALLOWED, b"\2" * 32)


@dataclass
class CoreLightningDouble(Backend):
    """What CLNRest answers. `labels` are of all invoices that there are, and their payment hashes."""

    labels: dict[str, str] = field(default_factory=dict)

    def answer(self, request: Request) -> Response:
        key = request.headers.get("Rune")
        if key not in (RUNE, MASTER, WITHOUT_INFO):
            return recorded("wrong_rune" if key else "no_rune")
        asked = json.loads(request.get_data())
        match request.method, request.path:
            case "POST", "/v1/getinfo":
                info = sample("cln", "info")["body"] | {"id": self.node.pubkey}
                return recorded("not_permitted") if key == WITHOUT_INFO else as_json(info, 201)
            case "POST", "/v1/invoice":
                return self._create(asked)
            case "POST", "/v1/listinvoices":
                return self._list(asked)
            case "POST", "/v1/delinvoice":
                return self._delete(asked)
        return recorded("no_method")

    def _create(self, asked: dict[str, Any]) -> Response:
        if asked["label"] in self.labels:
            return recorded("label_taken")
        description, hashed = asked["description"], None
        if asked.get("deschashonly"):
            hashed = sha256(description.encode()).hexdigest()
        else:
            # lightningd signs at most what fits into an invoice.
            assert len(description.encode()) <= 639
        made = self.sign(asked["amount_msat"] // 1000, description, asked["expiry"], hashed)
        self.labels[asked["label"]] = made.payment_hash
        return as_json(sample("cln", "created")["body"] | self._fields(made), 201)

    def _list(self, asked: dict[str, Any]) -> Response:
        payment_hash = asked.get("payment_hash") or self.labels.get(asked["label"], "")
        made = self.find(payment_hash)
        if made is None or made.payment_hash not in self.labels.values():
            return recorded("unknown")
        state = "unpaid" if made.expires_at > self.clock() else "expired"
        said = sample("cln", state if made.paid_at is None else "paid")["body"]["invoices"][0] | self._fields(made)
        if made.paid_at is not None:
            said |= {"paid_at": made.paid_at, "payment_preimage": made.preimage}
            said |= {"amount_received_msat": made.received_msat}
        return as_json({"invoices": [said]}, 201)

    def _delete(self, asked: dict[str, Any]) -> Response:
        made = self.made[self.labels[asked["label"]]]
        if made.paid_at is not None:
            return recorded("paid_meanwhile")
        del self.labels[asked["label"]]
        return recorded("deleted")

    def _fields(self, made: Made) -> dict[str, object]:
        return {
            "payment_hash": made.payment_hash,
            "bolt11": made.payment_request,
            "expires_at": made.expires_at,
            "amount_msat": made.amount_sat * 1000,
            "description": made.memo,
        }


def recorded(name: str) -> Response:
    said = sample("cln", name)
    return as_json(said["body"], said["status"])

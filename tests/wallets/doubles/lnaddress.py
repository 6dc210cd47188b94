"""A double of the provider of a Lightning address: shop, on a domain of its own that redirects."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from werkzeug import Request, Response

from tests.wallets.doubles.backend import Backend, as_json, sample

PATH = "/.well-known/lnurlp/shop"


@dataclass
class ProviderDouble(Backend):
    """What a provider answers. `described` and `made_with` change what it says of the address and of a new invoice."""

    described: dict[str, Any] = field(default_factory=dict)
    made_with: dict[str, Any] = field(default_factory=dict)

    def answer(self, request: Request) -> Response:
        match request.path.split("/")[1:]:
            case [".well-known", "lnurlp", "shop"]:
                return Response("", 302, {"Location": "/lnurlp/shop"})
            case ["lnurlp", "shop"]:
                return as_json(self._described(request))
            case ["lnurlp", "shop", "callback"]:
                return self._make(request)
            case ["lnurlp", "shop", "verify", payment_hash]:
                return self._verify(payment_hash)
        return recorded("unknown")

    def _described(self, request: Request) -> dict[str, Any]:
        callback = f"{request.host_url}lnurlp/shop/callback?id=1"
        described: dict[str, Any] = sample("lnaddress", "described")["body"]
        return described | {"callback": callback} | self.described

    def _make(self, request: Request) -> Response:
        assert request.args["id"] == "1"
        described = self._described(request)
        msat = int(request.args["amount"])
        if not described["minSendable"] <= msat <= described["maxSendable"] or msat % 1000:
            return as_json({"status": "ERROR", "reason": "Amount is out of bounds"})
        assert len(request.args.get("comment", "")) <= described["commentAllowed"]
        signed = sha256(described["metadata"].encode()).hexdigest()
        made = self.sign(msat // 1000, "", int(request.args["expiry"]), signed)
        verify = f"{request.host_url}lnurlp/shop/verify/{made.payment_hash}"
        body = sample("lnaddress", "made")["body"] | {"pr": made.payment_request, "verify": verify} | self.made_with
        return as_json(body)

    def _verify(self, payment_hash: str) -> Response:
        made = self.find(payment_hash)
        if made is None:
            return recorded("not_found")
        state = "unpaid" if made.paid_at is None else "paid"
        # Whoever lets it be seen before anybody has paid is not believed for that.
        changes = {"pr": made.payment_request, "preimage": made.preimage}
        return as_json(sample("lnaddress", state)["body"] | changes)


def recorded(name: str) -> Response:
    said = sample("lnaddress", name)
    return as_json(said["body"], said["status"])

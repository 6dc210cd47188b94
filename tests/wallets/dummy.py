"""A wallet that nobody has, to show what adding one takes: this module, a folder of samples, a line in the registry."""

import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pos.domain.charge import Settlement
from pos.domain.invoice import Invoice
from pos.environment import Fault, Group, setting
from pos.environment.readers import secret, url
from pos.transport import Reply, Transport, TransportError
from pos.wallets.base import (
    Access,
    Advice,
    BadAnswer,
    ByPaymentHash,
    Hint,
    HintRefused,
    InvoiceRequest,
    KeyRefused,
    Offer,
    Till,
    WalletUnreachable,
)


@dataclass(frozen=True, kw_only=True)
class WalletSettings(Group):
    """Where the dummy is, and what it knows us by."""

    title: ClassVar[str] = "Dummy"

    url: str = setting(
        "DUMMY_URL", url, default="https://dummy.example", example="https://dummy.example", about="Where."
    )
    key: str | None = setting(
        "DUMMY_KEY", secret, default=None, example="a key of it", about="The key.", unset="refused", secret=True
    )
    hook_secret: str | None = setting(
        "DUMMY_HOOK_SECRET", secret, default=None, example="a secret", about="Opens.", unset="closed", secret=True
    )

    def faults(self) -> Iterator[Fault]:
        if self.key is None:
            yield "key", "is not set, and the wallet dummy needs it"


def open_wallet(settings: WalletSettings, till: Till) -> "Dummy":
    """Make the client."""
    return Dummy(settings, till)


class Dummy:
    """Satisfies Wallet and Hinting by its shape. It names an invoice by its payment hash."""

    hook_name = "dummy"
    hook_is_near = False
    questions_per_second = 5

    def __init__(self, settings: WalletSettings, till: Till) -> None:
        self._settings = settings
        self._till = till

    @property
    def identity(self) -> str:
        return f"dummy {self._settings.url}"

    @property
    def advice(self) -> Advice:
        return Advice(
            holder="Nobody holds it.",
            key="Set DUMMY_KEY again.",
            reach="Is DUMMY_URL right?",
            spends="DUMMY_KEY can spend.",
        )

    def create_invoice(self, request: InvoiceRequest) -> Offer:
        made = self._call("POST", "invoices", {"sat": request.amount_sat, "memo": request.memo, "for": request.expiry})
        expires_at = int(self._till.clock()) + request.expiry
        return Offer(Invoice(made["hash"], made["invoice"], made["hash"], expires_at), payee=None)

    def look_up(self, invoice: Invoice) -> Settlement | None:
        said = self._call("GET", f"invoices/{invoice.id}")
        return Settlement(said["paid_at"], said["sat"], said["preimage"]) if said["paid"] else None

    def check_access(self) -> Access:
        said = self._call("GET", "me")
        return Access(spends=said["may_spend"], network=said["network"])

    @property
    def hook_is_open(self) -> bool:
        return self._settings.hook_secret is not None

    def read_hint(self, headers: Mapping[str, str], body: bytes) -> Hint | None:
        if not hmac.compare_digest(headers.get("x-dummy-secret", ""), self._settings.hook_secret or ""):
            raise HintRefused("wrong secret")
        return ByPaymentHash(json.loads(body)["hash"])

    def ping_webhook(self, transport: Transport, address: str) -> int:
        headers = {"X-Dummy-Secret": self._settings.hook_secret or ""}
        return transport.call("POST", address, headers=headers, timeout=self._till.timeout, json={"hash": ""}).status

    def hook_advice(self, address: str) -> str:
        return f"Give the dummy {address}."

    def _call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        reply = self._reply(method, path, body)
        if reply.status == 401:
            raise KeyRefused("the dummy answered 401")
        if reply.status != 200:
            raise BadAnswer(f"the dummy answered {reply.status}")
        said: dict[str, Any] = json.loads(reply.body)
        return said

    def _reply(self, method: str, path: str, body: object) -> Reply:
        headers = {"X-Key": self._settings.key or ""}
        try:
            return self._till.transport.call(
                method, f"{self._settings.url}/{path}", headers=headers, timeout=self._till.timeout, json=body
            )
        except TransportError as error:
            raise WalletUnreachable(str(error)) from error

"""BTCPay Server: the client of a store's Lightning node, by the Greenfield API.

What is made here stands beside the store's own invoices, and no webhook tells of it: it is asked for. Facts are from
BTCPay Server 2.4 (its swagger, GreenfieldLightningNodeApiController.cs, Permissions.cs).
"""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic
from typing import ClassVar
from urllib.parse import quote, urlsplit

from pos.domain.charge import Settlement
from pos.domain.invoice import Invoice
from pos.environment import Fault, Group, Wrong, setting
from pos.environment.readers import key, url
from pos.transport import Pin, Reply
from pos.wallets.base import (
    Access,
    Advice,
    BadAnswer,
    InvoiceRefused,
    InvoiceRequest,
    KeyRefused,
    Offer,
    Till,
    WalletBusy,
    WalletError,
    WalletUnreachable,
)
from pos.wallets.client import (
    Client,
    Said,
    asked_sat,
    decoded,
    is_open_to_all,
    is_whole,
    retry_after,
    to_offer,
    to_preimage,
)
from pos.wallets.connection import address_and_key, need, parts_of, without_user
from pos.wallets.pinned import certificate, never_shown

log = logging.getLogger(__name__)

_WHO = "BTCPay Server"
_EXAMPLE = "https://btcpay.example.com/stores/ID-OF-THE-STORE and an API key after it, apart by a space"
# The page of a store: its id is 32 bytes in base 58.
_STORE = re.compile(r"(.*)/stores/([1-9A-HJ-NP-Za-km-z]{40,48})(?:/.*)?")
# Of each of these making an invoice is a part.
_MAKES = {
    "unrestricted",
    "btcpay.store.canmodifystoresettings",
    "btcpay.store.canmodifyinvoices",
    "btcpay.store.canuselightningnode",
    "btcpay.store.cancreatelightninginvoice",
}
# With all of these nothing can be paid out. What is not known here is taken for more than that.
_HARMLESS = re.compile(
    r"btcpay\.(?:server|store|user)\.(?:canview\w+|cancreatelightninginvoice|cancreatelightninginvoiceinternalnode"
    r"|cancreateinvoice|canmodifyinvoices|canmodifypaymentrequests|cancreatenonapprovedpullpayments"
    r"|canarchivepullpayments|canmanagenotificationsforuser|webhooks\.canmodifywebhooks)(?::.*)?"
)
# What no node has made. Who may not see invoices is told so, and nobody is told anything else.
_NO_INVOICE = "0" * 64


@dataclass(frozen=True, kw_only=True)
class WalletSettings(Group):
    """Which store of which BTCPay Server, and the key to make invoices of its Lightning node."""

    title: ClassVar[str] = "BTCPay Server"

    url: str | None = setting(
        "BTCPAY_URL",
        url,
        default=None,
        example="https://btcpay.example.com",
        about="The address of BTCPay Server.",
        unset="needed",
    )
    api_key: str | None = setting(
        "BTCPAY_API_KEY",
        key,
        default=None,
        example="0123456789abcdef0123456789abcdef01234567",
        about="An API key that can make Lightning invoices for the store, and see them.",
        unset="needed",
        secret=True,
    )
    store_id: str | None = setting(
        "BTCPAY_STORE_ID",
        key,
        default=None,
        example="9CiNzKoANXxmk5ayZngSXrHTiVvvgCrwrpFQd4m2K776",
        about="The id of the store, which stands in its settings.",
        unset="needed",
    )

    certificate: Pin | None = setting(
        "BTCPAY_CERT",
        certificate,
        default=None,
        example=":".join(["AB"] * 32),
        about="The certificate of a server that has made its own: the path of it, its text, or its SHA-256 thumbprint.",
        unset="its certificate has to be one that this machine trusts anyway",
    )

    def faults(self) -> Iterator[Fault]:
        for field in ("url", "api_key", "store_id"):
            if not getattr(self, field):
                yield field, "is not set, and the wallet btcpay needs it"
        yield from never_shown(self.certificate, self.url, "BTCPAY_URL")


def from_string(text: str) -> dict[str, str] | None:
    """Read the address of a store's page with an API key. There is no official string for this API: one is taken
    that looks like those for others. Raises Wrong."""
    told = parts_of(text, "btcpay")
    if told is not None:
        server, api_key, store_id = (
            need(told, name, "a connection to BTCPay Server", _EXAMPLE) for name in ("server", "api-key", "store-id")
        )
        pin = told.get("certfilepath") or told.get("certthumbprint")
        return _settings(server, api_key, store_id) | ({"BTCPAY_CERT": pin} if pin else {})
    found = address_and_key(text)
    page = _STORE.fullmatch(without_user(found[0])) if found else None
    if found is None or page is None:
        return None
    if not found[1]:
        raise Wrong(f"is a store of BTCPay Server without an API key, as in {_EXAMPLE}")
    return _settings(page[1], found[1], page[2])


def _settings(server: str, api_key: str, store_id: str) -> dict[str, str]:
    return {"BTCPAY_URL": server, "BTCPAY_API_KEY": api_key, "BTCPAY_STORE_ID": store_id}


def open_wallet(settings: WalletSettings, till: Till) -> "BTCPay":
    """Make the client of the chosen wallet."""
    if settings.certificate:
        till.transport.pin(settings.url or "", settings.certificate)
    return BTCPay(settings, till)


class BTCPay:
    """The Lightning node of one store. An invoice has the name that the node gave it: its payment hash, or another."""

    # It has no limit of its own.
    questions_per_second = 5

    def __init__(self, settings: WalletSettings, till: Till) -> None:
        self._url, self._key, self._store_id = settings.url or "", settings.api_key or "", settings.store_id or ""
        self._timeout = till.timeout
        self._invoices = f"stores/{quote(self._store_id, safe='')}/lightning/BTC/invoices"
        self._client = Client(
            till.transport,
            f"{self._url}/api/v1",
            headers={"Authorization": f"token {self._key}"},
            timeout=till.timeout,
            keys=(self._key,),
        )

    @property
    def identity(self) -> str:
        """Name this wallet by its address and its store, which stay the same when the owner makes a new key."""
        return f"btcpay:{sha256(f'{self._url} {self._store_id}'.encode()).hexdigest()[:8]}"

    @property
    def advice(self) -> Advice:
        """Say where BTCPay Server makes keys, in the words of its pages."""
        plain = "BTCPAY_URL is not https: whoever is on the way can read the key."
        two = (
            '"Create invoices from the lightning nodes associated with your stores" and "View the lightning invoices'
            ' associated with your stores"'
        )
        return Advice(
            holder=f"What is paid goes to the Lightning node of a store at {urlsplit(self._url).netloc}: whoever runs"
            " that node holds it.",
            key=f"In BTCPay Server, under Account, Manage Account, API Keys, generate a key for this store with {two}."
            " BTCPAY_STORE_ID stands in the store's Settings, General.",
            reach="Is BTCPay Server running, with its Lightning node, and BTCPAY_URL right?",
            spends="BTCPAY_API_KEY may do more than receive: whoever steals this till has the money."
            f" Generate a key with no more than {two}.",
            warnings=(plain,) if is_open_to_all(self._url) else (),
            # Where the node behind it is one that does.
            keeps_hashed_description=True,
        )

    def create_invoice(self, request: InvoiceRequest) -> Offer:
        """Ask for an invoice. The amount is msat as text, and without an expiry it is refused. Raises WalletError.

        Private channels are named in it: a node that has no others could not be paid. A text to be hashed is hashed
        there, since 1.7.2.
        """
        hashed = request.hashed_description is not None
        asked = {
            "amount": str(request.amount_sat * 1000),
            "description": request.hashed_description if hashed else request.memo,
            "expiry": request.expiry,
            "privateRouteHints": True,
        } | ({"descriptionHashOnly": True} if hashed else {})
        reply = self._client.ask("POST", self._invoices, json=asked)
        if reply.status in (400, 422) and _message(reply):
            raise InvoiceRefused(self._reason(reply))
        if reply.status != 200:
            raise self._refusal(reply)
        made = Said.parse(_WHO, reply.body)
        payment_request = made.text("BOLT11")
        # Not every kind of node behind it names the payment hash.
        payment_hash = (
            made.payment_hash("paymentHash") if made.get("paymentHash") else decoded(_WHO, payment_request).payment_hash
        )
        return to_offer(payment_request, payment_hash, made.text("id"))

    def look_up(self, invoice: Invoice) -> Settlement | None:
        """Ask whether the invoice is paid: only its status says so, as some nodes show the preimage before.

        Then all that was asked is paid. What it says it received is not always what the customer gave: of some nodes
        behind it, the price of their channel is missing, or comes on top (BTCPayServer.Lightning#176).
        Raises WalletError.
        """
        reply = self._client.ask("GET", f"{self._invoices}/{quote(invoice.id, safe='')}")
        if reply.status != 200:
            raise self._refusal(reply)
        said = Said.parse(_WHO, reply.body)
        status = said.text("status")
        is_other = said.get("paymentHash") and said.payment_hash("paymentHash") != invoice.payment_hash
        if said.text("id") != invoice.id or is_other:
            raise BadAnswer("the answer is about another invoice")
        if status in ("Unpaid", "Expired"):
            return None
        if status != "Paid":
            raise BadAnswer("BTCPay Server names a status that it does not have")
        paid_at, paid_sat, received = said.get("paidAt"), asked_sat(invoice), said.get("amountReceived")
        if str(received or 0) not in ("0", str(paid_sat * 1000)):
            log.info(
                "invoice %s: paid %d sat, of which BTCPay Server says that %s msat came",
                invoice.payment_hash,
                paid_sat,
                self._client.readable(str(received)),
            )
        return Settlement(paid_at if is_whole(paid_at) else None, paid_sat, to_preimage(said.get("preimage")))

    def check_access(self) -> Access:
        """Ask what the key may do, and whether it may see invoices of the store. Raises WalletError."""
        deadline = monotonic() + self._timeout
        reply = self._client.ask("GET", "api-keys/current", timeout=deadline - monotonic())
        if reply.status != 200:
            raise self._refusal(reply)
        permissions = Said.parse(_WHO, reply.body).get("permissions")
        if not isinstance(permissions, list) or not all(isinstance(it, str) for it in permissions):
            raise BadAnswer("BTCPay Server sent no permissions")
        if not any(_may_make(it, self._store_id) for it in permissions):
            raise KeyRefused("the key may not make Lightning invoices for the store of BTCPAY_STORE_ID")
        seen = self._client.ask("GET", f"{self._invoices}/{_NO_INVOICE}", timeout=deadline - monotonic())
        if seen.status in (401, 403) or _code(seen) in ("lightning-not-configured", "unknown-cryptocode"):
            raise self._refusal(seen)
        return Access(spends=not all(_HARMLESS.fullmatch(it) for it in permissions))

    def _refusal(self, reply: Reply) -> WalletError:
        """Say what the caller can do about an answer that is not a success, by its code where it has one."""
        reason = self._reason(reply)
        text = f"BTCPay Server answered {reply.status}: {reason}"
        match reply.status, _code(reply):
            case 401 | 403, _:
                return KeyRefused(text)
            case 404, "lightning-not-configured":
                return BadAnswer("the store has no Lightning node: set one up under Lightning in BTCPay Server")
            case 404, "":
                return BadAnswer("there is no BTCPay Server at BTCPAY_URL (404)")
            case 429, _:
                return WalletBusy(text, retry_after(reply))
            case 503, "lightning-node-unavailable":
                return WalletUnreachable(f"BTCPay Server is there, but not its Lightning node: {reason}")
        return BadAnswer(text)

    def _reason(self, reply: Reply) -> str:
        return self._client.readable(_message(reply)) or "no reason given"


def _may_make(permission: str, store_id: str) -> bool:
    policy, _, scope = permission.partition(":")
    return policy in _MAKES and scope in ("", store_id)


def _code(reply: Reply) -> str:
    """Return the word for what is wrong; "" where it is not BTCPay Server that says it."""
    try:
        return str(Said.parse(_WHO, reply.body).get("code") or "")
    except BadAnswer:
        return ""


def _message(reply: Reply) -> str:
    """Return what an error says: one message, or one for each field of the question that is wrong."""
    try:
        said = json.loads(reply.body)
    except (ValueError, RecursionError):
        return ""
    them = said if isinstance(said, list) else [said]
    return "; ".join(str(it["message"]) for it in them if isinstance(it, dict) and it.get("message"))

"""phoenixd: the client of a node of the shop's own, by its HTTP API. Forms go in, JSON or plain text comes out.

Facts are from phoenixd 0.8.0 (docs of its API, Api.kt).
"""

import hmac
import logging
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic
from typing import ClassVar, NamedTuple
from urllib.parse import urlsplit

from pos.domain.charge import Settlement
from pos.domain.invoice import Invoice
from pos.environment import Fault, Group, Wrong, fresh_secret, setting
from pos.environment.readers import key, secret, url
from pos.transport import Reply, Transport
from pos.wallets.base import (
    Access,
    Advice,
    BadAnswer,
    ByPaymentHash,
    Hint,
    HintRefused,
    HintUnreadable,
    InvoiceRefused,
    InvoiceRequest,
    KeyRefused,
    Offer,
    Till,
    WalletBusy,
    WalletError,
)
from pos.wallets.client import (
    Client,
    Said,
    asked_sat,
    call,
    is_open_to_all,
    is_this_machine,
    is_whole,
    retry_after,
    to_offer,
    to_preimage,
)
from pos.wallets.connection import address_and_key, need, parts_of, without_user

log = logging.getLogger(__name__)

_EXAMPLE = "http://127.0.0.1:9740 and the password after it, apart by a space"
# How phoenixd makes passwords; an owner may have written another one.
_PASSWORD = re.compile(r"[0-9a-f]{64}")
_PORT = 9740
_NETWORKS = {"mainnet": "bc", "testnet": "tb", "testnet3": "tb", "testnet4": "tb", "signet": "tbs", "regtest": "bcrt"}
# Units of UTF-16, as Kotlin counts a text.
_LONGEST_DESCRIPTION = 128
_SIGNATURE = "X-Phoenix-Signature"


@dataclass(frozen=True, kw_only=True)
class WalletSettings(Group):
    """Where phoenixd is, and what lets the till in. The names that other programs have for both are taken, too."""

    title: ClassVar[str] = "phoenixd"

    url: str = setting(
        "PHOENIXD_URL",
        url,
        default="http://127.0.0.1:9740",
        example="http://127.0.0.1:9740",
        about="The address of phoenixd.",
        aliases=("PHOENIXD_API_ENDPOINT",),
    )
    password: str | None = setting(
        "PHOENIXD_PASSWORD",
        key,
        default=None,
        example="0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        about="`http-password-limited-access` of `phoenix.conf`, which can only receive.",
        unset="needed",
        secret=True,
        aliases=("PHOENIXD_API_PASSWORD",),
    )
    webhook_secret: str | None = setting(
        "PHOENIXD_WEBHOOK_SECRET",
        secret,
        default=None,
        example=fresh_secret,
        about="`webhook-secret` of `phoenix.conf`: opens `/hooks/phoenixd`, and a payment shows at once.",
        unset="the hook is closed",
        secret=True,
    )

    def faults(self) -> Iterator[Fault]:
        if not self.password:
            yield "password", "is not set, and the wallet phoenixd needs it"


def from_string(text: str) -> dict[str, str] | None:
    """Read a connection as BTCPay Server writes it, or an address with its password. Raises Wrong."""
    told = parts_of(text, "phoenixd")
    if told is not None:
        server = need(told, "server", "a connection to phoenixd", _EXAMPLE)
        return _settings(server, need(told, "password", "a connection to phoenixd", _EXAMPLE))
    found = address_and_key(text)
    if found is None:
        return None
    address, password = found
    password = password or (address.password or "" if not address.username else "")
    if _PASSWORD.fullmatch(password) or (password and address.port == _PORT):
        return _settings(without_user(address), password)
    if address.port == _PORT:
        raise Wrong(f"is the address of phoenixd without its password, as in {_EXAMPLE}")
    return None


def _settings(server: str, password: str) -> dict[str, str]:
    return {"PHOENIXD_URL": server, "PHOENIXD_PASSWORD": password}


def open_wallet(settings: WalletSettings, till: Till) -> "Phoenixd":
    """Make the client of the chosen wallet."""
    return Phoenixd(settings, till)


class _Node(NamedTuple):
    payee: str
    network: str | None


class Phoenixd:
    """One phoenixd. It names an invoice by its payment hash. Satisfies Wallet and Hinting by its shape."""

    hook_name = "phoenixd"
    # It is on the shop's own machine, and has no limit.
    questions_per_second = 5

    def __init__(self, settings: WalletSettings, till: Till) -> None:
        self._url = settings.url
        self._timeout = till.timeout
        self._password = password = settings.password or ""
        self._webhook_secret = settings.webhook_secret
        self.hook_is_near = is_this_machine(settings.url)
        self._hook = f"{till.hooks_address}/{self.hook_name}"
        # No user, and the password behind a colon.
        token = b64encode(f":{password}".encode()).decode()
        headers = {"Authorization": f"Basic {token}"}
        self._client = Client(
            till.transport, settings.url, headers=headers, timeout=till.timeout, keys=(password, token)
        )
        self._node: _Node | None = None

    @property
    def identity(self) -> str:
        """Name this wallet by its address and its password, neither of which can be read from it."""
        return f"phoenixd:{sha256(f'{self._url} {self._password}'.encode()).hexdigest()[:8]}"

    @property
    def advice(self) -> Advice:
        """Say where phoenixd keeps the passwords."""
        plain = "PHOENIXD_URL is not https, and not this machine: whoever is on the way can read the password."
        return Advice(
            holder=f"What is paid goes to the phoenixd at {urlsplit(self._url).netloc}: whoever has its seed holds it.",
            key="Copy http-password-limited-access from ~/.phoenix/phoenix.conf again, on phoenixd's machine.",
            reach="Is phoenixd running, and PHOENIXD_URL right?",
            spends="PHOENIXD_PASSWORD is the full http-password: whoever steals this till has the money."
            " Take http-password-limited-access instead, from the same phoenix.conf.",
            unsure="phoenixd does not tell whether PHOENIXD_PASSWORD can spend: see to it that it is"
            " http-password-limited-access, and not http-password.",
            warnings=(plain,) if is_open_to_all(self._url) else (),
        )

    def create_invoice(self, request: InvoiceRequest) -> Offer:
        """Ask for an invoice, and before the first one for the node that has to sign it. Raises WalletError."""
        deadline = monotonic() + self._timeout
        payee = (self._node or self._ask_node(deadline)).payee
        asked = {
            "amountSat": str(request.amount_sat),
            "expirySeconds": str(request.expiry),
            "externalId": request.charge_id,
        }
        if request.description_hash:
            asked["descriptionHash"] = request.description_hash
        else:
            asked["description"] = _cut(request.memo)
        if self.hook_is_open:
            asked["webhookUrl"] = self._hook
        reply = self._client.ask("POST", "createinvoice", form=asked, timeout=deadline - monotonic())
        # It says why in plain text; a page is that of a proxy before it.
        if reply.status == 400 and not reply.body.lstrip().startswith(b"<"):
            raise InvoiceRefused(self._reason(reply))
        if reply.status != 200:
            raise self._refusal(reply)
        made = Said.parse("phoenixd", reply.body)
        return to_offer(made.text("serialized"), made.payment_hash("paymentHash"), payee=payee)

    def look_up(self, invoice: Invoice) -> Settlement | None:
        """Ask whether the invoice is paid. Raises WalletError.

        The preimage is there before anybody has paid. What phoenixd says it received is what is left after the price
        of a channel, which the first sales of a shop pay for; the customer has paid all that was asked.
        """
        reply = self._client.ask("GET", f"payments/incoming/{invoice.payment_hash}")
        if reply.status == 404:
            raise BadAnswer("phoenixd does not know this invoice")
        if reply.status != 200:
            raise self._refusal(reply)
        said = Said.parse("phoenixd", reply.body)
        is_paid = said.flag("isPaid")
        if said.payment_hash("paymentHash") != invoice.payment_hash:
            raise BadAnswer("the answer is about another invoice")
        if not is_paid:
            return None
        # An older one does not say what was asked for (ACINQ/phoenixd#192 added it).
        asked, fees = said.get("requestedSat"), said.get("fees")
        paid_sat = asked_sat(invoice) if asked is None else said.whole("requestedSat")
        if is_whole(fees) and fees:
            log.info(
                "invoice %s: paid %d sat, of which phoenixd took %d msat for its channel",
                invoice.payment_hash,
                paid_sat,
                fees,
            )
        completed_at = said.get("completedAt")
        settled_at = completed_at // 1000 if is_whole(completed_at) else None
        return Settlement(settled_at, paid_sat, to_preimage(said.get("preimage")))

    def check_access(self) -> Access:
        """Ask for the node, and whether the password may pay: with no invoice, nothing can be. Raises WalletError."""
        deadline = monotonic() + self._timeout
        self._node = node = self._ask_node(deadline)
        reply = self._client.ask(
            "POST", "payinvoice", form={"externalId": "no-invoice"}, timeout=deadline - monotonic()
        )
        # Who may pay is told that the invoice is missing, who may not is told that alone.
        spends = {400: True, 415: True, 401: False, 403: False}.get(reply.status)
        return Access(spends=spends, network=node.network, payee=node.payee)

    @property
    def hook_is_open(self) -> bool:
        """Tell whether there is a secret."""
        return self._webhook_secret is not None

    def read_hint(self, headers: Mapping[str, str], body: bytes) -> Hint | None:
        """Read a message of phoenixd's. Raises HintRefused."""
        given = headers.get(_SIGNATURE.lower(), "").encode("utf-8", "surrogateescape")
        if not self.hook_is_open or not hmac.compare_digest(self._sign(body).encode(), given):
            raise HintRefused("bad signature")
        try:
            said = Said.parse("phoenixd", body)
            return ByPaymentHash(said.payment_hash("paymentHash")) if said.get("type") == "payment_received" else None
        except BadAnswer as error:
            raise HintUnreadable(str(error)) from error

    def ping_webhook(self, transport: Transport, address: str) -> int:
        """Send a webhook a message about nothing, signed as phoenixd does, and return the HTTP status of its answer.

        Raises WalletError.
        """
        headers = {_SIGNATURE: self._sign(b"{}")}
        return call(transport, "POST", address, headers=headers, timeout=self._timeout, json={}).status

    def hook_advice(self, address: str) -> str:
        """Say what to set here; phoenixd is told the address with each invoice."""
        if self.hook_is_open:
            return "phoenixd is told of it with each invoice."
        return (
            "Set PHOENIXD_WEBHOOK_SECRET to webhook-secret of phoenix.conf: phoenixd then sends its messages to"
            f" {address} by itself."
        )

    def _sign(self, body: bytes) -> str:
        return hmac.new((self._webhook_secret or "").encode(), body, sha256).hexdigest()

    def _ask_node(self, deadline: float) -> _Node:
        reply = self._client.ask("GET", "getinfo", timeout=deadline - monotonic())
        if reply.status != 200:
            raise self._refusal(reply)
        said = Said.parse("phoenixd", reply.body)
        self._node = _Node(said.text("nodeId"), _NETWORKS.get(said.text("chain")))
        return self._node

    def _refusal(self, reply: Reply) -> WalletError:
        """Say what the caller can do about an answer that is not a success."""
        text = f"phoenixd answered {reply.status}: {self._reason(reply)}"
        match reply.status:
            case 401 | 403:
                return KeyRefused(text)
            case 404:
                return BadAnswer("there is no phoenixd at PHOENIXD_URL (404)")
            case 429:
                return WalletBusy(text, retry_after(reply))
        return BadAnswer(text)

    def _reason(self, reply: Reply) -> str:
        return self._client.readable(reply.body.decode("utf-8", "replace")) or "no reason given"


def _cut(memo: str) -> str:
    """Return as many whole characters of a memo as phoenixd takes; one beyond the first 65,536 counts twice."""
    units = memo.encode("utf-16-le")[: _LONGEST_DESCRIPTION * 2]
    return units.decode("utf-16-le", "ignore")

"""The client of LND's REST API.

Facts are from LND's source (lnrpc/lightning.proto, invoicesrpc, rpcserver.go) and from docs/macaroons.md there. Names
are as in the protobuf, numbers of 64 bits are texts, bytes are base64, and a fault of the key is HTTP 500.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from threading import Event
from time import monotonic
from urllib.parse import urlsplit

from pos.domain.charge import Settlement
from pos.domain.invoice import Invoice
from pos.transport import Reply
from pos.wallets.base import (
    Access,
    Advice,
    BadAnswer,
    ByPaymentHash,
    Hint,
    InvoiceRefused,
    InvoiceRequest,
    KeyRefused,
    Offer,
    Till,
    WalletBusy,
    WalletError,
    WalletUnreachable,
)
from pos.wallets.client import LONGEST_MEMO, Client, Said, cut, is_open_to_all, retry_after, to_offer
from pos.wallets.lnd.macaroon import can_spend, may_ask_who, permissions

# How LND calls the networks.
_NETWORKS = {"mainnet": "bc", "testnet": "tb", "testnet4": "tb", "signet": "tbs", "regtest": "bcrt", "simnet": "sb"}
_BAKE = "`lncli bakemacaroon info:read invoices:read invoices:write`"

# What LND says when it is the key's fault, whatever the status.
_OF_THE_KEY = ("macaroon", "permission denied", "verification failed", "caveat")
# What it says of an invoice that it has not, or not any more.
_GONE = ("unable to locate invoice", "there are no existing invoices")
# What it says before it can work, and what its owner can do.
_NOT_READY = {
    "wallet not created": "LND has no wallet yet: make one with `lncli create`, or in the app of the node",
    "wallet locked": "LND's wallet is locked: unlock it with `lncli unlock`, or in the app of the node",
    "waiting to start": "LND waits for its turn to start, as another one has its database",
    "starting up": "LND is starting up: wait a minute",
}


@dataclass(frozen=True, slots=True)
class _Node:
    """Who the node is, as far as it says so."""

    payee: str | None = None
    network: str | None = None
    notes: tuple[str, ...] = ()


class Lnd:
    """One LND. It names an invoice by its payment hash. With `route_hints` invoices name its private channels."""

    # It has no limit of its own.
    questions_per_second = 5

    def __init__(self, till: Till, url: str, macaroon: str, *, route_hints: bool) -> None:
        self._url = url
        self._macaroon = macaroon
        self._allowed = permissions(bytes.fromhex(macaroon))
        self._route_hints = route_hints
        self._node: _Node | None = None
        self._timeout = till.timeout
        self._transport = till.transport
        self._headers = {"Grpc-Metadata-macaroon": macaroon}
        self._client = Client(
            till.transport,
            url,
            headers=self._headers,
            timeout=till.timeout,
            keys=(macaroon,),
        )

    @property
    def identity(self) -> str:
        """Name this wallet by its address and its key, neither of which can be read from it."""
        return f"lnd:{sha256(f'{self._url} {self._macaroon}'.encode()).hexdigest()[:8]}"

    @property
    def advice(self) -> Advice:
        """Say how a macaroon is made that can only receive."""
        spends = (
            "LND_REST_MACAROON can spend: whoever steals this till has the money. Make one that can only receive,"
            f" {_BAKE}, and write what it prints there."
        )
        plain = "LND_REST_URL is not https: whoever is on the way can read the macaroon."
        told = ((spends, can_spend(self._allowed)), (plain, is_open_to_all(self._url)))
        return Advice(
            holder=f"What is paid goes to the LND at {urlsplit(self._url).netloc}: whoever runs that node holds it.",
            key=f"Make a macaroon again, {_BAKE}, and write what it prints into LND_REST_MACAROON.",
            reach="Is LND running, and LND_REST_URL right? Its REST has port 8080 by default, and 10009 is its gRPC."
            " LND_REST_CERT is its tls.cert, of which it makes a new one every 14 months.",
            spends=spends,
            unsure="LND_REST_MACAROON does not tell whether it can spend: to be sure, make one that can only receive,"
            f" {_BAKE}, and write what it prints there.",
            warnings=tuple(sentence for sentence, is_so in told if is_so),
        )

    def create_invoice(self, request: InvoiceRequest) -> Offer:
        """Ask for an invoice, and before the first one for the node that has to sign it. Raises WalletError."""
        deadline = monotonic() + self._timeout
        asked: dict[str, object] = {
            "value": str(request.amount_sat),
            "memo": cut(request.memo, LONGEST_MEMO),
            "expiry": str(request.expiry),
            "private": self._route_hints,
        }
        if request.description_hash:
            asked["description_hash"] = _base64(request.description_hash)
        payee = self._who(deadline).payee
        reply = self._client.ask("POST", "v1/invoices", json=asked, timeout=deadline - monotonic())
        if reply.status != 200:
            raise self._refusal(reply, is_sale=True)
        made = _said(reply)
        return to_offer(made.text("payment_request"), _hash(made), payee=payee)

    def look_up(self, invoice: Invoice) -> Settlement | None:
        """Ask whether the invoice is settled. Raises WalletError.

        ACCEPTED is money that is only held and may go back. The preimage stands there before anybody has paid. One that
        LND has no more was cancelled, as it does with each that expires: those alone it cleans away, where it is told
        to (gc-canceled-invoices-on-the-fly), and nobody can pay them.
        """
        reply = self._client.ask("GET", f"v1/invoice/{invoice.payment_hash}")
        if reply.status in (404, 500) and any(it in _message(reply.body).lower() for it in _GONE):
            return None
        if reply.status != 200:
            raise self._refusal(reply)
        answer = _said(reply)
        if _hash(answer) != invoice.payment_hash:
            raise BadAnswer("the answer is about another invoice")
        match answer.text("state"):
            case "SETTLED":
                return Settlement(
                    answer.whole("settle_date") or None, answer.whole("amt_paid_msat") // 1000, _preimage(answer)
                )
            case "OPEN" | "ACCEPTED" | "CANCELED":
                return None
            case state:
                raise BadAnswer(f"LND says {self._client.readable(state)!r} of the invoice, which is no state of one")

    def cancel(self, invoice: Invoice) -> None:
        """Have the invoice cancelled, so that nobody pays it any more. Raises WalletError."""
        reply = self._client.ask("POST", "v2/invoices/cancel", json={"payment_hash": _base64(invoice.payment_hash)})
        if reply.status != 200:
            raise self._refusal(reply)

    def listen(self, on_hint: Callable[[Hint], None], stop: Event) -> None:
        """Pass on which invoices were paid, as LND tells it, until `stop` is set. Raises WalletError."""
        # Loaded where it is wanted: this module is, by every till that looks which wallet a string is of.
        from pos.wallets.stream import Stream, hear

        stream = Stream(f"{self._url}/v1/invoices/subscribe?method=GET", self._transport, headers=self._headers)
        # What LND takes as the question comes as the first message. It asks for all that is new.
        hear(stream, _hint, on_hint, stop, first="{}")

    def check_access(self) -> Access:
        """Read the list of invoices, as each look-up reads one; then ask who the node is. Raises WalletError."""
        deadline = monotonic() + self._timeout
        reply = self._client.ask("GET", "v1/invoices?num_max_invoices=1", timeout=deadline - monotonic())
        if reply.status != 200:
            raise self._refusal(reply)
        if not isinstance(_said(reply).get("invoices"), list):
            raise BadAnswer("LND sent no invoices")
        # Asked anew: whether it has a channel changes.
        self._node = None
        node = self._who(deadline)
        return Access(spends=can_spend(self._allowed), network=node.network, payee=node.payee, notes=node.notes)

    def _who(self, deadline: float) -> _Node:
        """Return who the node is. Asked once, and not at all where the key may not ask."""
        if self._node is None:
            self._node = self._ask_who(deadline) if may_ask_who(self._allowed) else _Node()
        return self._node

    def _ask_who(self, deadline: float) -> _Node:
        reply = self._client.ask("GET", "v1/getinfo", timeout=deadline - monotonic())
        if reply.status != 200:
            refusal = self._refusal(reply)
            if isinstance(refusal, KeyRefused):
                # A caveat may forbid it: the key sells all the same.
                return _Node()
            raise refusal
        info = _said(reply)
        return _Node(info.text("identity_pubkey").lower(), _network(info), tuple(_notes(info)))

    def _refusal(self, reply: Reply, *, is_sale: bool = False) -> WalletError:
        """Say what the caller can do about an answer that is not a success: by its words, as most are HTTP 500."""
        reason = self._client.readable(_message(reply.body))
        text = f"LND answered {reply.status}: {reason or 'no reason given'}"
        words = reason.lower()
        for beginning, sentence in _NOT_READY.items():
            if beginning in words:
                return WalletUnreachable(sentence)
        if any(it in words for it in _OF_THE_KEY) or reply.status in (401, 403):
            return KeyRefused(text)
        match reply.status:
            case 400 if b"HTTP request to an HTTPS server" in reply.body:
                return BadAnswer("LND speaks https there: LND_REST_URL has to begin with https://")
            case 404 if not reason or reason == "Not Found":
                return BadAnswer("there is no LND at LND_REST_URL (404)")
            case 429:
                return WalletBusy(text, retry_after(reply))
            case 502 | 503 | 504:
                return WalletUnreachable(text)
        return InvoiceRefused(reason) if is_sale and reason else BadAnswer(text)


def _said(reply: Reply) -> Said:
    return Said.parse("LND", reply.body)


def _hint(message: bytes) -> Hint | None:
    """Read which invoice was paid. LND tells of new ones and of cancelled ones, too."""
    invoice = Said.parse("LND", message).inner("result")
    return ByPaymentHash(_hash(invoice)) if invoice.get("state") == "SETTLED" else None


def _message(body: bytes) -> str:
    """Return what an error says; of older ones it stands under another name, or in an object of its own."""
    try:
        said = Said.parse("LND", body)
        said = said.inner("error") if isinstance(said.get("error"), dict) else said
    except BadAnswer:
        return ""
    message = said.get("message") or said.get("error")
    return message if isinstance(message, str) else ""


def _network(info: Said) -> str | None:
    chains = info.get("chains")
    name = chains[0].get("network") if isinstance(chains, list) and chains and isinstance(chains[0], dict) else None
    return _NETWORKS.get(name) if isinstance(name, str) else None


def _notes(info: Said) -> list[str]:
    """Say why nobody could pay it, as far as it knows."""
    notes = []
    if info.get("synced_to_chain") is False:
        notes.append("LND is behind the chain, and is not paid until it has caught up: `lncli getinfo` tells.")
    if info.get("num_active_channels") == 0:
        notes.append("LND has no active channel, so nobody can pay it: it needs one with room to receive.")
    return notes


def _hash(said: Said) -> str:
    value = _bytes(said.text("r_hash"))
    if value is None:
        raise BadAnswer("LND sent an r_hash that is no payment hash")
    return value.hex()


def _preimage(said: Said) -> str | None:
    """Return the preimage as hex. None is as good as none: paid, and not proven."""
    value = said.get("r_preimage")
    found = _bytes(value) if isinstance(value, str) else None
    return found.hex() if found else None


def _bytes(text: str) -> bytes | None:
    """Return the 32 bytes that stand in base64; None if they do not."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if len(value) == 32 else None


def _base64(digits: str) -> str:
    return base64.b64encode(bytes.fromhex(digits)).decode()

"""LNbits: its client, by its REST API of version 1. The invoice key of a wallet can make invoices and read, no more.

Facts are from LNbits 1.6.2 as it runs, and from its source (core/views/payment_api.py, wallet_api.py).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from threading import Event
from typing import ClassVar
from urllib.parse import urlsplit

from pos.domain.charge import Settlement
from pos.domain.invoice import Invoice
from pos.environment import Fault, Group, Wrong, setting
from pos.environment.readers import key, url
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
from pos.wallets.client import Client, Said, is_open_to_all, retry_after, to_offer, to_preimage
from pos.wallets.connection import address_and_key, need, parts_of, without_user

_KEY = re.compile(r"[0-9a-f]{32}")
_NOT_LNBITS = "there is no LNbits at LNBITS_URL (404)"


@dataclass(frozen=True, kw_only=True)
class WalletSettings(Group):
    """Where LNbits is, and what it knows the till's wallet by. LNbits' own names for both are taken, too."""

    title: ClassVar[str] = "LNbits"

    url: str | None = setting(
        "LNBITS_URL",
        url,
        default=None,
        example="https://lnbits.example.com",
        about="The address of LNbits.",
        unset="needed",
        aliases=("LNBITS_ENDPOINT",),
    )
    invoice_key: str | None = setting(
        "LNBITS_INVOICE_KEY",
        key,
        default=None,
        example="0123456789abcdef0123456789abcdef",
        about="The invoice key of the wallet, 32 digits and letters, which can only receive.",
        unset="needed",
        secret=True,
        aliases=("LNBITS_KEY", "LNBITS_ADMIN_KEY"),
    )

    def faults(self) -> Iterator[Fault]:
        for field in ("url", "invoice_key"):
            if not getattr(self, field):
                yield field, "is not set, and the wallet lnbits needs it"
        if self.invoice_key and not _KEY.fullmatch(self.invoice_key):
            yield "invoice_key", "is no key of LNbits: that has 32 digits and letters from a to f"


def from_string(text: str) -> dict[str, str] | None:
    """Read an address of LNbits with a key: apart by a space, before an @, or as its LNDHub extension shows it.

    Raises Wrong.
    """
    example = "https://lnbits.example.com 0123456789abcdef0123456789abcdef"
    told = parts_of(text, "lnbits")
    if told is not None:
        server = need(told, "server", "a connection to LNbits", example)
        return _settings(server, need(told, "api-key", "a connection to LNbits", example))
    hub = re.fullmatch(
        r"(?i)(?:type=lndhub;server=|lndhub://)(?:(https?)://)?(?:admin|invoice):([0-9a-f]{32})@(?:(https?)://)?([^/;]+)/lndhub/ext/?;?",
        text,
    )
    if hub:
        return _settings(f"{hub[1] or hub[3] or 'https'}://{hub[4]}", hub[2])
    found = address_and_key(text)
    if found is None:
        return None
    address, key = found
    if re.search(r"(?:^|&)usr=", address.query):
        raise Wrong(f"is the link to an account at LNbits, which opens all of it: take an invoice key, as in {example}")
    key = key or (address.username or "" if not address.password else "")
    return _settings(without_user(address._replace(path="")), key) if _KEY.fullmatch(key) else None


def _settings(server: str, key: str) -> dict[str, str]:
    return {"LNBITS_URL": server.rstrip("/"), "LNBITS_INVOICE_KEY": key}


def open_wallet(settings: WalletSettings, till: Till) -> "LNbits":
    """Make the client of the chosen wallet."""
    return LNbits(till, settings.url or "", settings.invoice_key or "")


class LNbits:
    """One wallet of an LNbits. It names an invoice by its payment hash."""

    # LNbits takes 200 a minute of one address by default, and each sale is one, too.
    questions_per_second = 3

    def __init__(self, till: Till, url: str, invoice_key: str) -> None:
        self._url = url
        self._key = invoice_key
        self._transport = till.transport
        self._client = Client(
            till.transport,
            f"{url}/api/v1",
            headers={"X-Api-Key": invoice_key},
            timeout=till.timeout,
            keys=(invoice_key,),
        )

    @property
    def identity(self) -> str:
        """Name this wallet by its address and its key, neither of which can be read from it."""
        return f"lnbits:{sha256(f'{self._url} {self._key}'.encode()).hexdigest()[:8]}"

    @property
    def advice(self) -> Advice:
        """Say where LNbits shows the key."""
        plain = "LNBITS_URL is not https: whoever is on the way can read the key."
        return Advice(
            holder=f"What is paid goes to a wallet at {urlsplit(self._url).netloc}: whoever runs that LNbits holds it.",
            key="Copy the Invoice/read key again: in LNbits, open the wallet; it stands under Node URL,"
            " API keys and API docs.",
            reach="Is LNbits running, and LNBITS_URL right?",
            spends="LNBITS_INVOICE_KEY is an admin key: whoever steals this till has the money."
            " Take the Invoice/read key instead, which stands beside it.",
            warnings=(plain,) if is_open_to_all(self._url) else (),
        )

    def create_invoice(self, request: InvoiceRequest) -> Offer:
        """Ask for an invoice. Without `out` it would be an order to pay: LNbits takes it for true.

        Raises WalletError.
        """
        asked: dict[str, object] = {
            "out": False,
            "amount": request.amount_sat,
            "unit": "sat",
            "memo": request.memo,
            "expiry": request.expiry,
            "extra": {"charge_id": request.charge_id},
        }
        if request.description_hash:
            asked["description_hash"] = request.description_hash
        reply = self._client.ask("POST", "payments", json=asked)
        if reply.status not in (200, 201):
            raise self._refusal(reply)
        made = _said(reply)
        # Before version 1 it was called payment_request alone.
        return to_offer(
            made.text("bolt11" if made.get("bolt11") else "payment_request"), made.payment_hash("payment_hash")
        )

    def look_up(self, invoice: Invoice) -> Settlement | None:
        """Ask whether the invoice is settled. Raises WalletError.

        LNbits tells that to whoever asks, with the wrong key, too, but the details to the wallet alone. Without them
        nothing is proven. The preimage stands there before anybody has paid.
        """
        reply = self._client.ask("GET", f"payments/{invoice.payment_hash}")
        if reply.status != 200:
            raise self._refusal(reply)
        answer = _said(reply)
        is_paid = answer.flag("paid")
        if answer.get("details") is None:
            raise KeyRefused("LNbits tells no details: the key is of no wallet of its own")
        details = answer.inner("details")
        if details.payment_hash("payment_hash") != invoice.payment_hash:
            raise BadAnswer("the answer is about another invoice")
        if not is_paid:
            return None
        return Settlement(_settled_at(details), _received(details), to_preimage(answer.get("preimage")))

    def check_access(self) -> Access:
        """Ask for the wallet: to an admin key, which can spend, it says the wallet's id as well. Raises WalletError."""
        reply = self._client.ask("GET", "wallet")
        if reply.status != 200:
            raise self._refusal(reply)
        wallet = _said(reply)
        wallet.text("name")
        return Access(spends=wallet.get("id") is not None)

    def listen(self, on_hint: Callable[[Hint], None], stop: Event) -> None:
        """Pass on which invoices were paid, as LNbits tells it, until `stop` is set. Raises WalletError.

        The stream has the key in its address, which access logs keep: one that can spend is never written there. And
        LNbits opens one for any key, also for one of no wallet, and is silent; so it is asked what the key is first.
        """
        if self.check_access().spends:
            stop.wait()
            return
        # Loaded where it is wanted: this module is, by every till that looks which wallet a string is of.
        from pos.wallets.stream import Stream, hear

        hear(Stream(f"{self._url}/api/v1/ws/{self._key}", self._transport), _hint, on_hint, stop)

    def _refusal(self, reply: Reply) -> WalletError:
        """Say what the caller can do about an answer that is not a success.

        A key of no wallet is 404; what its source of funds refuses, and what is beyond its limits, 520.
        """
        reason = self._client.readable(_detail(reply.body))
        text = f"LNbits answered {reply.status}: {reason or 'no reason given'}"
        match reply.status:
            case 401 | 403:
                return KeyRefused(text)
            case 404 if reason.startswith("Wallet not found"):
                return KeyRefused(text)
            case 404 if not reason or reason == "Not Found":
                return BadAnswer(_NOT_LNBITS)
            case 429:
                return WalletBusy(text, retry_after(reply))
            case 400 | 422 | 520 if reason:
                return InvoiceRefused(reason)
            case 502 | 503 | 504:
                return WalletUnreachable(text)
        return BadAnswer(text)


def _said(reply: Reply) -> Said:
    return Said.parse("LNbits", reply.body)


def _hint(message: bytes) -> Hint:
    return ByPaymentHash(Said.parse("LNbits", message).inner("payment").payment_hash("payment_hash"))


def _detail(body: bytes) -> str:
    """Return what an error says: a sentence, or a list of what is wrong with the fields of the question."""
    try:
        detail = Said.parse("LNbits", body).get("detail")
    except BadAnswer:
        return ""
    if isinstance(detail, list):
        detail = "; ".join(it["msg"] for it in detail if isinstance(it, dict) and isinstance(it.get("msg"), str))
    return detail if isinstance(detail, str) else ""


def _received(details: Said) -> int:
    """Return what was paid, in sat. Where a wallet has paid itself, the details are those of the payer: negative."""
    amount = details.get("amount")
    if isinstance(amount, int) and amount < 0:
        return -amount // 1000
    return details.whole("amount") // 1000


def _settled_at(details: Said) -> int | None:
    """Return when it was settled, in unix seconds: since then nothing was changed. A time without a zone is UTC."""
    try:
        at = datetime.fromisoformat(details.text("updated_at"))
    except (BadAnswer, ValueError):
        return None
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())

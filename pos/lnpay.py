"""The LNPay client: create an invoice, look one up, check a webhook's signature. It cannot spend, and never asks to.

Facts are from LNPay's documentation and its server's source, lnpay-core ("core").
"""

import hmac
import json
import logging
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from hashlib import sha256
from time import monotonic
from typing import Any, TypeGuard
from urllib.parse import quote

from pos.domain.charge import Settlement
from pos.domain.invoice import Invoice
from pos.transport import Reply, Transport, TransportError, TransportTimeout
from pos.wallets.base import (
    BadAnswer,
    InvoiceRefused,
    KeyRefused,
    Offer,
    WalletBusy,
    WalletTimeout,
    WalletUnreachable,
)

log = logging.getLogger(__name__)

# Today's hosts and those of 2019 (LNPay docs, "Generate Invoice"). core at its head has the first only.
INVOICE_PATHS = ("wallet/{key}/invoice", "user/wallet/{key}/invoice")
# Keys that open more than receiving: the secret API key, and the admin and withdraw keys of a wallet, of all ages.
SPENDING_KEYS = ("sak_", "waka_", "waklw_", "wa_")
_KEY = re.compile(r"\b(?:sak|pak|wal|walx|wak[a-z]*|wa|wi|wr|w)_\w+")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")
_HASH = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"\w{1,64}", re.ASCII)
_NO_RIGHT = "does not permission"


class LNPay:
    """One LNPay wallet. `timeout` is in seconds, for one whole question and its answer.

    The key travels in a header, never in a query, where an access log would keep it.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        url: str,
        api_key: str,
        wallet_key: str,
        timeout: float,
        invoice_path: str = INVOICE_PATHS[0],
    ) -> None:
        self._transport = transport
        self._url = url.rstrip("/")
        self._keys = (api_key, wallet_key)
        self._wallet_path = quote(wallet_key, safe="")
        self._timeout = timeout
        self._paths = [invoice_path, *(path for path in INVOICE_PATHS if path != invoice_path)][:2]

    def create_invoice(self, amount_sat: int, memo: str, expiry: int, charge_id: str) -> Offer:
        """Ask for an invoice; `passThru` carries our charge id through the wallet's books.

        Raises WalletError. Asked twice only where the path does not exist (404): nothing can have been made there.
        """
        body = {"num_satoshis": amount_sat, "memo": memo, "expiry": expiry, "passThru": {"charge_id": charge_id}}
        return _offer(self._create(body, monotonic() + self._timeout))

    def look_up(self, invoice: Invoice) -> Settlement | None:
        """Ask whether the invoice is settled. An answer about another invoice proves nothing, and is refused.

        Raises WalletError.
        """
        reply = self._call("GET", f"lntx/{invoice.id}", monotonic() + self._timeout)
        if reply.status != 200:
            raise self._refusal(reply)
        lntx = _object(reply)
        if _text(lntx, "id") != invoice.id or _hash(lntx) != invoice.payment_hash:
            raise BadAnswer("the answer is about another invoice")
        return _settlement(lntx)

    def check_access(self) -> None:
        """Ask for the wallet itself. A key that may only receive is told so (401), and that is as it should be.

        Raises WalletError.
        """
        reply = self._call("GET", f"wallet/{self._wallet_path}", monotonic() + self._timeout)
        if reply.status != 200 and _NO_RIGHT not in _message(reply):
            raise self._refusal(reply)

    @property
    def spends(self) -> bool:
        """Tell by their prefixes whether our keys can spend. Keys of 2019 have none, and go unnoticed."""
        return any(key.startswith(SPENDING_KEYS) for key in self._keys)

    def _create(self, body: Mapping[str, object], deadline: float) -> dict[str, Any]:
        for path in list(self._paths):
            reply = self._call("POST", path.replace("{key}", self._wallet_path), deadline, body)
            if reply.status == 404:
                continue
            self._paths.sort(key=lambda other: other != path)
            if reply.status not in (200, 201):
                raise self._refusal(reply)
            return _object(reply)
        raise BadAnswer("404: there is no LNPay at this address, see LNPAY_URL and LNPAY_INVOICE_PATH")

    def _call(self, method: str, path: str, deadline: float, body: object = None) -> Reply:
        headers = {"X-Api-Key": self._keys[0], "Accept": "application/json"}
        left = max(deadline - monotonic(), 0.001)
        try:
            return self._transport.call(method, f"{self._url}/{path}", headers=headers, timeout=left, json=body)
        except TransportTimeout as error:
            raise WalletTimeout(str(error)) from error
        except TransportError as error:
            raise WalletUnreachable(str(error)) from error

    def _refusal(self, reply: Reply) -> BadAnswer | WalletBusy | KeyRefused | InvoiceRefused:
        """Say what the caller can do about an answer that is not a success.

        LNPay has 401 also for "not found" and "no right" (core, ApiController); node failures are 500.
        """
        reason = self._without_keys(_message(reply))
        text = f"LNPay answered {reply.status}: {reason or 'no reason given'}"
        match reply.status:
            case 401 | 403:
                return KeyRefused(text)
            case 429:
                return WalletBusy(text, _retry_after(reply))
            case 400 | 422:
                return InvoiceRefused(reason or "no reason given")
        return BadAnswer(text)

    def _without_keys(self, message: str) -> str:
        """LNPay's messages repeat the key of the path; a key must reach neither page nor log."""
        for key in self._keys:
            message = message.replace(key, "***") if key else message
        return " ".join(_KEY.sub("***", message).split())[:200]


def signature_is_valid(body: bytes, signature: str, secret: str) -> bool:
    """Check `X-LNPay-Signature`: lower-case hex HMAC-SHA256 over the body's exact bytes (core, ActionComponent)."""
    expected = hmac.new(secret.encode(), body, sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogateescape"))


def _offer(lntx: dict[str, Any]) -> Offer:
    expires_at = lntx.get("expires_at")
    invoice = Invoice(
        id=_id(lntx),
        payment_request=_text(lntx, "payment_request"),
        payment_hash=_hash(lntx),
        # It is null in some answers (core, LnTx); what BOLT 11 says counts in any case.
        expires_at=_whole(lntx, "expires_at") if expires_at is not None else 2**62,
    )
    payee = lntx.get("dest_pubkey")
    if payee is not None and not isinstance(payee, str):
        raise BadAnswer("dest_pubkey is not a text")
    return Offer(invoice, payee or None)


def _settlement(lntx: dict[str, Any]) -> Settlement | None:
    """Read what became of an LnTx. On settlement LNPay overwrites num_satoshis with what was paid (core, LnTx)."""
    if not _is_settled(lntx):
        return None
    settled_at = lntx.get("settled_at")
    return Settlement(
        settled_at=settled_at if _is_whole(settled_at) else None,
        received_sat=_whole(lntx, "num_satoshis"),
        preimage=_preimage(lntx.get("payment_preimage")),
    )


def _preimage(value: object) -> str | None:
    """Read a preimage: 64 hex digits, or in answers of 2019 and 2020 the hex of its base64 text (88 digits)."""
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        return None
    raw = bytes.fromhex(value)
    if len(raw) == 44:
        try:
            raw = b64decode(raw, validate=True)
        except Base64Error:
            return None
    return raw.hex() if len(raw) == 32 else None


def _object(reply: Reply) -> dict[str, Any]:
    try:
        value = json.loads(reply.body)
    except (ValueError, RecursionError) as error:
        raise BadAnswer(f"LNPay answered {reply.status} with something that is not JSON") from error
    if not isinstance(value, dict):
        raise BadAnswer("LNPay answered with JSON that is not an object")
    return value


def _message(reply: Reply) -> str:
    try:
        message = _object(reply).get("message")
    except BadAnswer:
        return ""
    return message if isinstance(message, str) else ""


def _text(lntx: dict[str, Any], name: str) -> str:
    value = lntx.get(name)
    if not isinstance(value, str) or not value:
        raise BadAnswer(f"LNPay sent no {name}")
    return value


def _whole(lntx: dict[str, Any], name: str) -> int:
    value = lntx.get(name)
    if not _is_whole(value):
        raise BadAnswer(f"LNPay sent no {name}")
    return value


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62


def _is_settled(lntx: dict[str, Any]) -> bool:
    settled = lntx.get("settled")
    if settled not in (0, 1):
        raise BadAnswer("LNPay did not say whether the invoice is settled")
    return bool(settled)


def _id(lntx: dict[str, Any]) -> str:
    """Read the id, which becomes a part of an address; LNPay's routes take word characters only (core, web.php)."""
    lntx_id = _text(lntx, "id")
    if not _ID.fullmatch(lntx_id):
        raise BadAnswer("the id is not one of an LnTx")
    return lntx_id


def _hash(lntx: dict[str, Any]) -> str:
    payment_hash = _text(lntx, "r_hash_decoded").lower()
    if not _HASH.fullmatch(payment_hash):
        raise BadAnswer("r_hash_decoded is not a payment hash")
    return payment_hash


def _retry_after(reply: Reply) -> int:
    text = reply.headers.get("Retry-After", "")
    return min(int(text), 3600) if text.isascii() and text.isdigit() and len(text) < 6 else 1

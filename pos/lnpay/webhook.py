"""LNPay's webhook: what its messages hint at, how they are signed, and a message of our own to try it out.

LNPay sends each event once, waits for the answer, and never tries again (core, IntegrationWebhookRequestJob).
"""

import hmac
import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from pos.transport import Transport, TransportError
from pos.wallets.base import ById, HintRefused, HintUnreadable, WalletUnreachable

_ID = re.compile(r"\w+", re.ASCII)


def read_hint(headers: Mapping[str, str], body: bytes, secret: str) -> ById | None:
    """Read an event, whatever it is called; only the invoice that it is about is of interest. Raises HintRefused."""
    if not signature_is_valid(body, headers.get("x-lnpay-signature", ""), secret):
        raise HintRefused("bad signature")
    place: Any = _event(body)
    for name in ("data", "wtx", "lnTx", "id"):
        place = place.get(name) if isinstance(place, dict) else None
    return ById(place) if isinstance(place, str) and _ID.fullmatch(place) else None


def signature_is_valid(body: bytes, signature: str, secret: str) -> bool:
    """Check `X-LNPay-Signature`: lower-case hex HMAC-SHA256 over the body's exact bytes (core, ActionComponent)."""
    return hmac.compare_digest(_sign(body, secret).encode(), signature.encode("utf-8", "surrogateescape"))


def ping_webhook(transport: Transport, address: str, secret: str, timeout: float) -> int:
    """Send a webhook an event about nothing, signed as LNPay would, and return the HTTP status of its answer.

    Raises WalletError.
    """
    headers = {"X-LNPay-Signature": _sign(b"{}", secret)}
    try:
        return transport.call("POST", address, headers=headers, timeout=timeout, json={}).status
    except TransportError as error:
        raise WalletUnreachable(str(error)) from error


def _event(body: bytes) -> dict[str, Any]:
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise HintUnreadable("not JSON") from error
    if not isinstance(event, dict):
        raise HintUnreadable("not an event")
    return event


def _sign(body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), body, sha256).hexdigest()

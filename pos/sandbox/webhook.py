"""LNPay's webhook: the event as PHP writes it, signed, and sent in one attempt. What it tells is up to the caller."""

import hmac
import json
import logging
import secrets
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import requests

_log = logging.getLogger(__name__)
# Seconds to connect, and seconds without a byte of the answer's head.
_TIMEOUT = 5
_EVENT = {"id": "520", "type": "wallet", "name": "wallet_receive", "display_name": "Wallet Receive"}


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where to send events, and the secret that signs them."""

    url: str
    secret: str = field(repr=False)

    def announce(self, wtx: dict[str, Any], now: int) -> None:
        """Send LNPay's `wallet_receive` from a thread of its own, once: LNPay does not try again (LNPay docs)."""
        event = {"id": _id("evt"), "created_at": now, "event": _EVENT, "data": {"wtx": wtx}}
        Thread(target=self._send, args=(php_json(event),), name="sandbox-webhook").start()

    def _send(self, body: bytes) -> None:
        try:
            with requests.Session() as session:
                # The receiver is the till next door: never by way of a proxy, nor with credentials from a .netrc.
                session.trust_env = False
                head = session.post(self.url, body, headers=self._headers(body), timeout=_TIMEOUT, stream=True)
                _log.info("the webhook was answered with %s", head.status_code)
        except requests.RequestException as error:
            _log.warning(
                "the sandbox could not send its webhook to %s (%s). The payment shows a second later all the same; is"
                " POS_PUBLIC_URL, or POS_HOST and POS_PORT, right?",
                self.url,
                "no answer in time" if isinstance(error, requests.Timeout) else "nobody listens there",
            )

    def _headers(self, body: bytes) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "User-Agent": "LNPay-HookBot",
            "X-LNPay-Event": _EVENT["name"],
            "X-LNPay-HookId": _id("iwhr"),
            "X-LNPay-Signature": hmac.digest(self.secret.encode(), body, "sha256").hex(),
        }


def php_json(value: object) -> bytes:
    r"""Write JSON as PHP's json_encode does: no spaces, `\uXXXX` for all but ASCII, and `\/` for a slash."""
    return json.dumps(value, separators=(",", ":")).replace("/", r"\/").encode()


def _id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(11)}"

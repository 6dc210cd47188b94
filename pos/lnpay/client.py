"""The LNPay client: create an invoice, look one up, take its hints. It cannot spend, and never asks to.

Facts are from LNPay's documentation and its server's source, lnpay-core ("core").
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from time import monotonic
from typing import Any
from urllib.parse import quote

from pos.domain.charge import Settlement
from pos.domain.invoice import Invoice
from pos.lnpay import lntx, webhook
from pos.lnpay.advice import advice, hook_advice
from pos.transport import Reply, Transport
from pos.wallets.base import (
    Access,
    Advice,
    BadAnswer,
    Hint,
    HintRefused,
    InvoiceRefused,
    InvoiceRequest,
    KeyRefused,
    Offer,
    WalletBusy,
)
from pos.wallets.client import Client, is_open_to_all, retry_after

# Today's hosts and those of 2019 (LNPay docs, "Generate Invoice"). core at its head has the first only.
INVOICE_PATHS = ("wallet/{key}/invoice", "user/wallet/{key}/invoice")
# Keys that open more than receiving: the secret API key, and the admin and withdraw keys of a wallet, of all ages.
SPENDING_KEYS = ("sak_", "waka_", "waklw_", "wa_")
# Keys that open no more than what a till needs: the public API key, and keys that make invoices or read.
RECEIVING_KEYS = ("pak_", "waki_", "waklp_", "wakr_", "wi_", "wr_")
_KEY = re.compile(r"\b(?:sak|pak|wal|walx|wak[a-z]*|wa|wi|wr|w)_\w+")
_LIMIT = re.compile(r"Receiving is limited to: ([0-9]{1,15}) satoshi")
_NO_RIGHT = "does not permission"
_NOT_LNPAY = "there is no LNPay at LNPAY_URL (404), which mostly ends with /v1; LNPAY_INVOICE_PATH may be wrong, too"


class LNPay:
    """One LNPay wallet. `timeout` is in seconds, for one whole question and its answer.

    The key travels in a header, never in a query, where an access log would keep it.
    """

    hook_name = "lnpay"
    hook_is_near = False
    # LNPay's documents name no limit.
    questions_per_second = 5

    def __init__(
        self,
        transport: Transport,
        *,
        url: str,
        api_key: str,
        wallet_key: str,
        timeout: float,
        invoice_path: str = INVOICE_PATHS[0],
        webhook_secret: str | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._keys = (api_key, wallet_key)
        self._wallet_path = quote(wallet_key, safe="")
        self._timeout = timeout
        headers = {"X-Api-Key": api_key}
        self._client = Client(transport, self._url, headers=headers, timeout=timeout, keys=self._keys)
        self._webhook_secret = webhook_secret
        self._paths = [invoice_path, *(path for path in INVOICE_PATHS if path != invoice_path)][:2]

    def create_invoice(self, request: InvoiceRequest) -> Offer:
        """Ask for an invoice; `passThru` carries our charge id through the wallet's books.

        Raises WalletError. Asked twice only where the path does not exist (404): nothing can have been made there.
        """
        return lntx.to_offer(self._create(lntx.to_parameters(request), monotonic() + self._timeout))

    def look_up(self, invoice: Invoice) -> Settlement | None:
        """Ask whether the invoice is settled. An answer about another invoice proves nothing, and is refused.

        Raises WalletError.
        """
        reply = self._call("GET", f"lntx/{invoice.id}", monotonic() + self._timeout)
        if reply.status != 200:
            raise self._refusal(reply)
        answer = lntx.parse(reply.body)
        if lntx.invoice_names(answer) != (invoice.id, invoice.payment_hash):
            raise BadAnswer("the answer is about another invoice")
        return lntx.to_settlement(answer)

    def check_access(self) -> Access:
        """Ask for the wallet itself. A key that may only receive is told so (401), and that is as it should be.

        Raises WalletError.
        """
        reply = self._call("GET", f"wallet/{self._wallet_path}", monotonic() + self._timeout)
        if reply.status == 200:
            # A web page of whoever else lives there would do otherwise.
            lntx.parse(reply.body)
        elif _NO_RIGHT not in lntx.message(reply.body):
            raise self._refusal(reply)
        return Access(spends=self._spends)

    @property
    def identity(self) -> str:
        """Name this wallet by its address and its key, neither of which can be read from it."""
        return f"lnpay:{sha256(f'{self._url} {self._keys[1]}'.encode()).hexdigest()[:8]}"

    @property
    def advice(self) -> Advice:
        """Say what to do, and what is to be warned of by the settings alone."""
        return advice(plain=is_open_to_all(self._url), spends=bool(self._spends))

    @property
    def hook_is_open(self) -> bool:
        """Tell whether there is a secret."""
        return self._webhook_secret is not None

    def read_hint(self, headers: Mapping[str, str], body: bytes) -> Hint | None:
        """Read an event of LNPay's. Raises HintRefused."""
        if self._webhook_secret is None:
            raise HintRefused("no secret")
        return webhook.read_hint(headers, body, self._webhook_secret)

    def ping_webhook(self, transport: Transport, address: str) -> int:
        """Send a webhook an event about nothing, as LNPay would. Raises WalletError."""
        return webhook.ping_webhook(transport, address, self._webhook_secret or "", self._timeout)

    def hook_advice(self, address: str) -> str:
        """Say what to set here, or what to tell LNPay."""
        return hook_advice(address, is_open=self.hook_is_open)

    @property
    def _spends(self) -> bool | None:
        """Tell by their prefixes whether our keys can spend. Keys of 2019 have none, and do not tell."""
        if any(key.startswith(SPENDING_KEYS) for key in self._keys):
            return True
        return False if all(key.startswith(RECEIVING_KEYS) for key in self._keys) else None

    def _create(self, body: Mapping[str, object], deadline: float) -> dict[str, Any]:
        for path in list(self._paths):
            reply = self._call("POST", path.replace("{key}", self._wallet_path), deadline, body)
            if reply.status == 404:
                continue
            self._paths.sort(key=lambda other: other != path)
            if reply.status not in (200, 201):
                raise self._refusal(reply)
            return lntx.parse(reply.body)
        raise BadAnswer(_NOT_LNPAY)

    def _call(self, method: str, path: str, deadline: float, body: object = None) -> Reply:
        return self._client.ask(method, path, json=body, timeout=deadline - monotonic())

    def _refusal(self, reply: Reply) -> BadAnswer | WalletBusy | KeyRefused | InvoiceRefused:
        """Say what the caller can do about an answer that is not a success.

        LNPay has 401 also for "not found" and "no right" (core, ApiController); node failures are 500.
        """
        reason = self._without_keys(lntx.message(reply.body))
        text = f"LNPay answered {reply.status}: {reason or 'no reason given'}"
        match reply.status:
            case 401 | 403:
                return KeyRefused(text)
            case 429:
                return WalletBusy(text, retry_after(reply))
            case 400 | 422 if reason:
                limit = _LIMIT.search(reason)
                return InvoiceRefused(reason, int(limit[1]) if limit else None)
            case 404:
                # LNPay itself has 401 for what it does not find.
                return BadAnswer(_NOT_LNPAY)
        return BadAnswer(text)

    def _without_keys(self, message: str) -> str:
        """LNPay's messages repeat the key of the path; a key must reach neither page nor log."""
        return self._client.readable(_KEY.sub("***", message))

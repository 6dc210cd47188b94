"""The sandbox put together: play money that speaks the LNPay API. Nothing here is about HTTP or SQL."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

from pos.sandbox import keys, node
from pos.sandbox.account import Account
from pos.sandbox.api import application
from pos.sandbox.customer import play_customer
from pos.sandbox.keys import Role
from pos.sandbox.ledger import Ledger, open_ledger
from pos.sandbox.lnpay_wallet import LNPayWallet
from pos.sandbox.payee import Payee
from pos.sandbox.webhook import Webhook


class Sandbox:
    """An account in `folder`, for as many processes as open it; all of them have the same keys.

    A webhook is sent only with both an address and a secret. `max_sats` is the most for one invoice, in sat: as much as
    a till sells by default, where LNPay allows a new account 10,000 (LNPay docs).
    """

    path = "/sandbox"

    def __init__(
        self,
        folder: Path,
        webhook_url: str | None = None,
        webhook_secret: str | None = None,
        clock: Callable[[], float] = time.time,
        max_sats: int = 10_000_000,
    ) -> None:
        ledger = open_ledger(folder)
        self.keys = keys.recall(ledger)
        ledger.add_wallet(_first_wallet(ledger, self.keys, clock), _roles(self.keys))
        self._account = Account(
            keys=self.keys,
            node=node.recall(ledger),
            ledger=ledger,
            max_sats=max_sats,
            clock=clock,
            webhook=Webhook(webhook_url, webhook_secret) if webhook_url and webhook_secret else None,
            payee=Payee(node.recall(ledger, "payee_key"), max_sats, clock),
        )
        self.pubkey = self._account.node.pubkey
        self.payee = self._account.payee
        self.wsgi: WSGIApplication = application(self._account)

    def close(self) -> None:
        """Let go of the open file, as a process has to before it forks."""
        self._account.ledger.close()

    def pay(self, payment_request: str, amount_sat: int | None = None, *, late: bool = False) -> dict[str, Any]:
        """Play the customer, and return the settled LnTx. Only an invoice over any amount takes an amount.

        With `late` an invoice that has expired is paid, too. Raises SandboxError.
        """
        return play_customer(self._account, payment_request, amount_sat, late=late)


def _first_wallet(ledger: Ledger, first: keys.Keys, clock: Callable[[], float]) -> LNPayWallet:
    created_at = int(ledger.recall("created_at", lambda: str(int(clock()))))
    return LNPayWallet(first.wallet_id, "Sandbox", created_at)


def _roles(first: keys.Keys) -> dict[str, str]:
    return {first.admin_key: Role.ADMIN, first.invoice_key: Role.INVOICE, first.read_key: Role.READ}

"""The sandbox as a till's wallet: LNPay's client with a sandbox at the other end, and no network between."""

import sqlite3

from pos.lnpay import LNPay
from pos.lnpay.advice import advice
from pos.sandbox.errors import SandboxError
from pos.sandbox.sandbox import Sandbox
from pos.sandbox.settings import SandboxSettings
from pos.sandbox.transport import InProcess
from pos.transport import Transport
from pos.wallets.base import Advice, CannotOpen, Till


class PlayMoney(LNPay):
    """An LNPay like any other, with keys that can only receive. The till serves `hosted` beside its own pages."""

    hook_is_near = True

    def __init__(self, sandbox: Sandbox, timeout: float, webhook_secret: str | None) -> None:
        super().__init__(
            Transport(InProcess(sandbox.wsgi)),
            url="http://sandbox/v1",
            api_key=sandbox.keys.public_key,
            wallet_key=sandbox.keys.invoice_key,
            timeout=timeout,
            webhook_secret=webhook_secret,
        )
        self.hosted = sandbox

    @property
    def advice(self) -> Advice:
        """Warn of nothing: nobody can read what stays in this process."""
        return advice(plain=False, spends=False)

    def hook_advice(self, address: str) -> str:
        """Say that nobody has to be told: the sandbox sends there by itself."""
        return f"The sandbox sends its webhooks to {address} by itself."

    def invoice_of_customer(self, amount_sat: int) -> str:
        """Have the play customer make an invoice over so much, to which a refund is paid."""
        return self.hosted.payee.invoice(amount_sat)

    def pay_customer(self, payment_request: str) -> str | None:
        """Pay an invoice of the play customer, and return the preimage; None where it is another's, or has expired."""
        try:
            return self.hosted.payee.pay(payment_request)
        except SandboxError:
            return None


def open_wallet(settings: SandboxSettings, till: Till) -> PlayMoney:
    """Open the sandbox in the till's folder, or make it. Raises CannotOpen."""
    hook = f"{till.hooks_address}/{PlayMoney.hook_name}"
    try:
        sandbox = Sandbox(till.folder, hook, settings.webhook_secret, till.clock, till.max_sat)
    except (sqlite3.Error, OSError) as error:
        problem = f"the sandbox in {till.folder} cannot be opened: {error}"
        raise CannotOpen(f"{problem}. It is play money: delete it") from error
    return PlayMoney(sandbox, till.timeout, settings.webhook_secret)

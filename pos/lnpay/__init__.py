"""LNPay: its client, and what its answers say. It cannot spend, and never asks to."""

from pos.lnpay.client import LNPay
from pos.lnpay.settings import LNPaySettings as WalletSettings
from pos.wallets.base import Till

__all__ = ["LNPay", "WalletSettings", "open_wallet"]


def open_wallet(settings: WalletSettings, till: Till) -> LNPay:
    """Make the client of the chosen wallet."""
    return LNPay(
        till.transport,
        url=settings.url,
        api_key=settings.api_key,
        wallet_key=settings.wallet_key,
        timeout=till.timeout,
        invoice_path=settings.invoice_path,
        webhook_secret=settings.webhook_secret,
    )

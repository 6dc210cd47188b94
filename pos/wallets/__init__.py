"""Which back ends there are: `open_wallet` makes the one that the settings choose."""

from collections.abc import Callable, Mapping

from pos import lnpay
from pos.settings import Settings
from pos.transport import Transport
from pos.wallets.base import Wallet


def _lnpay(settings: Settings, transport: Transport) -> Wallet:
    return lnpay.LNPay(
        transport,
        url=settings.lnpay_url,
        api_key=settings.lnpay_api_key,
        wallet_key=settings.lnpay_wallet_key,
        timeout=settings.lnpay_timeout,
        invoice_path=settings.lnpay_invoice_path,
    )


_WALLETS: Mapping[str, Callable[[Settings, Transport], Wallet]] = {
    "lnpay": _lnpay,
    "sandbox": _lnpay,
}


def open_wallet(settings: Settings, transport: Transport) -> Wallet:
    """Make the chosen wallet. No call is made before the first sale."""
    return _WALLETS[settings.wallet](settings, transport)

"""Which back ends there are: `open_wallet` makes the one that the settings choose."""

from collections.abc import Callable, Mapping

from pos import lnpay
from pos.config import Config
from pos.transport import Transport
from pos.wallets.base import Wallet


def _lnpay(config: Config, transport: Transport) -> Wallet:
    return lnpay.LNPay(
        transport,
        url=config.lnpay_url,
        api_key=config.lnpay_api_key,
        wallet_key=config.lnpay_wallet_key,
        timeout=config.lnpay_timeout,
        invoice_path=config.lnpay_invoice_path,
    )


_WALLETS: Mapping[str, Callable[[Config, Transport], Wallet]] = {
    "lnpay": _lnpay,
    "sandbox": _lnpay,
}


def open_wallet(config: Config, transport: Transport) -> Wallet:
    """Make the chosen wallet. No call is made before the first sale."""
    return _WALLETS[config.wallet](config, transport)

"""A Lightning address, or any LNURL to pay, whose provider tells whether an invoice was paid (LUD-21, verify).

There is no key, and nothing that could spend: whoever answers for the address is trusted with the money.
"""

from pos.wallets.base import Till
from pos.wallets.lnaddress.client import LightningAddress
from pos.wallets.lnaddress.settings import WalletSettings, from_string

__all__ = ["LightningAddress", "WalletSettings", "from_string", "open_wallet"]


def open_wallet(settings: WalletSettings, till: Till) -> LightningAddress:
    """Make the client of the chosen wallet."""
    return LightningAddress(till, settings.url)

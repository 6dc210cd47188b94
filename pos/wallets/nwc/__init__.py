"""Nostr Wallet Connect (NIP-47): a wallet anywhere, reached by messages over Nostr relays that only it can read.

What it takes to encrypt, sign and hold a line is loaded when the wallet is opened: its settings are looked at by every
till that is to find out which wallet a string is of.
"""

from pos.wallets.base import Till, Wallet
from pos.wallets.nwc.settings import WalletSettings, from_string

__all__ = ["WalletSettings", "from_string", "open_wallet"]


def open_wallet(settings: WalletSettings, till: Till) -> Wallet:
    """Make the client of the chosen wallet. No relay is called before the first question."""
    from pos.wallets.nwc.client import NWC

    assert settings.url  # noqa: S101  its faults are told before
    return NWC(till, settings.url)

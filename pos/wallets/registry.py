"""Which wallets there are, one line each. A wallet's module is imported when it is chosen, and not before.

A wallet is one module or package, which has

- `WalletSettings`: a frozen dataclass under `pos.environment.Group`, every field of it declared with `setting`. It is
  read when POS_WALLET has the wallet's name, and lies in `Settings.wallet_settings`. Its names begin alike (`LNPAY_`),
  so that one which is written wrong is noticed; `faults` says which settings are missing or do not go together.
- `open_wallet(settings, till)`: makes the Wallet from its WalletSettings and from what the till has for it, and asks
  nobody anything yet.
"""

from importlib import import_module
from typing import Any, Protocol, cast

from pos.environment import Group
from pos.wallets.base import Till, Wallet

# What POS_WALLET may be, and the module that has it.
WALLETS = {
    "lnpay": "pos.lnpay",
    "lnbits": "pos.wallets.lnbits",
    "sandbox": "pos.sandbox",
}
# What POS_WALLET_TIMEOUT was called when there was one wallet.
TIMEOUT_ALIASES = ("LNPAY_TIMEOUT",)


class WalletModule(Protocol):
    """What the module of a wallet has."""

    WalletSettings: type[Group]

    def open_wallet(self, settings: Any, till: Till, /) -> Wallet:
        """Make the wallet. `settings` is a WalletSettings of the same module."""
        ...


def wallet_module(name: str) -> WalletModule:
    """Import the module of a wallet."""
    return cast(WalletModule, import_module(WALLETS[name]))

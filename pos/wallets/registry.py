"""Which wallets there are, one line each. A wallet's module is imported when it is chosen, and not before.

A wallet is one module or package, which has

- `WalletSettings`: a frozen dataclass under `pos.environment.Group`, every field of it declared with `setting`. It is
  read when POS_WALLET has the wallet's name, and lies in `Settings.wallet_settings`. Its names begin alike (`LNPAY_`),
  so that one which is written wrong is noticed; `faults` says which settings are missing or do not go together.
- `open_wallet(settings, till)`: makes the Wallet from its WalletSettings and from what the till has for it, and asks
  nobody anything yet.
- `from_string(text)`, if its screens show one string that holds all that a till needs: returns the settings in it, by
  their names; None if the string is no such one. It raises Wrong if it is one, and something is missing.
"""

import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple, Protocol, cast

from pos.environment import Group, Wrong
from pos.wallets.base import Till, Wallet

# What POS_WALLET may be, and the module that has it.
WALLETS = {
    "lnpay": "pos.lnpay",
    "lnbits": "pos.wallets.lnbits",
    "lnaddress": "pos.wallets.lnaddress",
    "nwc": "pos.wallets.nwc",
    "phoenixd": "pos.wallets.phoenixd",
    "btcpay": "pos.wallets.btcpay",
    "lnd": "pos.wallets.lnd",
    "cln": "pos.wallets.cln",
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


class Connection(NamedTuple):
    """A wallet by its name, and the settings that a string holds for it, by their names in the environment."""

    wallet: str
    settings: Mapping[str, str]


def connection(text: str) -> Connection:
    """Tell which wallet a string is of, and read it. Nobody is asked.

    Raises Wrong if it is no wallet's, or half of one. What it says holds no part of the string, which may be a key.
    """
    for name, module in WALLETS.items():
        from_string = getattr(import_module(module), "from_string", None)
        settings = from_string(text.strip()) if from_string and text.strip() else None
        if settings is not None:
            return Connection(name, settings)
    raise Wrong(_what_it_is(text.strip()))


_ADDRESS = r"(?i)https?://([\w.-]+|\[[0-9a-f:]+\])(:\d+)?(/\S*)?"
_AS_IN = "as in https://wallet.example.com KEY"
_WHICH = (
    "an invoice key of LNbits has 32 digits and letters, the address of a BTCPay Server is that of its store, as in"
    " https://btcpay.example.com/stores/ID-OF-THE-STORE KEY, and a phoenixd has port 9740"
)

# What people paste instead, the plainest first.
_NO_CONNECTIONS = (
    (r"(?i)(lightning:)?ln(bc|tb|bcrt|tbs)[0-9a-z]{50,}", "is an invoice: one payment, and no wallet"),
    (
        r"(?i)(bitcoin:)?(bc1|tb1|bcrt1|[13])[0-9a-z]{25,90}(\?.*)?",
        "is a bitcoin address, and the till sells over Lightning",
    ),
    (r"(?i)(nostr:)?nsec1\w+", "is a secret key of Nostr: never paste it anywhere"),
    (r"(?i)(nostr:)?npub1\w+", "is a public key of Nostr, which shows no wallet"),
    (r"[xyz](pub|prv)\w{50,}", "is a key of a bitcoin wallet, and the till sells over Lightning"),
    (r"(?i)[0-9a-f]{66}@\S+", "is the address of a node among nodes: the till needs its API"),
    (r"(?i)lndhub://.*", "is an LNDHub login, which can always spend, so the till does not take it"),
    (
        r"(\s*\b[a-z]{3,8}\b){11,24}\s*",
        "looks like the words of a wallet: never type them anywhere but into that wallet",
    ),
    (_ADDRESS, f"is an address without its key: the key stands behind it, apart by a space, {_AS_IN}"),
    (
        rf"{_ADDRESS}\s+\S+",
        f"is an address with a key, and the till cannot tell of which wallet: {_WHICH}",
    ),
    (
        r"(?i)([\w-]+(\.[\w-]+)+|localhost)(:\d+)?(/\S*)?\s+\S+",
        f"is an address that does not begin with http:// or https://, {_AS_IN}",
    ),
    (r"(?i)[0-9a-f]{32,}", f"is a key without its address, which stands before it, apart by a space, {_AS_IN}"),
    (r"[^\s@]+@|@[^\s@]+", "is half of a Lightning address, of which all is wanted, as in you@wallet.example"),
    (
        r"(?i)\s*type=.*",
        "is a connection of a kind that the till does not know: type= has to be lnbits, btcpay, phoenixd or lnd-rest",
    ),
)
_LIKE = (
    "you@wallet.example, nostr+walletconnect://..., lndconnect://..., clnrest://..., or an address and its key, apart"
    " by a space"
)


def _what_it_is(text: str) -> str:
    for pattern, words in _NO_CONNECTIONS:
        if re.fullmatch(pattern, text):
            return words
    return f"is no string of a wallet that the till knows. Such are {_LIKE}"

"""The keys of the sandbox's account, and what each of them may do. How a request carries them is in access.py."""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from pos.sandbox.ledger import Ledger


class Right(StrEnum):
    """What a wallet key can allow, in the words of LNPay's error messages."""

    DEPOSIT = "wallet_deposit"
    READ = "wallet_read"
    WITHDRAW = "wallet_withdraw"
    TRANSFER = "wallet_transfer"


class Role(StrEnum):
    """What a wallet key is for, in the words and the order of `access_keys` (LNPay docs, "Create Wallet")."""

    ADMIN = "Wallet Admin"
    INVOICE = "Wallet Invoice"
    READ = "Wallet Read"
    LNURL_WITHDRAW = "Wallet LNURL Withdraw"
    LNURL_PAY = "Wallet LNURL Pay"


PREFIXES = {
    Role.ADMIN: "waka",
    Role.INVOICE: "waki",
    Role.READ: "wakr",
    Role.LNURL_WITHDRAW: "waklw",
    Role.LNURL_PAY: "waklp",
}
# LNPay docs, "Access keys".
RIGHTS = {
    Role.ADMIN: set(Right),
    Role.INVOICE: {Right.DEPOSIT},
    Role.READ: {Right.READ},
    Role.LNURL_WITHDRAW: {Right.READ, Right.WITHDRAW},
    Role.LNURL_PAY: {Right.DEPOSIT},
}


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """API keys (`public_key`, `secret_key`), the first wallet's id, and its keys. Not printable, so never in a log."""

    public_key: str
    secret_key: str
    wallet_id: str
    invoice_key: str
    read_key: str
    admin_key: str

    @property
    def api_keys(self) -> set[str]:
        """The keys that open wallets. A wallet key may sign in, too, but opens nothing but an LnTx (LNPay docs)."""
        return {self.public_key, self.secret_key}


def recall(ledger: Ledger) -> Keys:
    """Return the keys that the ledger holds; the first call makes them."""
    prefixes = ("pak", "sak", "wal", "waki", "wakr", "waka")
    return Keys(*(ledger.recall(prefix, partial(make, prefix)) for prefix in prefixes))


def make(prefix: str) -> str:
    """Return a new key, or a new name for anything else, of that kind."""
    return f"{prefix}_{secrets.token_hex(14)}"

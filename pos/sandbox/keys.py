"""The five keys of the sandbox's account, and what each of them may do. How a request carries them is in access.py."""

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


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """API keys (`public_key`, `secret_key`), the wallet's id, and its keys. Not printable, so never in a log."""

    public_key: str
    secret_key: str
    wallet_id: str
    invoice_key: str
    read_key: str

    @property
    def api_keys(self) -> set[str]:
        """The keys that may sign in. A wallet key may, too, but opens nothing other than an LnTx (LNPay docs)."""
        return {self.public_key, self.secret_key, self.invoice_key, self.read_key}

    @property
    def rights(self) -> dict[str, set[Right]]:
        """The wallet keys with their rights (LNPay docs, "Access keys")."""
        return {self.invoice_key: {Right.DEPOSIT}, self.read_key: {Right.READ}}


def recall(ledger: Ledger) -> Keys:
    """Return the keys that the ledger holds; the first call makes them."""
    return Keys(*(ledger.recall(prefix, partial(_make, prefix)) for prefix in ("pak", "sak", "wal", "waki", "wakr")))


def _make(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(14)}"

"""A wallet of the sandbox's account, as LNPay has many of them. The till itself uses the first; here is no SQL."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LNPayWallet:
    """Id `wal_..`; `created_at` in unix seconds."""

    id: str
    user_label: str
    created_at: int


@dataclass(frozen=True, slots=True)
class Holding:
    """What came into a wallet: its balance in sat, and when the last payment came, in unix seconds."""

    balance: int
    newest_at: int | None

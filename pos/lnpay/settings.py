"""The settings of an LNPay wallet, read only when it is the chosen one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pos.environment import Fault, Group, Wrong, fresh_secret, setting
from pos.environment.readers import key, secret, url

# Beginnings of keys since 2020 (LNPay docs, "Access keys"); older ones have none.
_API_KEYS = ("pak_", "sak_")
_WALLET_KEYS = ("waki_", "waka_", "wakr_", "waklw_", "waklp_", "wal_")


def path(given: str) -> str:
    """Take a path below the address, with a place for the key."""
    inner = given.strip("/")
    if inner.count("{key}") == 1:
        return inner
    # What stands there may be a key, so it is not repeated.
    raise Wrong("must hold {key} once, in the key's place")


@dataclass(frozen=True, kw_only=True)
class LNPaySettings(Group):
    """Where LNPay is, and what it knows us by."""

    title: ClassVar[str] = "LNPay"

    url: str = setting(
        "LNPAY_URL",
        url,
        default="https://api.lnpay.co/v1",
        example="https://lnpay.example.com/v1",
        about="The address of the API of any LNPay host.",
    )
    api_key: str = setting(
        "LNPAY_API_KEY",
        key,
        default="",
        example="pak_...",
        about="The public API key, which begins with `pak_`: all that a till needs.",
        unset="needed",
        secret=True,
    )
    wallet_key: str = setting(
        "LNPAY_WALLET_KEY",
        key,
        default="",
        example="waki_...",
        about="The invoice key of the wallet, which begins with `waki_` and can only receive.",
        unset="needed",
        secret=True,
    )
    invoice_path: str = setting(
        "LNPAY_INVOICE_PATH",
        path,
        default="wallet/{key}/invoice",
        example="user/wallet/{key}/invoice",
        about="Where invoices are made: hosts of 2019 have the path of the example. On 404 the other one is tried.",
    )
    webhook_secret: str | None = setting(
        "LNPAY_WEBHOOK_SECRET",
        secret,
        default=None,
        example=fresh_secret,
        about="Opens `/hooks/lnpay`: give LNPay that address and this secret, and the till looks at once.",
        unset="the hook is closed",
        secret=True,
    )

    def faults(self) -> Iterator[Fault]:
        for field in ("api_key", "wallet_key"):
            if not getattr(self, field):
                yield field, "is not set, and the wallet lnpay needs it"
        if self.api_key.startswith(_WALLET_KEYS):
            yield "api_key", "holds a key of a wallet: that belongs into LNPAY_WALLET_KEY, and the account's key here"
        if self.wallet_key.startswith(_API_KEYS):
            yield "wallet_key", "holds a key of the account: that belongs into LNPAY_API_KEY, and the wallet's key here"
        if self.wallet_key.startswith("wakr_"):
            yield (
                "wallet_key",
                "holds a key that can only read: a till makes invoices, and needs the wallet's waki_ key",
            )
        if self.wallet_key.startswith("wal_") and self.api_key.startswith("pak_"):
            yield "wallet_key", "holds the wallet's id: with a pak_ key LNPay wants the wallet's waki_ key"

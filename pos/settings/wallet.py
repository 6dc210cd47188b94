"""The settings of all wallets alike: which one it is, and how it is asked. What one alone needs, it declares itself."""

from dataclasses import dataclass
from typing import ClassVar

from pos.environment import Group, Wrong, setting
from pos.environment.readers import Choice, Number, proxy, public_key, text
from pos.wallets.registry import TIMEOUT_ALIASES, WALLETS

NETWORKS = ("bc", "tb", "tbs", "bcrt")
WATCHES = ("server", "off")


class WalletName(Choice):
    """A reader of the name of a wallet's kind."""

    def __call__(self, given: str) -> str:
        """Take the name, and say where a string belongs that was put in its place."""
        if "://" in given or "@" in given:
            raise Wrong(f"must be one of {', '.join(self.choices)}; what a wallet shows belongs into POS_WALLET_URL")
        return super().__call__(given)


@dataclass(frozen=True, kw_only=True)
class WalletChoice(Group):
    """Which wallet makes the invoices, and how it is asked."""

    title: ClassVar[str] = "The wallet"

    wallet: str = setting(
        "POS_WALLET",
        WalletName(WALLETS),
        example="sandbox",
        about="The wallet that makes the invoices.",
        needed="choose a wallet",
        unset="that of POS_WALLET_URL; without both the till does not start, and `make run` takes `sandbox`",
    )
    wallet_url: str | None = setting(
        "POS_WALLET_URL",
        text,
        default=None,
        example="you@wallet.example",
        about="The one string that a wallet shows: it says which wallet it is, and stands for all of its settings.",
        secret=True,
    )
    wallet_timeout: int = setting(
        "POS_WALLET_TIMEOUT",
        Number(1, 120),
        default="10",
        example="20",
        about="The seconds for one whole question to the wallet and its answer.",
        aliases=TIMEOUT_ALIASES,
    )
    socks_proxy: tuple[str, int] | None = setting(
        "POS_SOCKS_PROXY",
        proxy,
        default=None,
        example="127.0.0.1:9050",
        about="The SOCKS 5 proxy of Tor, through which a wallet at an `.onion` address is reached, and no other.",
        unset="an `.onion` address is not reached",
    )
    network: str = setting(
        "POS_NETWORK",
        Choice(NETWORKS),
        default="bc",
        example="tbs",
        about="What invoices must be on: `bc` is real money, and the sandbox is always on `bcrt`.",
    )
    payee: str | None = setting(
        "POS_PAYEE",
        public_key,
        default=None,
        example="02" + "ab" * 32,
        about="The public key of the node that signs your wallet's invoices: what another node signed is not shown.",
        unset="the node that the wallet names, if it names one",
    )
    watch: str = setting(
        "POS_WATCH",
        Choice(WATCHES),
        default="server",
        example="off",
        about="Who asks about charges that no screen shows: with `off` it is a `flask watch` that you run.",
    )
    watch_budget: int | None = setting(
        "POS_WATCH_BUDGET",
        Number(1, 100),
        default=None,
        example="2",
        about="The most look-ups a second, over all charges.",
        unset="as many as the wallet bears, 5 at most",
    )

    @property
    def sandbox(self) -> bool:
        """Play money: the wallet is the one on this machine."""
        return self.wallet == "sandbox"

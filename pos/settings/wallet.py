"""The settings of all wallets alike: which one it is, and how it is asked. What one alone needs, it declares itself."""

from dataclasses import dataclass
from typing import ClassVar

from pos.environment import Group, setting
from pos.environment.readers import choice, number
from pos.wallets.registry import WALLETS

NETWORKS = ("bc", "tb", "tbs", "bcrt")
WATCHES = ("server", "off")


def wallet(given: str) -> str:
    """Take the name of a wallet that there is."""
    return choice(*sorted(WALLETS))(given)


@dataclass(frozen=True, kw_only=True)
class WalletChoice(Group):
    """Which wallet makes the invoices, and how it is asked."""

    title: ClassVar[str] = "The wallet"

    wallet: str = setting(
        "POS_WALLET",
        wallet,
        example="sandbox",
        about="The wallet that makes the invoices.",
        needed="choose a wallet",
        unset="the till does not start; `make run` takes `sandbox`",
    )
    wallet_timeout: int = setting(
        "POS_WALLET_TIMEOUT",
        number(1, 120),
        default="10",
        example="20",
        about="The seconds for one whole question to the wallet and its answer, 1 to 120.",
        aliases=("LNPAY_TIMEOUT",),
    )
    network: str = setting(
        "POS_NETWORK",
        choice(*NETWORKS),
        default="bc",
        example="tbs",
        about="What invoices must be on: `bc` (real money), `tb`, `tbs` or `bcrt`; with the sandbox always `bcrt`.",
    )
    watch: str = setting(
        "POS_WATCH",
        choice(*WATCHES),
        default="server",
        example="off",
        about="Who looks after charges that nobody looks at: the `server`, or with `off` a `flask watch` of its own.",
    )
    watch_budget: int = setting(
        "POS_WATCH_BUDGET",
        number(1, 100),
        default="5",
        example="2",
        about="The most look-ups a second, over all charges, 1 to 100.",
    )

    @property
    def sandbox(self) -> bool:
        """Play money: the wallet is the one on this machine."""
        return self.wallet == "sandbox"

"""The settings: read once from the environment and `.env`, checked, frozen. Wrong or missing means no start.

Each is declared once, in the file of its group; docs/settings.md is made from that (see document).
"""

import logging
import os
import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pos.domain.kept_setting import KeptSetting
from pos.domain.kiosk import Kiosk, Offer, usual_offers
from pos.domain.money import SAT
from pos.domain.rate import Rate, less_spread
from pos.environment import Fault, Given, Group, Reading, SettingsError, Wrong
from pos.settings.kiosk import KioskSettings, offered
from pos.settings.money import MoneySettings
from pos.settings.printing import PrinterSettings
from pos.settings.secret_key import kept_secret
from pos.settings.shop import ShopSettings
from pos.settings.storage import StorageSettings, sqlite_file
from pos.settings.wallet import WalletChoice
from pos.settings.web import WebSettings
from pos.wallets.registry import connection, wallet_module

__all__ = ["Office", "Settings", "SettingsError"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Settings(WalletChoice, ShopSettings, PrinterSettings, KioskSettings, MoneySettings, WebSettings, StorageSettings):
    """Every setting of the till. Amounts in sat, times in seconds; secrets stay out of `repr`.

    `wallet_settings` are those of the chosen wallet: a WalletSettings of its module. `given` is what the environment or
    `.env` sets, by the names of the fields, and `office` what the office does.
    """

    wallet_settings: Group = field(default_factory=Group)
    given: Mapping[str, Given] = field(default_factory=dict, repr=False, compare=False)
    office: "Office | None" = field(default=None, repr=False, compare=False)

    @property
    def version(self) -> int:
        """A number that is another one after each change of the office's; 0 before the first."""
        return self.office.version if self.office else 0

    def kiosk(self, name: str, rate: Rate | None) -> Kiosk | None:
        """Return the kiosk of a name, the first one's being empty; None if there is none. `rate` is one at hand."""
        written = self.kiosk_amounts if name == "" else dict(self.kiosks).get(name, ())
        if written == ():
            return None
        offers = usual_offers(rate, self.max_sat) if written is None else offered(written, self.currency)
        return Kiosk(name, offers, self.kiosk_other_amount == "on")

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        for name, written in (("kiosk_amounts", self.kiosk_amounts or ()), *(("kiosks", it) for _, it in self.kiosks)):
            try:
                yield from ((name, problem) for problem in self._too_much(offered(written, self.currency)))
            except Wrong as wrong:
                yield name, wrong.problem
        for name in {name for name, _ in self.kiosks} & set(self.tills):
            yield "kiosks", f"has a kiosk of the name {name}, and POS_TILLS a till"

    def _too_much(self, offers: tuple[Offer, ...]) -> Iterator[str]:
        """Say what costs too much, where it is known before anybody buys it what that comes to in sat."""
        rate = None
        if self.currency and self.rate_fixed:
            rate = Rate(self.currency, less_spread(self.rate_fixed, self.rate_spread), 0, ("fixed",))
        for price in (it.price for it in offers):
            sat = price.minor if price.currency == SAT else rate.to_sat(price) if rate else 0
            if sat > self.max_sat:
                yield f"must be amounts up to {self.max_sat} sat (POS_MAX_SAT), and {price} is more"

    @property
    def hooks_address(self) -> str:
        """Where the wallet finds our webhooks; its own name follows."""
        return f"{self.public_url or f'http://{self.address}'}/hooks"

    @classmethod
    def from_env(
        cls, environ: Mapping[str, str] = os.environ, dotenv: Path = Path(".env"), *, as_it_ran: bool = False
    ) -> "Settings":
        """Read the settings; what the environment says goes before what `.env` says.

        `as_it_ran` is for whoever asks after the till of `make run`: where that served play money as no wallet was set,
        its sandbox is the wallet.

        Raises SettingsError, with a line for every setting that is wrong or missing. A name that is no setting is only
        told, as it may be somebody else's.
        """
        reading = Reading(environ, dotenv)
        till, given = reading.read(cls, secret_key="", wallet="sandbox")
        if till.wallet_url is not None:
            till = _connected(till, till.wallet_url, reading, chosen="wallet" in given)
        elif "wallet" not in given and not (as_it_ran and (till.var / "sandbox").is_dir()):
            reading.miss(cls, "wallet")
        wallet, _ = reading.read(wallet_module(till.wallet).WalletSettings)
        settings = _fitted(replace(till, wallet_settings=wallet, given=given), given)
        reading.check(settings)
        reading.check(wallet)
        reading.stop_if_wrong()
        for sentence in reading.unknown(cls, type(wallet)):
            log.warning("%s", sentence)
        return settings if settings.secret_key else _with_kept_secret(settings)


@dataclass(frozen=True, kw_only=True)
class Office:
    """What the office has set: `kept` by the names in `.env`, laid over the settings `below`.

    `version` is another one after each change. `problems` says by name what is kept and cannot be used.
    """

    below: Settings
    kept: Mapping[str, KeptSetting]
    version: int
    problems: Mapping[str, str]


def _connected(till: Settings, wallet_url: str, reading: Reading, *, chosen: bool) -> Settings:
    """Let the one string of a wallet say which wallet it is, and what its settings are."""
    try:
        found = connection(wallet_url)
    except Wrong as wrong:
        reading.refuse(Settings, "wallet_url", wrong.problem)
        return till
    if chosen and till.wallet != found.wallet:
        problem = f"is of the wallet {found.wallet}, and POS_WALLET is {till.wallet}: leave one of the two out"
        reading.refuse(Settings, "wallet_url", problem)
    reading.take(found.settings, "POS_WALLET_URL")
    return replace(till, wallet=found.wallet)


def _fitted(settings: Settings, given: Collection[str]) -> Settings:
    """Give what is not set the value that goes with what is."""
    if "database_url" not in given:
        settings = replace(settings, database_url=sqlite_file(settings.var))
    if "tip_amounts" not in given:
        settings = replace(settings, tip_amounts=_up_to(settings.max_sat, settings.tip_amounts))
    # Play money is on a network of its own, whatever is set for the wallet of another day.
    return replace(settings, network="bcrt") if settings.sandbox else settings


def _up_to(most: int, amounts: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(amount for amount in amounts if amount <= most) or (most,)


def _with_kept_secret(settings: Settings) -> Settings:
    return replace(settings, secret_key=kept_secret(settings.var / "secret_key", lambda: secrets.token_urlsafe(32)))

"""The shop: what every service receives. Joined in `create_app`, or by a test with fakes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from pos.domain.charge import Channel
from pos.domain.day import day_of
from pos.domain.lnurl_service import LnurlServices
from pos.domain.printer import Printer
from pos.rates import Rates
from pos.runtime.allowance import Allowance
from pos.runtime.broker import Broker
from pos.runtime.ceiling import Ceiling
from pos.runtime.latest import Latest
from pos.runtime.leader import Lease
from pos.runtime.line import Line
from pos.runtime.metrics import Metrics, Unwatched
from pos.runtime.presence import Presence
from pos.runtime.single_flight import SingleFlight
from pos.runtime.throttle import Throttle
from pos.runtime.turns import Turns
from pos.runtime.turnstile import Turnstile
from pos.runtime.unwritten import Unwritten
from pos.settings import Settings
from pos.store import Store
from pos.wallets.base import Wallet


def _goes_by_itself() -> None:
    """Leave a clock alone that needs nobody to keep it right."""


def _lines() -> dict[Channel, Line]:
    """Each face that is open to strangers has a line of its own: one is not to crowd the other out."""
    return {channel: Line() for channel in Channel if channel.is_public}


@dataclass(frozen=True, slots=True)
class Shop:
    """The parts of one running till. `clock` gives unix seconds, and is kept right by `keep_time`."""

    settings: Settings
    store: Store
    wallet: Wallet
    clock: Callable[[], float]
    broker: Broker
    lease: Lease
    throttle: Throttle
    rates: Rates
    allowance: Allowance
    # Of invoices for refunds, at the addresses that customers name.
    payees: LnurlServices
    presence: Presence = field(default_factory=Presence)
    unwritten: Unwritten = field(default_factory=Unwritten)
    single_flight: SingleFlight = field(default_factory=SingleFlight)
    latest: Latest = field(default_factory=Latest)
    turns: Turns = field(default_factory=Turns)
    ceiling: Ceiling = field(default_factory=Ceiling)
    metrics: Metrics = field(default_factory=Unwatched)
    keep_time: Callable[[], None] = _goes_by_itself
    printer: Printer | None = None
    # Of cards, where the shop takes them.
    issuers: LnurlServices | None = None
    # To look through many sales.
    looking: Turnstile = field(default_factory=lambda: Turnstile(2, patience=10))
    # To have a password looked at: it takes a core for a while.
    hashing: Turnstile = field(default_factory=lambda: Turnstile(1, patience=5))
    # The same for the shop's own devices, for PINs, too: in a line of their own, that no stranger stands in.
    hashing_at_devices: Turnstile = field(default_factory=lambda: Turnstile(1, patience=5))
    # To ask for an invoice at a face that is open to strangers.
    lines: Mapping[Channel, Line] = field(default_factory=_lines)

    def now(self) -> int:
        """Return the server's time in whole unix seconds."""
        return int(self.clock())

    def local_time(self, at: int) -> datetime:
        """Return a time (unix seconds) as the shop's clock on the wall shows it."""
        return datetime.fromtimestamp(at, self.settings.timezone)

    def day(self, at: int) -> date:
        """Return the day of the shop that a time (unix seconds) belongs to."""
        return day_of(at, self.settings.day_ends, self.settings.timezone)

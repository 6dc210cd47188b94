"""The rate of the market, and for how long one is good: asked for seldom, never an old one."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from threading import Lock, Thread
from time import monotonic

from pos.domain.rate import Rate, less_spread
from pos.rates.base import NoRate, Report

log = logging.getLogger(__name__)

# Seconds. From then on a rate is asked for again while the old one still serves; after FRESH nothing is sold at it.
YOUNG = 60
FRESH = 5 * 60
# A network that is dead must not cost each page the sources' deadline.
RETRY_AFTER = 10


def _in_a_thread(action: Callable[[], None]) -> None:
    Thread(target=action, name="rate", daemon=True).start()


@dataclass(frozen=True, slots=True)
class _Heard:
    rate: Rate
    since: float


@dataclass(frozen=True, slots=True)
class _Failure:
    reason: str
    since: float


class CachedRates:
    """The median of what sources say, less the shop's spread (percent).

    `fetch` asks them all; `clock` gives unix seconds; `running` gives seconds of a clock that nobody sets.
    `behind` does something while the caller goes on.
    """

    def __init__(
        self,
        currency: str,
        fetch: Callable[[], Report],
        spread: Decimal,
        clock: Callable[[], float],
        running: Callable[[], float] = monotonic,
        behind: Callable[[Callable[[], None]], object] = _in_a_thread,
    ) -> None:
        self.currency = currency
        self._fetch = fetch
        self._spread = spread
        self._clock = clock
        self._running = running
        self._behind = behind
        self._asking = Lock()
        self._heard: _Heard | None = None
        self._failure: _Failure | None = None

    def rate(self) -> Rate:
        """Return a fresh rate, asking for it only where there is none. Raises NoRate."""
        heard = self._heard
        if heard is None or self._age(heard) >= FRESH:
            return self._wait()
        if self._age(heard) >= YOUNG:
            self._renew_beside()
        return heard.rate

    def at_hand(self) -> Rate | None:
        """Return a fresh rate; meanwhile, where there is none, it is asked for.

        Whoever is the first to want one after a quiet hour waits for it: the sources answer, as far as anybody knows.
        """
        heard = self._heard
        if heard is not None and self._age(heard) < FRESH:
            return self.rate()
        if self._failure is None or self._running() - self._failure.since >= FRESH:
            return self._rate_or_none()
        self._renew_beside()
        return None

    def report(self) -> Report:
        """Ask every source now."""
        return self._fetch()

    def _wait(self) -> Rate:
        with self._asking:
            heard = self._heard
            # Who had to wait finds what the one before has brought.
            if heard is not None and self._age(heard) < FRESH:
                return heard.rate
            return self._ask()

    def _rate_or_none(self) -> Rate | None:
        try:
            return self._wait()
        except NoRate:
            return None

    def _renew_beside(self) -> None:
        if self._asking.locked():
            return
        try:
            self._behind(self._renew)
        except RuntimeError as error:
            # There is no thread to be had. Whoever called goes on with what there is, and the next one asks again.
            log.warning("rate: it is not asked for: %s", error)

    def _renew(self) -> None:
        with self._asking:
            # Several pages may have come here before the first of them had the lock.
            if self._heard is None or self._age(self._heard) >= YOUNG:
                try:
                    self._ask()
                except NoRate:
                    # Logged where they were asked; what was heard before serves on, as long as it is fresh.
                    return

    def _ask(self) -> Rate:
        if self._failure and self._running() - self._failure.since < RETRY_AFTER:
            raise NoRate(self._failure.reason)
        at, since = int(self._clock()), self._running()
        report = self._fetch()
        if not report.used:
            reason = "; ".join(str(each) for each in report.ignored)
            self._failure = _Failure(reason, self._running())
            raise NoRate(reason)
        price = less_spread(report.price, self._spread)
        rate = Rate(self.currency, price, at, tuple(said.source for said in report.used))
        self._heard = _Heard(rate, since)
        return rate

    def _age(self, heard: _Heard) -> float:
        """Return the age in seconds: what the one clock says, or the other, whichever is more.

        The shop's clock may be set back; the running one stands still while the machine sleeps.
        """
        return max(self._running() - heard.since, self._clock() - heard.rate.at)

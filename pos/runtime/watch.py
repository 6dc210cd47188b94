"""The watch: asks the wallet about every charge that is not paid, when it is due, whether or not anybody looks at it.

Each server process runs one, and writes down what its screens look at. Only the one that holds the lease asks.
"""

import heapq
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import inf
from threading import Lock, Thread
from time import monotonic

from pos.domain.due import LOOKED_AT_FOR, WATCHED_FOR, Unpaid, interval
from pos.runtime.throttle import LONGEST_PAUSE
from pos.services.settle import settle
from pos.shop import Shop
from pos.store import StoreError
from pos.wallets.base import WalletError

log = logging.getLogger(__name__)

# Seconds.
TICK = 0.2
_READ_EVERY = 1.0
# A wallet that hangs is asked again meanwhile, as an answer to the next question may come before its own time is up.
_HANGS_AFTER = 3.0
# So many seconds' worth of questions may hang; from then on it is asked as rarely as one that fails.
_HANGING = 4
# Somebody stands before a screen: its wait counts so many times.
_SCREEN = 3
# What the book is read for lies this much further back than what is watched: the clock of this host may be wrong.
_DOUBT = 2 * WATCHED_FOR


def in_a_thread(action: Callable[[], None]) -> None:
    """Do something beside everything else; under gevent a thread is a greenlet."""
    Thread(target=action, name="look-up", daemon=True).start()


@dataclass(slots=True)
class _Case:
    """A charge and what this process knows of it, by its own running clock: nobody can set that."""

    charge: Unpaid
    looked_at: float
    asked_at: float
    every: float = inf
    weight: int = 1

    @property
    def due_at(self) -> float:
        return self.asked_at + self.every


@dataclass(frozen=True, slots=True)
class _Flight:
    """A question that is under way."""

    charge_id: str
    began: float


class Watch:
    """One process's part in the watch. `running` gives seconds that only go forward."""

    def __init__(
        self,
        shop: Shop,
        *,
        lead: bool = True,
        running: Callable[[], float] = monotonic,
        beside: Callable[[Callable[[], None]], None] = in_a_thread,
    ) -> None:
        self._shop = shop
        self._lead = lead
        self._running = running
        self._beside = beside
        self._lock = Lock()
        self._cases: dict[str, _Case] = {}
        self._read_at = -inf
        self._asked_at = -inf
        self._under_way: list[_Flight] = []

    def run(self, goes_on: Callable[[], bool], rest: Callable[[float], object] = time.sleep) -> None:
        """Watch as long as the process goes on, whatever happens to the book or the wallet meanwhile.

        It rests so many seconds between two looks, or less, where the end of the process wakes it.
        In the end its screens are sent to another process, and so is the lease.
        """
        failing = False
        while goes_on():
            try:
                self.tick()
                failing = False
            except StoreError as error:
                if not failing:
                    log.error("the watch cannot use the book, and goes on trying: %s", error)
                failing = True
            except Exception:
                # Whatever is wrong with us, nothing is worse than to stop looking.
                if not failing:
                    log.exception("the watch stumbled, and goes on")
                failing = True
            rest(TICK)
        self._shop.broker.close()
        self.stop()

    def stop(self) -> None:
        """Leave the lease to another process."""
        try:
            self._shop.lease.give_up()
        except StoreError as error:
            log.warning("the lease was not given up, and ends by itself: %s", error)

    def tick(self) -> None:
        """Do what is to be done now. Raises StoreError."""
        looked = self._shop.presence.take(self._shop.broker.waiting(), self._running())
        if looked:
            self._shop.store.look(looked)
        self._shop.lease.keep(lead=self._lead)
        if self._shop.lease.mine:
            self._lead_now()
        else:
            self._cases, self._read_at = {}, -inf
            self._shop.metrics.lag(0)
        self._shop.metrics.screens(self._shop.broker.subscriber_count)

    @property
    def lag(self) -> float:
        """Tell by how many seconds the charge that has waited longest is overdue; 0 where another process leads."""
        now = self._running()
        late = (now - case.due_at for case in self._cases.values() if case.asked_at > -inf)
        return max(0.0, max(late, default=0.0))

    def _lead_now(self) -> None:
        try:
            self._ask_what_is_due()
        except Exception:
            # Who leads and does not ask is worse than nobody, as everybody relies on it.
            self.stop()
            raise

    def _ask_what_is_due(self) -> None:
        if self._running() - self._read_at >= _READ_EVERY:
            self._read()
        for case in self._due():
            now = self._running()
            if self._is_hanging(now) or not self._shop.throttle.may_ask():
                return
            self._asked_at = case.asked_at = now
            self._launch(_Flight(case.charge.id, now))

    def _read(self) -> None:
        wall = self._shop.now()
        unpaid = self._shop.store.unpaid(wall - WATCHED_FOR - _DOUBT)
        now, first = self._running(), self._read_at == -inf
        before, self._cases, self._read_at = self._cases, {}, now
        for charge in unpaid:
            case = before.get(charge.id) or self._new_case(charge, now, first=first)
            if charge.looks != case.charge.looks:
                case.looked_at, case.charge = now, charge
            alone = now - case.looked_at
            case.every = interval(charge, wall, alone)
            case.weight = _SCREEN if alone <= LOOKED_AT_FOR else 1
            self._cases[charge.id] = case
        self._shop.metrics.lag(self.lag)

    def _new_case(self, charge: Unpaid, now: float, *, first: bool) -> _Case:
        """Take up a charge. A new one is about to be shown; of those that were there before, the screens will tell.

        Those wait like any other, so that no long list of old ones goes before a screen.
        """
        if not first:
            return _Case(charge, looked_at=now, asked_at=-inf)
        return _Case(charge, looked_at=-inf, asked_at=now - interval(charge, self._shop.now(), inf))

    def _due(self) -> list[_Case]:
        """Return the most urgent of what is due: what was never asked about, then what waits for the longest.

        The wait is counted in its own intervals, so that with too little budget all are asked more rarely alike. Of
        equals the newest goes first: somebody stands before it.
        """
        now = self._running()
        with self._lock:
            busy = {flight.charge_id for flight in self._under_way if now - flight.began < _HANGS_AFTER}
        due = (case for case in self._cases.values() if case.due_at <= now and case.charge.id not in busy)
        return heapq.nlargest(
            self._shop.settings.watch_budget,
            due,
            key=lambda it: (it.weight * (now - it.asked_at) / it.every, it.charge.created_at),
        )

    def _is_hanging(self, now: float) -> bool:
        with self._lock:
            hanging = sum(now - flight.began >= _HANGS_AFTER for flight in self._under_way)
        return hanging >= _HANGING * self._shop.settings.watch_budget and now - self._asked_at < LONGEST_PAUSE

    def _launch(self, flight: _Flight) -> None:
        with self._lock:
            self._under_way.append(flight)
        try:
            self._beside(partial(self._fly, flight))
        except BaseException:
            self._land(flight)
            raise

    def _fly(self, flight: _Flight) -> None:
        try:
            charge = self._shop.store.get(flight.charge_id)
            if charge:
                settle(self._shop, charge)
        except WalletError as error:
            name = type(error).__name__
            log.warning("charge %s: the wallet could not be asked: %s: %s", flight.charge_id, name, error)
        except StoreError as error:
            log.error("charge %s: the book failed: %s", flight.charge_id, error)
        finally:
            self._land(flight)

    def _land(self, flight: _Flight) -> None:
        with self._lock:
            self._under_way.remove(flight)

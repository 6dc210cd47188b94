"""The watch: asks the wallet about every charge that is not paid, when it is due, whether or not anybody looks at it.

Each server process runs one, and writes down what its screens look at. Only the one that holds the lease asks.
"""

import logging
import time
from collections.abc import Callable
from functools import partial
from threading import Lock, Thread
from time import monotonic

from pos.domain.due import WATCHED_FOR, Unpaid, interval
from pos.services.calls import Calls
from pos.services.settle import settle
from pos.shop import Shop
from pos.store import StoreError
from pos.wallets.base import WalletBusy, WalletError

log = logging.getLogger(__name__)

# Seconds.
TICK = 0.2
_READ_EVERY = 1.0
# A wallet that hangs is asked again meanwhile, as an answer to the next question may come before its own time is up.
_HANGS_AFTER = 3.0
# Look-ups under way at once, for each that may begin in a second.
_UNDER_WAY = 4


def in_a_thread(action: Callable[[], None]) -> None:
    """Do something beside everything else; under gevent a thread is a greenlet."""
    Thread(target=action, name="look-up", daemon=True).start()


class Watch:
    """One process's part in the watch. `clock` gives seconds that only go forward: nobody can set it."""

    def __init__(
        self,
        shop: Shop,
        *,
        lead: bool = True,
        clock: Callable[[], float] = monotonic,
        beside: Callable[[Callable[[], None]], None] = in_a_thread,
    ) -> None:
        self._shop = shop
        self._lead = lead
        self._clock = clock
        self._beside = beside
        self._calls = Calls(shop.config.watch_budget)
        self._lock = Lock()
        self._unpaid: list[Unpaid] = []
        self._read_at = float("-inf")
        # By charge: when it was last asked about, and when the look-ups began that are under way.
        self._asked: dict[str, float] = {}
        self._under_way: list[tuple[str, float]] = []

    def run(self, goes_on: Callable[[], bool]) -> None:
        """Watch as long as the process goes on, whatever happens to the book or the wallet meanwhile."""
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
                log.exception("the watch stumbled, and goes on")
            time.sleep(TICK)
        self.stop()

    def stop(self) -> None:
        """Leave the lease to another process."""
        try:
            self._shop.lease.give_up()
        except StoreError as error:
            log.warning("the lease was not given up, and ends by itself: %s", error)

    def tick(self) -> None:
        """Do what is to be done now. Raises StoreError."""
        now = self._clock()
        looked = self._shop.looks.take(self._shop.feed.waiting(), now)
        if looked:
            self._shop.store.look(looked, self._shop.now())
        self._shop.lease.keep(lead=self._lead)
        if self._shop.lease.mine:
            self._ask_what_is_due(now)
        self._shop.metrics.screens(self._shop.feed.open_screens)
        self._shop.metrics.lag(self.lag if self._shop.lease.mine else 0)

    @property
    def lag(self) -> float:
        """Tell by how many seconds the charge that has waited longest is overdue."""
        now, wall = self._clock(), self._shop.now()
        asked = [charge for charge in self._unpaid if charge.id in self._asked]
        return max((now - self._asked[charge.id] - interval(charge, wall) for charge in asked), default=0.0)

    def _ask_what_is_due(self, now: float) -> None:
        if now - self._read_at >= _READ_EVERY:
            self._read(now)
        for charge in self._due(now):
            if len(self._under_way) >= _UNDER_WAY * self._shop.config.watch_budget or not self._calls.may_ask(now):
                return
            self._asked[charge.id] = now
            flight = (charge.id, now)
            with self._lock:
                self._under_way.append(flight)
            self._beside(partial(self._ask, flight))

    def _read(self, now: float) -> None:
        self._unpaid = self._shop.store.unpaid(self._shop.now() - WATCHED_FOR)
        self._read_at = now
        known = {charge.id for charge in self._unpaid}
        self._asked = {charge_id: at for charge_id, at in self._asked.items() if charge_id in known}

    def _due(self, now: float) -> list[Unpaid]:
        """Return what is due, the most urgent first: what was never asked about, then what waits for the longest.

        The wait is counted in its own intervals, so that with too little budget all are asked more rarely alike. Of
        equals the newest goes first: somebody stands before it.
        """
        wall = self._shop.now()
        never = float("-inf")
        hurry = [((now - self._asked.get(it.id, never)) / interval(it, wall), it) for it in self._unpaid]
        with self._lock:
            busy = {charge_id for charge_id, began in self._under_way if now - began < _HANGS_AFTER}
        due = [(wait, charge) for wait, charge in hurry if wait >= 1 and charge.id not in busy]
        due.sort(key=lambda it: (it[0], it[1].created_at), reverse=True)
        return [charge for _, charge in due]

    def _ask(self, flight: tuple[str, float]) -> None:
        charge_id, _ = flight
        try:
            charge = self._shop.store.get(charge_id)
            if charge and not charge.payment:
                settle(self._shop, charge)
                self._calls.answered()
        except WalletBusy as error:
            log.warning("the wallet is busy for %d s", error.retry_after)
            self._calls.leave_alone(self._clock(), error.retry_after)
        except WalletError as error:
            log.warning("charge %s: the wallet could not be asked: %s: %s", charge_id, type(error).__name__, error)
            self._calls.failed(self._clock())
        except StoreError as error:
            log.error("charge %s: the book failed: %s", charge_id, error)
        finally:
            with self._lock:
                self._under_way.remove(flight)

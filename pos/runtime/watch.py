"""The watch: asks the wallet about every charge that is not paid, when it is due, whether or not anybody looks at it.

Each server process runs one, and writes down what its screens look at. Only the one that holds the lease asks.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import inf
from threading import Lock, Thread
from time import monotonic

from pos.domain.due import SOUGHT_FOR, WATCHED_FOR
from pos.runtime.broker import Broker
from pos.runtime.leader import Lease
from pos.runtime.listener import Listener
from pos.runtime.loop import keep_going
from pos.runtime.metrics import Metrics
from pos.runtime.presence import Presence
from pos.runtime.schedule import Schedule
from pos.runtime.throttle import LONGEST_PAUSE, Throttle
from pos.store import Store, StoreError

log = logging.getLogger(__name__)

# Seconds.
TICK = 0.2
_READ_EVERY = 1.0
# A wallet that hangs is asked again meanwhile, as an answer to the next question may come before its own time is up.
_HANGS_AFTER = 3.0
# So many seconds' worth of questions may hang; from then on it is asked as rarely as one that fails.
_HANGING = 4
# What the database is read for lies this much further back than what is watched: the clock of this host may be wrong.
_DOUBT = 2 * WATCHED_FOR


# Where strangers have left a long list of what nobody will pay, all of it is read only so often that it takes a
# fiftieth of the time; in between what expired within so many seconds, or is looked at.
_SHARE = 50
_LATELY = 900


def in_a_thread(action: Callable[[], None]) -> None:
    """Do something beside everything else; under gevent a thread is a greenlet."""
    Thread(target=action, name="beside-the-watch", daemon=True).start()


@dataclass(frozen=True, slots=True)
class _Question:
    """One that is under way."""

    charge_id: str
    began: float


class Watch:
    """One process's part in the watch.

    `ask` asks the `wallet` of that identity about a charge, by its id, and records the answer. `now` gives whole unix
    seconds, and `keep_time` keeps them right; `running` gives seconds that only go forward. `beside` does something
    while the caller goes on. The `listener` listens while this process leads.
    """

    def __init__(
        self,
        ask: Callable[[str], None],
        *,
        wallet: str,
        store: Store,
        broker: Broker,
        presence: Presence,
        lease: Lease,
        throttle: Throttle,
        metrics: Metrics,
        now: Callable[[], int],
        keep_time: Callable[[], None],
        lead: bool = True,
        running: Callable[[], float] = monotonic,
        beside: Callable[[Callable[[], None]], None] = in_a_thread,
        listener: Listener | None = None,
    ) -> None:
        self._ask = ask
        self._wallet = wallet
        self._store = store
        self._broker = broker
        self._presence = presence
        self._lease = lease
        self._throttle = throttle
        self._metrics = metrics
        self._now = now
        self._keep_time = keep_time
        self._lead = lead
        self._running = running
        self._beside = beside
        self._listener = listener
        self._lock = Lock()
        self._schedule = Schedule()
        self._asked_at = -inf
        self._under_way: list[_Question] = []
        self._looked: set[str] = set()
        self._read_all_at = -inf

    def run(self, is_over: Callable[[float], bool]) -> None:
        """Watch until the process ends, whatever happens to the database or the wallet meanwhile.

        `is_over` waits for the end, at most so many seconds, and tells whether it has come, as the `wait` of an Event
        does. In the end its screens are sent to another process, and so is the lease.
        """
        keep_going("the watch", self.tick, TICK, is_over)
        self._broker.close()
        self.stop()

    def stop(self) -> None:
        """Leave the lease to another process."""
        if self._listener:
            self._listener.stop()
        try:
            self._lease.give_up()
        except StoreError as error:
            log.warning("the lease was not given up, and ends by itself: %s", error)

    def tick(self) -> None:
        """Do what is to be done now. Raises StoreError."""
        try:
            self._watch()
        finally:
            # Whatever fails: who cannot keep the lease leads no more after a while, and another one listens.
            if self._listener:
                self._listener.keep(leads=self._lease.mine)

    @property
    def lag(self) -> float:
        """Tell by how many seconds the charge that has waited longest is overdue; 0 where another process leads."""
        return self._schedule.lag(self._running())

    def _watch(self) -> None:
        self._keep_time()
        looked = self._presence.take(self._broker.waiting(), self._running())
        self._looked |= looked
        if looked:
            self._store.look(looked)
        self._lease.keep(lead=self._lead)
        if self._lease.mine:
            self._lead_now()
        else:
            self._schedule, self._read_all_at = Schedule(), -inf
            self._metrics.lag(0)
        self._metrics.screens(self._broker.subscriber_count)

    def _lead_now(self) -> None:
        try:
            self._ask_what_is_due()
        except Exception:
            # Who leads and does not ask is worse than nobody, as everybody relies on it.
            self.stop()
            raise

    def _ask_what_is_due(self) -> None:
        if self._running() - self._schedule.updated_at >= _READ_EVERY:
            self._read()
        for case in self._schedule.due(self._running(), self._busy(), self._throttle.per_second):
            now = self._running()
            if self._is_hanging(now) or not self._throttle.may_ask():
                return
            self._asked_at = now
            self._schedule.asked(case, now)
            self._start(_Question(case.charge.id, now))

    def _read(self) -> None:
        wall, began = self._now(), self._running()
        looked, self._looked = self._looked, set()
        if began >= self._read_all_at:
            since = wall - WATCHED_FOR - _DOUBT
            unpaid = self._store.unpaid(self._wallet, since)
            unpaid += self._store.unheard(self._wallet, wall - SOUGHT_FOR - _DOUBT, since)
            unpaid += self._store.unpaid_among(self._wallet, looked)
            self._schedule.update(unpaid, self._running(), wall)
            self._read_all_at = began + _SHARE * (self._running() - began)
        else:
            expires_after = wall - _LATELY
            unpaid = self._store.unpaid(self._wallet, expires_after)
            unpaid += self._store.unpaid_among(self._wallet, looked)
            self._schedule.update(unpaid, self._running(), wall, expires_after)
        self._metrics.lag(self.lag)

    def _busy(self) -> set[str]:
        """Return the charges about which there is a question that does not hang yet."""
        now = self._running()
        with self._lock:
            return {question.charge_id for question in self._under_way if now - question.began < _HANGS_AFTER}

    def _is_hanging(self, now: float) -> bool:
        with self._lock:
            hanging = sum(now - question.began >= _HANGS_AFTER for question in self._under_way)
        return hanging >= _HANGING * self._throttle.per_second and now - self._asked_at < LONGEST_PAUSE

    def _start(self, question: _Question) -> None:
        with self._lock:
            self._under_way.append(question)
        try:
            self._beside(partial(self._ask_and_end, question))
        except BaseException:
            self._end(question)
            raise

    def _ask_and_end(self, question: _Question) -> None:
        try:
            self._ask(question.charge_id)
        finally:
            self._end(question)

    def _end(self, question: _Question) -> None:
        with self._lock:
            self._under_way.remove(question)

"""The broker: screens subscribe here to news of a charge. A push is a hint to look, and who gets it asks the database.

`publish` wakes the subscribers of this process at once. What other processes write comes by way of the database, which
is asked only while somebody waits.
"""

import logging
from collections.abc import Collection
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Self

from pos.store import Store, StoreError

log = logging.getLogger(__name__)

# More than one charge has screens: the till's, the customer's, and those that a page left behind.
MOST_OF_ONE_CHARGE = 20
# Seconds.
_LISTEN_FOR = 1.0


class Subscriber:
    """A screen that waits for one charge, from entering to leaving. Small, as thousands may wait."""

    __slots__ = ("_broker", "_silence", "charge_id")

    def __init__(self, broker: "Broker", charge_id: str) -> None:
        self._broker = broker
        self._silence = Lock()
        self._silence.acquire()
        self.charge_id = charge_id

    def __enter__(self) -> Self:
        self._broker.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._broker.remove(self)

    def wake(self) -> None:
        """Wake whoever waits, or the next to wait; once, however often it is called meanwhile."""
        # Somebody else may do so in the same moment.
        with suppress(RuntimeError):
            self._silence.release()

    def wait(self, seconds: float) -> bool:
        """Wait for news, and at most so many seconds. Tell whether there may be some."""
        self._broker.listen()
        return self._silence.acquire(timeout=seconds)


class Broker:
    """The subscribers of this process that wait, by the charge that they wait for.

    A book that could not be listened to is tried again after a `pause`, in seconds.
    """

    def __init__(self, store: Store, pause: float = 0.5) -> None:
        self._store = store
        self._pause = pause
        self._lock = Lock()
        self._subscribers: dict[str, tuple[Subscriber, ...]] = {}
        self._listening = False
        self._closed = Event()

    def subscribe(self, charge_id: str) -> Subscriber:
        """Return what hears of a charge. Read the database after entering it, not before."""
        return Subscriber(self, charge_id)

    def add(self, subscriber: Subscriber) -> None:
        """Let a subscriber hear of its charge from now on."""
        with self._lock:
            self._subscribers[subscriber.charge_id] = (*self._subscribers.get(subscriber.charge_id, ()), subscriber)

    def remove(self, subscriber: Subscriber) -> None:
        """Forget a subscriber."""
        with self._lock:
            self._forget(subscriber)

    def listen(self) -> None:
        """See that somebody listens to what other processes write, from when the first waits on."""
        with self._lock:
            if not self._listening:
                Thread(target=self._listen, name="broker", daemon=True).start()
                self._listening = True

    def publish(self, charge_id: str) -> None:
        """Wake the subscribers that wait for a charge. Only for the caller whose UPDATE changed its row."""
        with self._lock:
            subscribers = self._subscribers.get(charge_id, ())
        for subscriber in subscribers:
            subscriber.wake()

    def is_full(self, charge_id: str) -> bool:
        """Tell whether as many wait for a charge as may: whoever comes then has to ask now and then instead."""
        with self._lock:
            return len(self._subscribers.get(charge_id, ())) >= MOST_OF_ONE_CHARGE

    def waiting(self) -> Collection[str]:
        """Return the charges that subscribers of this process wait for."""
        with self._lock:
            return list(self._subscribers)

    @property
    def subscriber_count(self) -> int:
        """Tell how many screens of this process wait."""
        with self._lock:
            return sum(map(len, self._subscribers.values()))

    @property
    def closed(self) -> bool:
        """Tell whether the process is about to end: its screens have to find another."""
        return self._closed.is_set()

    def close(self) -> None:
        """Send every subscriber away."""
        self._closed.set()
        for charge_id in self.waiting():
            self.publish(charge_id)

    def _forget(self, subscriber: Subscriber) -> None:
        left = tuple(other for other in self._subscribers[subscriber.charge_id] if other is not subscriber)
        if left:
            self._subscribers[subscriber.charge_id] = left
        else:
            del self._subscribers[subscriber.charge_id]

    def _listen(self) -> None:
        """Listen until nobody waits; the next to come starts another one."""
        while True:
            try:
                with self._store.listen() as wait:
                    told: set[tuple[str, bool]] = set()
                    while self._is_wanted():
                        told = self._tell(told)
                        wait(_LISTEN_FOR)
                    return
            except StoreError as error:
                log.warning("the database cannot be listened to: %s", error)
            except Exception:
                # Whatever is wrong with us, screens that hear nothing would be worse.
                log.exception("the broker stumbled, and goes on")
            self._closed.wait(self._pause)
            if not self._is_wanted():
                return

    def _is_wanted(self) -> bool:
        with self._lock:
            self._listening = bool(self._subscribers) and not self.closed
            return self._listening

    def _tell(self, told: set[tuple[str, bool]]) -> set[tuple[str, bool]]:
        """Wake the subscribers of charges that are paid or cancelled, once; whoever comes later reads so for himself.

        What was cancelled may still be paid, and that is news again.
        """
        waiting = set(self.waiting())
        ended = self._store.ended_among([it for it in waiting if (it, True) not in told])
        for charge_id, _ in ended - told:
            self.publish(charge_id)
        return {(charge_id, paid) for charge_id, paid in told | ended if charge_id in waiting}

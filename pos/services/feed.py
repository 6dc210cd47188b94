"""The feed: screens wait here for news of a charge. A push is a hint to look, and whoever gets it reads the book.

`publish` wakes the screens of this process at once. What other processes write comes by way of the database, which is
asked only while somebody waits.
"""

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread

from pos.store import Store, StoreError

log = logging.getLogger(__name__)

# Seconds.
_LISTEN_FOR = 1.0
_PAUSE = 0.5


class Feed:
    """The screens of this process that wait, by the charge that they wait for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._screens: dict[str, set[Event]] = {}
        self._listening = False
        self._closed = Event()

    @contextmanager
    def screen(self, charge_id: str) -> Iterator[Event]:
        """Wait for one charge: the event is set when there may be news. Read the book after entering, not before."""
        event = Event()
        try:
            with self._lock:
                self._screens.setdefault(charge_id, set()).add(event)
                if not self._listening:
                    Thread(target=self._listen, name="feed", daemon=True).start()
                    self._listening = True
            yield event
        finally:
            with self._lock:
                self._screens[charge_id].discard(event)
                if not self._screens[charge_id]:
                    del self._screens[charge_id]

    def publish(self, charge_id: str) -> None:
        """Wake the screens that wait for a charge. Only for the caller whose UPDATE changed its row."""
        with self._lock:
            events = list(self._screens.get(charge_id, ()))
        for event in events:
            event.set()

    def waiting(self) -> Collection[str]:
        """Return the charges that screens of this process wait for."""
        with self._lock:
            return list(self._screens)

    @property
    def open_screens(self) -> int:
        """Tell how many screens of this process wait."""
        with self._lock:
            return sum(map(len, self._screens.values()))

    @property
    def closed(self) -> bool:
        """Tell whether the process is about to end: its screens have to find another."""
        return self._closed.is_set()

    def close(self) -> None:
        """Send every screen away."""
        self._closed.set()
        for charge_id in self.waiting():
            self.publish(charge_id)

    def _listen(self) -> None:
        """Listen until nobody waits; the next to come starts another one."""
        while True:
            try:
                with self._store.listen() as wait:
                    told: set[str] = set()
                    while self._is_wanted():
                        told = self._tell(told)
                        wait(_LISTEN_FOR)
                    return
            except StoreError as error:
                log.warning("the book cannot be listened to: %s", error)
            except Exception:
                # Whatever is wrong with us, screens that hear nothing would be worse.
                log.exception("the feed stumbled, and goes on")
            self._closed.wait(_PAUSE)
            if not self._is_wanted():
                return

    def _is_wanted(self) -> bool:
        with self._lock:
            self._listening = bool(self._screens) and not self.closed
            return self._listening

    def _tell(self, told: set[str]) -> set[str]:
        """Wake the screens of charges that are paid, once; whoever comes later reads so for himself."""
        waiting = set(self.waiting())
        paid = set(self._store.paid_among(waiting - told))
        for charge_id in paid:
            self.publish(charge_id)
        return told & waiting | paid

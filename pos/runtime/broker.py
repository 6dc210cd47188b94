"""The feed: screens wait here for news of a charge. A push is a hint to look, and whoever gets it reads the book.

`publish` wakes the screens of this process at once. What other processes write comes by way of the database, which is
asked only while somebody waits.
"""

import logging
from collections.abc import Collection
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Self

from pos.store import Store, StoreError

log = logging.getLogger(__name__)

# Seconds.
_LISTEN_FOR = 1.0
_PAUSE = 0.5


class Screen:
    """What waits for one charge, from entering to leaving. Small, as thousands may wait."""

    __slots__ = ("_feed", "_silence", "charge_id")

    def __init__(self, feed: "Feed", charge_id: str) -> None:
        self._feed = feed
        self._silence = Lock()
        self._silence.acquire()
        self.charge_id = charge_id

    def __enter__(self) -> Self:
        self._feed.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._feed.remove(self)

    def wake(self) -> None:
        """Wake whoever waits, or the next to wait; once, however often it is called meanwhile."""
        # Somebody else may do so in the same moment.
        with suppress(RuntimeError):
            self._silence.release()

    def wait(self, seconds: float) -> bool:
        """Wait for news, and at most so many seconds. Tell whether there may be some."""
        return self._silence.acquire(timeout=seconds)


class Feed:
    """The screens of this process that wait, by the charge that they wait for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._screens: dict[str, tuple[Screen, ...]] = {}
        self._listening = False
        self._closed = Event()

    def screen(self, charge_id: str) -> Screen:
        """Return what waits for a charge. Read the book after entering it, not before."""
        return Screen(self, charge_id)

    def add(self, screen: Screen) -> None:
        """Let a screen hear of its charge from now on."""
        with self._lock:
            self._screens[screen.charge_id] = (*self._screens.get(screen.charge_id, ()), screen)
            if self._listening:
                return
            try:
                Thread(target=self._listen, name="feed", daemon=True).start()
            except RuntimeError:
                self._forget(screen)
                raise
            self._listening = True

    def remove(self, screen: Screen) -> None:
        """Forget a screen."""
        with self._lock:
            self._forget(screen)

    def publish(self, charge_id: str) -> None:
        """Wake the screens that wait for a charge. Only for the caller whose UPDATE changed its row."""
        with self._lock:
            screens = self._screens.get(charge_id, ())
        for screen in screens:
            screen.wake()

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

    def _forget(self, screen: Screen) -> None:
        left = tuple(other for other in self._screens[screen.charge_id] if other is not screen)
        if left:
            self._screens[screen.charge_id] = left
        else:
            del self._screens[screen.charge_id]

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

    def _tell(self, told: set[tuple[str, bool]]) -> set[tuple[str, bool]]:
        """Wake the screens of charges that are paid or cancelled, once; whoever comes later reads so for himself.

        What was cancelled may still be paid, and that is news again.
        """
        waiting = set(self.waiting())
        ended = self._store.ended_among([it for it in waiting if (it, True) not in told])
        for charge_id, _ in ended - told:
            self.publish(charge_id)
        return {(charge_id, paid) for charge_id, paid in told | ended if charge_id in waiting}

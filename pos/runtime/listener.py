"""Listening to a wallet that itself tells what may have been paid. The watch asks about every charge all the same."""

import logging
from collections.abc import Callable
from functools import partial
from math import inf
from threading import Event
from time import monotonic

from pos.wallets.base import WalletError

log = logging.getLogger(__name__)

# Seconds until one who failed listens again: from the first on twice as long each time, up to the longest.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


class Listener:
    """Listens in one thread at most, as a wallet is to have one connection.

    `listen` blocks until the event that it is given is set, or raises WalletError. `running` gives seconds that only go
    forward. `beside` does something while the caller goes on.
    """

    def __init__(
        self,
        listen: Callable[[Event], None],
        beside: Callable[[Callable[[], None]], None],
        running: Callable[[], float] = monotonic,
    ) -> None:
        self._listen = listen
        self._beside = beside
        self._running = running
        self._stop: Event | None = None
        self._pause = 0.0
        self._not_before = -inf
        # What was said last of why it fails: a wallet that never takes a listener would fill the log, once a minute.
        self._told = ""

    def keep(self, *, leads: bool) -> None:
        """See that somebody listens if this process leads, and nobody if it does not. To be called all the time."""
        if not leads:
            self.stop()
        elif self._stop is None and self._running() >= self._not_before:
            self._start()

    def stop(self) -> None:
        """Tell whoever listens to end. Until that has happened nobody else begins."""
        stop = self._stop
        if stop:
            stop.set()

    def _start(self) -> None:
        stop, began = Event(), self._running()
        self._stop = stop
        try:
            self._beside(partial(self._listen_until, stop, began))
        except RuntimeError as error:
            # There is no thread to be had. Whoever called goes on, as the watch is what counts.
            log.warning("the wallet is not listened to: %s", error)
            self._end(stop, began)

    def _listen_until(self, stop: Event, began: float) -> None:
        at_least = 0
        try:
            self._listen(stop)
        except WalletError as error:
            at_least = error.retry_after or 0
            if not stop.is_set() and (self._told != str(error) or self._has_held(began)):
                self._told = str(error)
                log.warning("the wallet could not be listened to: %s", error)
        finally:
            self._end(stop, began, at_least)

    def _end(self, stop: Event, began: float, at_least: float = 0) -> None:
        now = self._running()
        if not stop.is_set():
            longer = min(max(2 * self._pause, FIRST_PAUSE), LONGEST_PAUSE)
            self._pause = FIRST_PAUSE if self._has_held(began) else longer
            self._not_before = now + max(self._pause, at_least)
        # Last of all, as from now on somebody else may begin.
        self._stop = None

    def _has_held(self, began: float) -> bool:
        return self._running() - began >= LONGEST_PAUSE

"""Who may do what takes long: a few at once, and all others wait in line. So no crowd of readers holds up a sale.

Of one process, as it is its turns that are to be had.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock


class Crowded(Exception):
    """Too many want the same at once. What that is, whoever has them wait tells them."""


class Turnstile:
    """Lets so many in `at_once`. All others wait, each for `patience` seconds at most; None: as long as it takes."""

    def __init__(self, at_once: int, patience: float | None) -> None:
        self._patience = patience
        self._lock = Lock()
        self._free = at_once
        self._waiting: deque[Event] = deque()

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return len(self._waiting)

    @contextmanager
    def turn(self, patience: float | None = None) -> Iterator[None]:
        """Wait for a place, with one's own `patience` if there is any, and give it back at the end. Raises Crowded."""
        let_in = self._line_up()
        try:
            if not let_in.wait(self._patience if patience is None else patience):
                raise Crowded
            yield
        finally:
            self._leave(let_in)

    def _line_up(self) -> Event:
        let_in = Event()
        with self._lock:
            if self._free:
                self._free -= 1
                let_in.set()
            else:
                self._waiting.append(let_in)
        return let_in

    def _leave(self, let_in: Event) -> None:
        with self._lock:
            if not let_in.is_set():
                self._waiting.remove(let_in)
            elif self._waiting:
                # Handed on, not laid down: who gives a place back and wants the next one would mostly be quicker.
                self._waiting.popleft().set()
            else:
                self._free += 1

"""Turns of long work: done piece by piece, one piece of all of it at a time, and with as long a rest after each."""

from collections import deque
from collections.abc import Callable
from threading import Event, Lock
from time import monotonic, sleep
from typing import TypeVar

Piece = TypeVar("Piece")


class Turns:
    """Who takes turns here leaves half of the process to all others, however many there are.

    A sale needs many turns of the process, and has none while a piece is made. `rest` waits for so many seconds.
    """

    def __init__(self, rest: Callable[[float], object] = sleep) -> None:
        self._rest = rest
        self._lock = Lock()
        # Whose turn it is, and who comes after. A lock alone would go to who has just had it, again and again.
        self._queue: deque[Event] = deque()

    def take(self, make: Callable[[], Piece]) -> Piece:
        """Make a piece when it is its turn, which goes round, and rest for as long as that took."""
        turn = Event()
        with self._lock:
            self._queue.append(turn)
            self._queue[0].set()
        turn.wait()
        try:
            began = monotonic()
            piece = make()
            self._rest(monotonic() - began)
            return piece
        finally:
            with self._lock:
                self._queue.popleft()
                if self._queue:
                    self._queue[0].set()

"""Turns of long work: done piece by piece, one piece of all of it at a time, and with as long a rest after each."""

from collections.abc import Callable
from time import monotonic, sleep
from typing import TypeVar

from pos.runtime.turnstile import Turnstile

Piece = TypeVar("Piece")


class Turns:
    """Who takes turns here leaves half of the process to all others, however many there are.

    A sale needs many turns of the process, and has none while a piece is made. `rest` waits for so many seconds.
    """

    def __init__(self, rest: Callable[[float], object] = sleep) -> None:
        self._rest = rest
        self._turnstile = Turnstile(1, patience=None)

    def take(self, make: Callable[[], Piece]) -> Piece:
        """Make a piece when it is its turn, which goes round, and rest for as long as that took."""
        with self._turnstile.turn():
            began = monotonic()
            piece = make()
            self._rest(monotonic() - began)
            return piece

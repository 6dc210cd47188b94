"""Strangers stand in line for what costs time, so that a sale of the shop waits for one of them, and not for all.

Of one process, as it is its turns that are to be had.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from pos.runtime.turnstile import Crowded, Turnstile


class Line:
    """Lets one in after the other: the next one when the one before is through, or takes longer than `step` seconds.

    What takes longer waits for somebody far away, and is in nobody's way. At `most` so many stand in line.
    """

    def __init__(self, step: float = 0.25, most: int = 40, turnstile: Turnstile | None = None) -> None:
        self._step = step
        self._most = most
        self._turnstile = turnstile or Turnstile(1, patience=None)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until it is one's turn. Raises Crowded where too many wait already."""
        ahead = self._turnstile.waiting
        if ahead >= self._most:
            raise Crowded
        with ExitStack() as place:
            with suppress(Crowded):
                # Who stands further behind waits longer, or all would go in at the same moment.
                place.enter_context(self._turnstile.turn((ahead + 1) * self._step))
            yield

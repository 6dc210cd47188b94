"""Wrong passwords of late, by whatever they were tried for: each makes the next try wait longer.

Kept in memory, for as many as there is room: a flood pushes out who was wrong longest ago.
"""

from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from threading import Lock
from time import monotonic

# So many are free: fingers slip.
_FREE = 3
# Seconds: the first wait, which doubles with each wrong one, and the longest.
_FIRST, _LONGEST = 2, 60
# Seconds after which wrong ones are forgotten.
_FORGOTTEN_AFTER = 15 * 60
_REMEMBERED = 10_000


class Guesses:
    """Counts wrong ones in a row. `running` gives seconds that only go forward."""

    def __init__(self, running: Callable[[], float] = monotonic) -> None:
        self._running = running
        self._lock = Lock()
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait(self, *asked: str) -> int:
        """Return the seconds until another try is taken for all of these; 0 if it is now."""
        with self._lock:
            return max(map(self._wait, asked), default=0)

    def was_wrong(self, *asked: str) -> None:
        """Count a wrong one for each of these."""
        with self._lock:
            for each in asked:
                self._wrong[each] = (self._times(each) + 1, self._running())
                self._wrong.move_to_end(each)
            while len(self._wrong) > _REMEMBERED:
                self._wrong.popitem(last=False)

    def was_right(self, *asked: str) -> None:
        """Forget the wrong ones of these."""
        with self._lock:
            for each in asked:
                self._wrong.pop(each, None)

    def _times(self, asked: str) -> int:
        times, at = self._wrong.get(asked, (0, 0.0))
        return times if self._running() - at < _FORGOTTEN_AFTER else 0

    def _wait(self, asked: str) -> int:
        times = self._times(asked)
        if times < _FREE:
            return 0
        until = self._wrong[asked][1] + min(_FIRST << (times - _FREE), _LONGEST)
        return max(0, ceil(until - self._running()))

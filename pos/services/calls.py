"""How many questions the wallet is asked: a budget for each second, and patience while it fails."""

import random
from collections import deque
from collections.abc import Callable

# Seconds. Short enough that a wallet that is back is noticed at once, as a customer stands there.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 4.0


class Calls:
    """What may be asked when. Times in seconds of a clock that only goes forward; `per_second` is never exceeded."""

    def __init__(self, per_second: int, jitter: Callable[[float, float], float] = random.uniform) -> None:
        self._last: deque[float] = deque(maxlen=per_second)
        self._jitter = jitter
        self._failures = 0
        self._pause_until = float("-inf")
        self._alone_until = float("-inf")

    def may_ask(self, now: float) -> bool:
        """Tell whether a question may be asked; a yes counts as asked. While the wallet fails, one at a time."""
        full = len(self._last) == self._last.maxlen
        if now < max(self._pause_until, self._alone_until) or (full and now - self._last[0] < 1):
            return False
        self._last.append(now)
        if self._failures > 1:
            self._pause(now)
        return True

    def answered(self) -> None:
        """The wallet is there: whatever was put off may be asked now, unless it wanted to be left alone."""
        self._failures, self._pause_until = 0, float("-inf")

    def failed(self, now: float) -> None:
        """The wallet failed. Once is nothing; from the second time on it is asked more and more rarely."""
        self._failures += 1
        if self._failures > 1:
            self._pause(now)

    def leave_alone(self, now: float, seconds: float) -> None:
        """The wallet said for how long it does not want to be asked."""
        self._alone_until = max(self._alone_until, now + seconds)

    def _pause(self, now: float) -> None:
        # The least of it first, so that a huge number of failures cannot overflow.
        seconds = min(_FIRST_PAUSE * 2 ** min(self._failures - 2, 8), _LONGEST_PAUSE)
        # Not all tills of a wallet that is back knock at the same moment.
        self._pause_until = max(self._pause_until, now + seconds * self._jitter(0.5, 1))

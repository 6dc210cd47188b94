"""How often each visitor may do what costs the shop something. Kept in memory, for as many visitors as there is room.

Our own, as the libraries for it read the clock of the machine and run a thread for each till. What all processes and
hosts have to share is how much is open in all, and that is asked of the database (see services.charge).
"""

from collections import OrderedDict, deque
from collections.abc import Callable
from math import ceil
from threading import Lock
from time import monotonic

# So many times in so many seconds. More than the customers behind one address of a café do, and a party of friends.
LIMITS = ((30, 60), (100, 600))
_REMEMBERED = 10_000


class Allowance:
    """Counts what each visitor did of late. `running` gives seconds that only go forward."""

    def __init__(self, running: Callable[[], float] = monotonic, limits: tuple[tuple[int, int], ...] = LIMITS) -> None:
        self._running = running
        self._limits = limits
        self._most = max(times for times, _ in limits)
        self._lock = Lock()
        self._done_at: OrderedDict[str, deque[float]] = OrderedDict()

    def take(self, visitor: str, lasting: int = 0) -> int:
        """Count one more time, and return 0; or count nothing, and return the seconds until it is allowed again.

        Of what lasts for so many seconds, no more is there at once than the last of the limits allows.
        """
        *short, (most, span) = self._limits
        with self._lock:
            now, done_at = self._running(), self._done_at.setdefault(visitor, deque(maxlen=self._most))
            # Who was here last is forgotten last.
            self._done_at.move_to_end(visitor)
            if len(self._done_at) > _REMEMBERED:
                self._done_at.popitem(last=False)
            waits = [
                done_at[-times] + seconds - now
                for times, seconds in (*short, (most, max(span, lasting)))
                if len(done_at) >= times and done_at[-times] + seconds > now
            ]
            if not waits:
                done_at.append(now)
            return ceil(max(waits, default=0))

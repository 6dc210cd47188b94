"""How often the wallet is asked: a budget for each second, patience while it fails, and no charge twice in a second.

One for all of a process that asks: the watch, pages where nobody watches, webhooks.
"""

import random
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic

from pos.wallets.base import WalletBusy, WalletError

# Seconds between two questions about one charge, however many screens look at it.
SECONDS_BETWEEN = 1.0
# Seconds. Short enough that a wallet that is back is noticed at once, as a customer stands there.
_FIRST_PAUSE, LONGEST_PAUSE = 0.5, 4.0
# Seconds. A wallet that asks for more patience than this is asked again all the same: customers have paid meanwhile.
LONGEST_ALONE = 30.0
_REMEMBERED = 10_000
_NEVER = float("-inf")


class Throttle:
    """What may be asked when. No second has more than `per_second`. `running` gives seconds that only go forward."""

    def __init__(
        self,
        per_second: int,
        running: Callable[[], float] = monotonic,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self.per_second = per_second
        self._running = running
        self._jitter = jitter
        self._lock = Lock()
        self._last: deque[float] = deque(maxlen=per_second)
        self._asked_at: dict[str, float] = {}
        self._failures = 0
        self._answered_at = _NEVER
        self._pause_until = _NEVER
        self._alone_until = _NEVER

    @property
    def left_alone(self) -> bool:
        """Tell whether the wallet said that it does not want to be asked now."""
        return self._running() < self._alone_until

    @property
    def free(self) -> bool:
        """Tell whether a question may be asked now."""
        now = self._running()
        full = len(self._last) == self._last.maxlen
        return not self.left_alone and now >= self._pause_until and not (full and now - self._last[0] < 1)

    def may_ask(self) -> bool:
        """Tell whether a question may be asked now; a yes counts as asked. While the wallet fails, one at a time."""
        with self._lock:
            return self._take()

    def may_ask_about(self, charge_id: str) -> bool:
        """Tell the same of a question about one charge, which may be asked once a second."""
        with self._lock:
            if self._was_just_asked(charge_id) or not self._take():
                return False
            self._note(charge_id)
            return True

    def count(self) -> None:
        """Count a question that is asked whatever the budget, as somebody of the shop waits for the answer."""
        with self._lock:
            self._last.append(self._running())

    def may_follow(self, hint: str) -> bool:
        """Tell whether a hint that money has come may be followed: the same one once a second, whatever the budget."""
        with self._lock:
            if self.left_alone or self._was_just_asked(hint):
                return False
            self._note(hint)
            return True

    @contextmanager
    def question(self) -> Iterator[None]:
        """Learn from how a question to the wallet goes. What it raises goes on to the caller."""
        began = self._running()
        try:
            yield
        except WalletBusy as error:
            self._alone_until = max(self._alone_until, self._running() + min(error.retry_after, LONGEST_ALONE))
            raise
        except WalletError:
            # A question that hung says nothing about a wallet that has answered since.
            if began >= self._answered_at:
                self._failed()
            raise
        # Whatever was put off may be asked now.
        self._answered_at = self._running()
        self._failures, self._pause_until = 0, _NEVER

    def _take(self) -> bool:
        if not self.free:
            return False
        now = self._running()
        self._last.append(now)
        if self._failures > 1:
            self._pause(now)
        return True

    def _was_just_asked(self, about: str) -> bool:
        return self._running() - self._asked_at.get(about, _NEVER) < SECONDS_BETWEEN

    def _note(self, about: str) -> None:
        if len(self._asked_at) >= _REMEMBERED:
            self._asked_at.clear()
        self._asked_at[about] = self._running()

    def _failed(self) -> None:
        # Once is nothing; from the second time on the wallet is asked more and more rarely.
        self._failures += 1
        if self._failures > 1:
            self._pause(self._running())

    def _pause(self, now: float) -> None:
        # The least of it first, so that a huge number of failures cannot overflow.
        seconds = min(_FIRST_PAUSE * 2 ** min(self._failures - 2, 8), LONGEST_PAUSE)
        # Not all tills of a wallet that is back knock at the same moment.
        self._pause_until = max(self._pause_until, now + seconds * self._jitter(0.5, 1))

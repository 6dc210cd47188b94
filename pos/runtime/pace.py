"""How often the wallet may be asked about one charge: at most once a second, however many screens look at it."""

from threading import Lock

SECONDS_BETWEEN = 1.0
_REMEMBERED = 10_000


class Pace:
    """When each charge was last asked about. In one process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked: dict[str, float] = {}

    def may_ask(self, charge_id: str, now: float) -> bool:
        """Tell whether the wallet may be asked at `now` (seconds); a yes counts as asked."""
        with self._lock:
            # A clock that was set back must not silence a charge for hours.
            if 0 <= now - self._asked.get(charge_id, float("-inf")) < SECONDS_BETWEEN:
                return False
            if len(self._asked) >= _REMEMBERED:
                self._asked.clear()
            self._asked[charge_id] = now
            return True

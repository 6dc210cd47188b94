"""The most that the wallet takes at once, as far as it has said so when it was asked for more."""

from threading import Lock


class Ceiling:
    """What is known of it in this process: `most_sat` is None until the wallet has refused something."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.most_sat: int | None = None

    def refused(self, most_sat: int) -> None:
        """Note that the wallet takes so much at most."""
        with self._lock:
            self.most_sat = most_sat

    def took(self, amount_sat: int) -> None:
        """Note that the wallet took so much: what is more than it said before has raised it."""
        with self._lock:
            if self.most_sat is not None and amount_sat > self.most_sat:
                self.most_sat = None

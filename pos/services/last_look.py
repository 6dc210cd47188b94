"""What the doctor found last, and when: a page shows it at once, and nobody has to wait for the wallet."""

from collections.abc import Callable
from dataclasses import dataclass

from pos.runtime.single_flight import SingleFlight
from pos.services.doctor import Finding, Verdict

# Seconds. What was found before may be over.
GOOD_FOR = 10 * 60


@dataclass(frozen=True, slots=True)
class Look:
    """What was found, the worst first, and when (unix seconds)."""

    at: int
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of all."""
        return self.findings[0].verdict if self.findings else Verdict.GOOD


class LastLook:
    """Has the doctor look, and keeps what is found. `clock` gives unix seconds."""

    def __init__(self, examine: Callable[[], list[Finding]], clock: Callable[[], float]) -> None:
        self._examine = examine
        self._clock = clock
        self._single_flight = SingleFlight()
        self._known: Look | None = None

    @property
    def known(self) -> Look | None:
        """What was found last; None if nobody has looked since this process began."""
        return self._known

    @property
    def is_due(self) -> bool:
        """Whether it is worth to look again, though nobody asks for it."""
        return self._known is None or not 0 <= self._clock() - self._known.at < GOOD_FOR

    def again(self) -> None:
        """Look again; that takes as long as the wallet takes. Who comes meanwhile gets the same."""
        self._known = self._single_flight.join("look", self._look)

    def _look(self) -> Look:
        found = sorted(self._examine(), key=lambda it: it.verdict.value, reverse=True)
        return Look(int(self._clock()), tuple(found))

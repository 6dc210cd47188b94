"""Which charges are watched, when each is due, and what goes first where not all can be asked about. No I/O, no clock.

Times are seconds of this process's running clock, which nobody can set, but for those that are said to be unix seconds.
"""

import heapq
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import partial
from math import inf

from pos.domain.due import LOOKED_AT_FOR, Rank, Unpaid, interval

# Seconds. There is an update each second, or the process does not lead any more.
_SOON = 3.0
# Seconds between two questions about what is not the shop's own, however much that has to ask. It is every other
# question at most.
_OTHERS_EVERY = 1.0
_OTHERS_SHARE = 2
# Somebody stands before a screen: its wait counts so many times.
_SCREEN = 3


@dataclass(slots=True)
class Case:
    """A charge and what this process knows of it."""

    charge: Unpaid
    looked_at: float
    asked_at: float
    every: float = inf
    weight: int = 1

    @property
    def due_at(self) -> float:
        """When it is to be asked about again."""
        return self.asked_at + self.every

    def urgency(self, now: float) -> float:
        """Return how long it has waited, in its own intervals."""
        return self.weight * (now - self.asked_at) / self.every


class Schedule:
    """The charges that one process watches, from when it begins to lead."""

    def __init__(self) -> None:
        self._cases: dict[str, Case] = {}
        self._soon: list[Case] = []
        # Whose turn it is among the others, and when there was one last.
        self._asked_at = dict.fromkeys(Rank, -inf)
        self._turn: Case | None = None
        self._turn_at = -inf
        self.updated_at = -inf

    def update(self, unpaid: Iterable[Unpaid], now: float, wall: int, expires_after: float = -inf) -> None:
        """Watch these charges from now on, and of those that expire after a time no others.

        `wall` is the time and `expires_after` one, both in unix seconds.
        """
        before = self._cases
        self._cases = {name: case for name, case in before.items() if case.charge.expires_at <= expires_after}
        for charge in unpaid:
            case = before.get(charge.id) or self._new_case(charge, now, wall)
            if charge.looks != case.charge.looks:
                case.looked_at, case.charge = now, charge
            alone = now - case.looked_at
            case.every = interval(charge, wall, alone)
            case.weight = _SCREEN if alone <= LOOKED_AT_FOR else 1
            self._cases[charge.id] = case
        self.updated_at = now
        # What can be due before the next update: of a long list of old ones hardly any.
        self._soon = [case for case in self._cases.values() if case.due_at <= now + _SOON]

    def due(self, now: float, busy: Container[str], most: int) -> list[Case]:
        """Return the most urgent of what is due: what was never asked about, then what waits for the longest.

        The shop's own go first, then programs', then strangers'. Of those two there is one a second all the same, by
        turns, so that neither keeps the other waiting for good, and what is left. The wait is counted in its own
        intervals, so that with too little budget all are asked more rarely alike. Of equals the newest goes first:
        somebody stands before it.
        """
        due = [case for case in self._soon if case.due_at <= now and case.charge.id not in busy]
        order = partial(_order, now=now)
        ranked = heapq.nlargest(most, due, key=order)
        self._turn = None
        others = [case for case in due if case.charge.rank is not Rank.SHOP]
        if others and now - self._turn_at >= max(_OTHERS_EVERY, _OTHERS_SHARE / most):
            self._turn = max(others, key=lambda case: (-self._asked_at[case.charge.rank], order(case)))
            ranked = [self._turn, *(case for case in ranked if case is not self._turn)][:most]
        return ranked

    def asked(self, case: Case, now: float) -> None:
        """Note that the wallet is asked about a charge now."""
        case.asked_at = now
        self._asked_at[case.charge.rank] = now
        if case is self._turn:
            self._turn_at = now

    def lag(self, now: float) -> float:
        """Tell by how many seconds the charge that has waited longest is overdue."""
        late = (now - case.due_at for case in self._cases.values() if case.asked_at > -inf)
        return max(0.0, max(late, default=0.0))

    def _new_case(self, charge: Unpaid, now: float, wall: int) -> Case:
        """Take up a charge. A new one is about to be shown; of those that were there before, the screens will tell.

        Those wait like any other, so that no long list of old ones goes before a screen.
        """
        if self.updated_at > -inf:
            return Case(charge, looked_at=now, asked_at=-inf)
        return Case(charge, looked_at=-inf, asked_at=now - interval(charge, wall, inf))


def _order(case: Case, now: float) -> tuple[Rank, float, int]:
    return case.charge.rank, case.urgency(now), case.charge.created_at

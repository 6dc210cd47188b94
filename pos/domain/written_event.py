"""What was done in the shop, and by whom, as the office lists it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class WrittenEvent:
    """An event (pos/domain/event.py) as it was read. `number` says in which order it was written; `at` in unix seconds.

    A kind that a newer till has written is none of ours. Of a setting that was changed `data` has the `old` and `new`
    text as well.
    """

    number: int
    at: int
    kind: str
    subject: str
    data: Mapping[str, int | str] = field(default_factory=dict)

    @property
    def by(self) -> str:
        """Who did it; empty if that is not known."""
        return str(self.data.get("by", ""))

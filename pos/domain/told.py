"""What was done in the shop, and by whom, as the office lists it: events, and changes of settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

SETTING = "setting"


@dataclass(frozen=True, slots=True)
class Told:
    """It happened at `at` (unix seconds), and is of a kind of event (pos/domain/event.py), or a change of a setting.

    The text of a kind that a newer till writes is none of ours. `data` says what else is known.
    """

    at: int
    kind: str
    subject: str
    data: Mapping[str, int | str] = field(default_factory=dict)

    @property
    def by(self) -> str:
        """Who did it; empty if that is not known."""
        return str(self.data.get("by", ""))


@dataclass(frozen=True, slots=True)
class Since:
    """Where a page of the list begins: what has lower numbers comes on it."""

    event: int
    setting: int


@dataclass(frozen=True, slots=True)
class History:
    """A page of the list, the newest first, and where the next one begins, if there is more."""

    told: tuple[Told, ...]
    older: Since | None

"""The latest of what many are told at once: the first who hears of news reads it, for all the others."""

from collections.abc import Callable
from typing import Any, TypeVar

from pos.runtime.single_flight import SingleFlight

T = TypeVar("T")


class Latest:
    """What was read last, by its topic, and after how much news that was."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[object, Any]] = {}
        self._reading = SingleFlight()

    def get(self, topic: str, told: object, read: Callable[[], T]) -> T:
        """Return what was read after the news number `told`, or read it.

        None: nobody hears of news about this topic, so it has to be read each time.
        """
        if told is None:
            return read()
        kept = self._kept.get(topic)
        if kept is None or kept[0] != told:
            kept = self._reading.join(f"{told} {topic}", lambda: (told, read()))
            self._kept[topic] = kept
        found: T = kept[1]
        return found

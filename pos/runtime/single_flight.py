"""Doing a thing once for all who ask for it at the same time. In one process; across processes the database decides."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")


class SingleFlight:
    """What is under way, by its key."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._under_way: dict[str, Future[Any]] = {}

    def join(self, key: str, action: Callable[[], T]) -> T:
        """Run the action, or wait for the one that already runs under this key and share what it brings or raises."""
        with self._lock:
            flight = self._under_way.get(key)
            first = flight is None
            if flight is None:
                flight = self._under_way[key] = Future()
        result: T = self._lead(key, flight, action) if first else flight.result()
        return result

    def _lead(self, key: str, flight: Future[T], action: Callable[[], T]) -> T:
        try:
            flight.set_result(action())
        except BaseException as error:
            flight.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._under_way[key]
        return flight.result()

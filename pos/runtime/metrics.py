"""What the till says about itself while it runs. Who keeps the figures is in prometheus.py, or nobody does."""

from collections.abc import Iterable
from typing import Protocol

from pos.domain.charge import Tally


class Metrics(Protocol):
    """Takes what one process of the till has to say about itself. Times in seconds."""

    def called(self, call: str, seconds: float) -> None:
        """A call to the wallet ended, well or not, after `seconds`."""
        ...

    def failed(self, call: str, kind: str) -> None:
        """A call to the wallet failed; `kind` is the name of its error."""
        ...

    def screens(self, count: int) -> None:
        """So many screens are open at this process now."""
        ...

    def lag(self, seconds: float) -> None:
        """The look-up that is most overdue is so late; 0 where none is, or another process watches."""
        ...

    def text(self, tallies: Iterable[Tally]) -> str:
        """Return all of it in the text format of Prometheus, with what the database says."""
        ...


class Unwatched:
    """Of a till that nobody watches over: takes every figure and keeps none."""

    def called(self, call: str, seconds: float) -> None:
        pass

    def failed(self, call: str, kind: str) -> None:
        pass

    def screens(self, count: int) -> None:
        pass

    def lag(self, seconds: float) -> None:
        pass

    def text(self, tallies: Iterable[Tally]) -> str:  # noqa: ARG002  it keeps none of this, either
        return ""

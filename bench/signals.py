"""How a program of the bench ends when it is told to: by way of every `finally`, so that what it started ends, too."""

import signal
import sys

_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_tidily() -> None:
    """Turn the signals that end a program into an exit like any other."""
    for name in _END:
        signal.signal(name, _end)


def _end(*_: object) -> None:
    # A second signal must not cut the tidying short.
    for name in _END:
        signal.signal(name, signal.SIG_IGN)
    sys.exit(1)

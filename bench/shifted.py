"""A till whose clock somebody else moves: what gunicorn loads where weeks have to pass in an hour."""

import mmap
import os
import struct
import time
from pathlib import Path

from pos import create_app
from pos.cli import load, or_stop

# The environment names the file in which the shift stands.
SHIFT = "TILL_BENCH_SHIFT"
_SECONDS = struct.Struct("d")


class Shift:
    """How many seconds later than it is the till believes it to be, for whichever process has the file open."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(_SECONDS.pack(0))
        with file.open("r+b") as opened:
            self._shared = mmap.mmap(opened.fileno(), _SECONDS.size)

    def __call__(self) -> float:
        """Return the unix seconds that the till goes by."""
        return time.time() + self._shift

    def running(self) -> float:
        """Return seconds that only go forward, the same distance ahead."""
        return time.monotonic() + self._shift

    def move(self, seconds: float) -> None:
        """Let so many seconds pass."""
        _SECONDS.pack_into(self._shared, 0, self._shift + seconds)

    @property
    def _shift(self) -> float:
        (seconds,) = _SECONDS.unpack_from(self._shared)
        return float(seconds)


if SHIFT in os.environ:
    _shift = Shift(Path(os.environ[SHIFT]))
    with or_stop():
        app = load(lambda settings: create_app(settings, clock=_shift, running=_shift.running))

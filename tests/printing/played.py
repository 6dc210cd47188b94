"""A socket that plays a printer: it prints, is slow, hangs up in the middle, has no paper, says nothing, or is off."""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread

from PIL import Image

from tests.printing.paper_roll import epson, star

PAPER, NO_PAPER = b"\x12", b"\x72"
DONE = b"\x00"
ONLINE, OFFLINE = b"\x12", b"\x1a"
_ASK_PAPER, _ASK_STATE, _ASK_END = b"\x10\x04\x04", b"\x10\x04\x01", b"\x1dr\x01"


@dataclass
class PlayedPrinter:
    """A printer on this machine. What it does may change while it is on.

    `answers` questions; `closes_after` so many bytes it breaks the line off; `stalls_after` so many it takes nothing
    any more until it is released; `pause` seconds before it takes the next kilobyte. `most_jobs` were sent at once.
    """

    port: int = 0
    answers: bool = True
    has_paper: bool = True
    says_done: bool = True
    is_online: bool = True
    goes_offline: bool = False
    closes_after: int | None = None
    stalls_after: int | None = None
    pause: float = 0
    speaks_star: bool = False
    jobs: list[bytes] = field(default_factory=list)
    under_way: set[int] = field(default_factory=set)
    most_jobs: int = 0
    released: Event = field(default_factory=Event)
    _listener: socket.socket | None = None

    @property
    def address(self) -> str:
        return f"network://127.0.0.1:{self.port}"

    @property
    def receipts(self) -> list[Image.Image]:
        """What it has cut off."""
        return [cut for job in self.jobs for cut in (star if self.speaks_star else epson)(job).cut]

    @property
    def begun(self) -> list[bytes]:
        """The jobs of which something is on paper."""
        return [job for job in self.jobs if b"\x1dv0" in job or b"b\x48\x00" in job]

    def turn_on(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # A printer has little memory, so that who sends notices what it does.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind(("127.0.0.1", self.port))
        listener.listen()
        self.port = listener.getsockname()[1]
        self._listener = listener
        Thread(target=self._serve, args=(listener,), daemon=True).start()

    def turn_off(self) -> None:
        self.released.set()
        if self._listener:
            # Closed alone it would go on listening for the thread that waits.
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None

    def _serve(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                line, _ = listener.accept()
                self.jobs.append(b"")
                Thread(target=self._take, args=(line, len(self.jobs) - 1), daemon=True).start()

    def _take(self, line: socket.socket, job: int) -> None:
        with line, suppress(OSError), self._counted(job):
            while part := line.recv(1024):
                self.jobs[job] += part
                taken = len(self.jobs[job])
                if self.answers:
                    self._answer(line, job, part)
                if self.closes_after is not None and taken >= self.closes_after:
                    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                if self.stalls_after is not None and taken >= self.stalls_after:
                    self.released.wait()
                    return
                if self.pause and taken > 10:
                    time.sleep(self.pause)

    @contextmanager
    def _counted(self, job: int) -> Iterator[None]:
        self.under_way.add(job)
        self.most_jobs = max(self.most_jobs, len(self.under_way))
        try:
            yield
        finally:
            self.under_way.discard(job)

    def _answer(self, line: socket.socket, job: int, part: bytes) -> None:
        if part.endswith(_ASK_PAPER):
            line.sendall(PAPER if self.has_paper else NO_PAPER)
        elif part.endswith(_ASK_STATE):
            is_printing = b"\x1dv0" in self.jobs[job]
            line.sendall(ONLINE if self.is_online and not (self.goes_offline and is_printing) else OFFLINE)
        elif self.jobs[job].endswith(_ASK_END) and self.says_done:
            # Who is told that may begin the next before this line is seen to close.
            self.under_way.discard(job)
            line.sendall(DONE)


@contextmanager
def played_printer(**how: object) -> Iterator[PlayedPrinter]:
    printer = PlayedPrinter(**how)  # type: ignore[arg-type]
    printer.turn_on()
    try:
        yield printer
    finally:
        printer.turn_off()

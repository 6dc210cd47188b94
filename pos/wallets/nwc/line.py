"""A line to one relay: opened when it is first needed, kept, and mended for ever. What is said is not known here.

One thread reads; whoever has something to say says it at once.
"""

import json
import logging
from contextlib import closing
from dataclasses import dataclass
from random import uniform
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any, Protocol
from urllib.parse import urlsplit

from pos.transport import Transport
from pos.wallets import stream
from pos.wallets.base import WalletUnreachable
from pos.wallets.stream import Stream

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace(stream.Pace):
    """Seconds, besides those of a stream. `pause`: until a line that broke is opened again, each time twice as long up
    to `longest`; a question shortens it to the first.
    """

    pause: float = 1.0
    longest: float = 60.0


class Listener(Protocol):
    """Who uses the lines."""

    def opened(self, line: "Line") -> None:
        """Hear that the line is open. What is to be said over it is said now."""
        ...

    def failed(self, line: "Line", reason: str) -> None:
        """Hear that the line could not be opened."""
        ...

    def heard(self, line: "Line", message: list[Any]) -> None:
        """Hear a message of the relay: a list, whatever is in it."""
        ...


class Line:
    """The line to the relay at `url`. Nobody is called before `need`."""

    def __init__(self, url: str, listener: Listener, transport: Transport, pace: Pace) -> None:
        self.url = url
        # What may be said of it: what stands behind the host may be an access key of its own.
        self.name = urlsplit(url).hostname or ""
        self._listener = listener
        self._transport = transport
        self._pace = pace
        self._lock = Lock()
        self._wanted = Event()
        self._closed = False
        self._thread: Thread | None = None
        self._stream: Stream | None = None
        self._failed: tuple[float, str] | None = None

    @property
    def failure(self) -> str | None:
        """Say why the line could not be opened a moment ago: so soon it is not tried again."""
        failed = self._failed
        return failed[1] if failed and monotonic() - failed[0] < self._pace.pause else None

    def need(self) -> None:
        """See that the line is open soon: it begins to be opened, or does not wait out a long pause."""
        with self._lock:
            self._wanted.set()
            is_kept = self._thread is not None and self._thread.is_alive()
            if not is_kept and not self._closed:
                self._begin()

    def say(self, message: list[Any]) -> None:
        """Send a message, if the line is open."""
        stream = self._stream
        if stream is None:
            return
        try:
            stream.say(json.dumps(message))
        except WalletUnreachable as error:
            # The reader sees it, too, and mends the line.
            log.debug("relay %s: not sent: %s", self.name, error)
            stream.hang_up()

    def doubt(self, since: float) -> None:
        """Open the line anew if nothing was heard of the relay since a time (monotonic): it may be half dead."""
        stream = self._stream
        if stream and stream.is_open and stream.heard_at < since:
            stream.hang_up()

    def close(self) -> None:
        """Give up the line for good."""
        with self._lock:
            self._closed = True
            thread = self._thread
        self._wanted.set()
        self._hang_up()
        if thread:
            thread.join(self._pace.opening)

    def _begin(self) -> None:
        thread = Thread(target=self._keep, name=f"relay {self.name}", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            # There is no thread to be had. The next question looks again.
            self._failed = (monotonic(), str(error))
        else:
            self._thread = thread

    def _hang_up(self) -> None:
        stream = self._stream
        if stream:
            stream.hang_up()

    def _keep(self) -> None:
        """Open the line, read it until it breaks, and so on."""
        pause = self._pace.pause
        while not self._closed:
            began = monotonic()
            self._wanted.clear()
            try:
                self._hold()
            except Exception:
                # Whatever is wrong with us, a line that is given up for good would be worse.
                log.exception("relay %s: stumbled, and is called again", self.name)
            held = monotonic() - began
            pause = self._pace.pause if held >= self._pace.longest else min(2 * pause, self._pace.longest)
            self._rest(began, pause * uniform(0.5, 1.0))  # noqa: S311  no secret

    def _rest(self, began: float, pause: float) -> None:
        """Wait until a line may be opened again; at once where somebody wants it, if a second has passed since."""
        until = monotonic() + pause
        while not self._closed and monotonic() < until:
            if self._wanted.wait(until - monotonic()):
                self._wanted.clear()
                until = min(until, began + self._pace.pause)

    def _hold(self) -> None:
        """Open the line and read it until it breaks."""
        with closing(Stream(self.url, self._transport, self._pace)) as stream:
            self._stream = stream
            try:
                stream.open()
            except WalletUnreachable as error:
                if not self._closed:
                    self._fail(str(error))
                return
            self._failed = None
            try:
                self._listener.opened(self)
                while not self._closed:
                    message = stream.read()
                    if message is not None:
                        self._hear(message)
            except WalletUnreachable as error:
                if not self._closed:
                    log.info("relay %s: the line broke: %s", self.name, error)

    def _fail(self, reason: str) -> None:
        log.info("relay %s: no line: %s", self.name, reason)
        self._failed = (monotonic(), reason)
        self._listener.failed(self, reason)

    def _hear(self, text: bytes) -> None:
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            message = None
        if isinstance(message, list) and message:
            self._listener.heard(self, message)
        else:
            log.debug("relay %s: dropped what is no message", self.name)

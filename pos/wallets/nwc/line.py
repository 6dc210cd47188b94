"""A line to one relay: opened when it is first needed, kept, and mended for ever. What is said is not known here.

A relay is a stranger: it may hang, drip, or send without end. Each message has to be whole within seconds, and has a
size. One thread reads; whoever has something to say says it at once.
"""

import json
import logging
import socket
from dataclasses import dataclass
from random import uniform
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any, Protocol
from urllib.parse import urlsplit

import websocket

from pos.transport import Transport, TransportError

log = logging.getLogger(__name__)

# Bytes of one message. What a wallet answers has a few thousand.
MAX_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `ping`: of silence, after which a relay is asked whether it is there; as long again, and it is not.

    `opening`: for a line to be open. `message`: for one message to be whole. `pause`: until a line that broke is opened
    again, each time twice as long up to `longest`; a question shortens it to the first.
    """

    ping: float = 30.0
    opening: float = 10.0
    message: float = 10.0
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
        parts = urlsplit(url)
        self.url = url
        # What may be said of it: what stands behind the host may be an access key of its own.
        self.name = parts.hostname or ""
        self._secure = parts.scheme == "wss"
        self._port = parts.port or (443 if self._secure else 80)
        self._listener = listener
        self._transport = transport
        self._pace = pace
        self._lock = Lock()
        self._wanted = Event()
        self._closed = False
        self._thread: Thread | None = None
        self._socket: websocket.WebSocket | None = None
        self._wire: _Wire | None = None
        self.heard_at = 0.0
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
            if self._thread is None and not self._closed:
                self._thread = Thread(target=self._keep, name=f"relay {self.name}", daemon=True)
                self._thread.start()

    def say(self, message: list[Any]) -> None:
        """Send a message, if the line is open."""
        line = self._socket
        if line is None:
            return
        try:
            line.send(json.dumps(message))
        except (websocket.WebSocketException, OSError) as error:
            # The reader sees it, too, and mends the line.
            log.debug("relay %s: not sent: %s", self.name, type(error).__name__)
            self._hang_up()

    def doubt(self, since: float) -> None:
        """Open the line anew if nothing was heard of the relay since a time (monotonic): it may be half dead."""
        if self._socket is not None and self.heard_at < since:
            self._hang_up()

    def close(self) -> None:
        """Give up the line for good."""
        with self._lock:
            self._closed = True
            thread = self._thread
        self._wanted.set()
        self._hang_up()
        if thread:
            thread.join(self._pace.opening)

    def _hang_up(self) -> None:
        wire = self._wire
        if wire:
            wire.hang_up()

    def _keep(self) -> None:
        """Open the line, read it until it breaks, and so on."""
        pause = self._pace.pause
        while not self._closed:
            began = monotonic()
            self._wanted.clear()
            self._hold()
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
        try:
            self._open()
        except (TransportError, websocket.WebSocketException, OSError, ValueError) as error:
            self._let_go()
            if not self._closed:
                reason = _in_words(error)
                log.info("relay %s: no line: %s", self.name, reason)
                self._failed = (monotonic(), reason)
                self._listener.failed(self, reason)
            return
        self._failed = None
        try:
            self._listener.opened(self)
            while not self._closed:
                self._read()
        except (websocket.WebSocketException, OSError, ValueError) as error:
            if not self._closed:
                log.info("relay %s: the line broke: %s", self.name, _in_words(error))
        finally:
            self._let_go()

    def _open(self) -> None:
        opening = self._pace.opening
        line = self._transport.open(self.name, self._port, secure=self._secure, timeout=opening)
        wire = self._wire = _Wire(line)
        wire.expect(opening, opening)
        self._socket = websocket.create_connection(
            self.url,
            socket=wire,
            timeout=opening,
            redirect_limit=0,
            suppress_origin=True,
        )
        self.heard_at = monotonic()

    def _read(self) -> None:
        line, wire = self._socket, self._wire
        assert line and wire  # noqa: S101  it is open
        wire.expect(self._pace.ping, self._pace.message)
        try:
            kind, frame = line.recv_data_frame(control_frame=True)
        except websocket.WebSocketTimeoutException:
            if wire.has_begun or monotonic() - self.heard_at >= 2 * self._pace.ping:
                raise
            line.ping()
            return
        self.heard_at = monotonic()
        if kind == websocket.ABNF.OPCODE_CLOSE:
            raise websocket.WebSocketConnectionClosedException("closed by the relay")
        if kind == websocket.ABNF.OPCODE_TEXT:
            self._hear(frame.data)

    def _hear(self, text: bytes) -> None:
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            message = None
        if isinstance(message, list) and message:
            self._listener.heard(self, message)
        else:
            log.debug("relay %s: dropped what is no message", self.name)

    def _let_go(self) -> None:
        wire, self._wire, self._socket = self._wire, None, None
        if wire:
            wire.close()


class _Wire:
    """A socket, as WebSocket asks it for bytes: what comes has to be whole in time, and no more than allowed."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._message = 0.0
        self._deadline: float | None = None
        self._left = 0

    def expect(self, begin: float, whole: float) -> None:
        """Wait `begin` seconds for the first byte of a message, and `whole` more for the rest of it."""
        self._line.settimeout(begin)
        self._message, self._deadline, self._left = whole, None, MAX_BYTES

    @property
    def has_begun(self) -> bool:
        """Tell whether a part of the message has come."""
        return self._deadline is not None

    def recv(self, size: int) -> bytes:
        """Return what has come. Raises TimeoutError, or ValueError for a message that is too large."""
        now = monotonic()
        if self._deadline is not None:
            if now >= self._deadline:
                raise TimeoutError("a message that does not end")
            self._line.settimeout(self._deadline - now)
        part = self._line.recv(min(size, self._left + 1))
        if self._deadline is None:
            self._deadline = monotonic() + self._message
        self._left -= len(part)
        if self._left < 0:
            raise ValueError(f"a message of more than {MAX_BYTES} bytes")
        return part

    def hang_up(self) -> None:
        """Let whoever reads or writes see that it is over. It stays open until `close`."""
        try:
            self._line.shutdown(socket.SHUT_RDWR)
        except OSError as error:
            log.debug("already hung up: %s", error)

    def close(self) -> None:
        """Close it."""
        self._line.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)


def _in_words(error: Exception) -> str:
    match error:
        case TransportError():
            return str(error)
        case websocket.WebSocketBadStatusException():
            return f"there is no relay: it answered {error.status_code}"
        case websocket.WebSocketTimeoutException() | TimeoutError():
            return "it does not answer in time"
        case websocket.WebSocketConnectionClosedException():
            return "the relay hung up"
        case websocket.WebSocketException():
            return "it does not speak as a relay does"
        case ValueError():
            return "it sends more than a relay does"
    return "the connection broke off"

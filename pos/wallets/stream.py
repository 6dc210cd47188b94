"""A WebSocket that is kept open, over which the other end tells what happens. What is said is not known here.

The other end is a stranger: it may hang, drip, or send without end. Each message has to be whole within seconds, and
has a size. Of an address only the host is ever named: what stands behind it may be a key.
"""

import logging
import socket
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from math import inf
from threading import Event
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import websocket

from pos.host_name import in_ascii
from pos.transport import Transport, TransportError
from pos.wallets.base import BadAnswer, Hint, WalletUnreachable

log = logging.getLogger(__name__)


class _NoCookies:
    """What WebSocket asks for cookies. Its own keeps them for the whole process: what one end had set would be told to
    another, unquoted, and break the request there; and of some it makes an error.
    """

    def add(self, set_cookie: str | None) -> None:
        """Forget what an end wants to have kept."""

    def get(self, _host: str) -> str:
        """Return nothing to tell."""
        return ""


websocket._handshake.CookieJar = _NoCookies()  # type: ignore[assignment]

# Bytes of one message. What a wallet says has a few thousand.
MAX_BYTES = 256 * 1024
# Seconds between two looks at whether it is to end, while a hint is waited for.
_LOOK_EVERY = 0.5


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `ping`: of silence, after which the other end is asked whether it is there; as long again, and it is
    not. `opening`: for a stream to be open. `message`: for one message to be whole.
    """

    ping: float = 30.0
    opening: float = 10.0
    message: float = 10.0


class Stream:
    """The stream at `url`: of ws: or wss:, or of http: or https:, which lead to the same place.

    One thread reads; whoever has something to say says it. Its first request has `headers`.
    """

    def __init__(
        self, url: str, transport: Transport, pace: Pace | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        parts = urlsplit(url)
        self._secure = parts.scheme in ("wss", "https")
        self._url = parts._replace(scheme="wss" if self._secure else "ws").geturl()
        self._port = parts.port or (443 if self._secure else 80)
        self._transport = transport
        self._pace = pace or Pace()
        self._headers = dict(headers or {})
        self._wire: _Wire | None = None
        self._socket: websocket.WebSocket | None = None
        self._is_asked = False
        self.heard_at = 0.0

    @property
    def is_open(self) -> bool:
        """Tell whether something can be said."""
        return self._socket is not None

    def open(self) -> None:
        """Open it. Raises WalletUnreachable."""
        opening = self._pace.opening
        try:
            url = _in_ascii(self._url)
            line = self._transport.open(urlsplit(url).hostname or "", self._port, secure=self._secure, timeout=opening)
            wire = self._wire = _Wire(line)
            wire.expect(opening, opening)
            self._socket = websocket.create_connection(
                url,
                socket=wire,
                timeout=opening,
                redirect_limit=0,
                suppress_origin=True,
                header=self._headers,
                # It looks at byte after byte in Python, which takes longer than all else that is done to a message.
                skip_utf8_validation=True,
            )
        except (TransportError, websocket.WebSocketException, OSError, ValueError) as error:
            raise _broken(error) from None
        self.heard_at = monotonic()

    def say(self, text: str) -> None:
        """Send a message, if it is open. Raises WalletUnreachable."""
        line = self._socket
        if line is None:
            return
        try:
            line.send(text)
        except (websocket.WebSocketException, OSError) as error:
            raise _broken(error) from None

    def read(self, within: float = inf) -> bytes | None:
        """Return the next message; None if none begins within so many seconds, or sooner than that.

        Raises WalletUnreachable when it is over.
        """
        try:
            return self._read(within)
        except (websocket.WebSocketException, OSError, ValueError) as error:
            raise _broken(error) from None

    def _read(self, within: float) -> bytes | None:
        line, wire = self._socket, self._wire
        assert line and wire  # noqa: S101  it is open
        patience = self._pace.ping * (2 if self._is_asked else 1)
        # A ping between two parts of a message gives it no more time, and no more room.
        if line.cont_frame.cont_data is None:
            wire.expect(max(min(within, self.heard_at + patience - monotonic()), 0.001), self._pace.message)
        try:
            kind, frame = line.recv_data_frame(control_frame=True)
        except websocket.WebSocketTimeoutException:
            is_silent = monotonic() >= self.heard_at + patience
            if wire.has_begun or (is_silent and self._is_asked):
                raise
            if is_silent:
                self._is_asked = True
                line.ping()
            return None
        self.heard_at, self._is_asked = monotonic(), False
        if kind == websocket.ABNF.OPCODE_CLOSE:
            raise websocket.WebSocketConnectionClosedException("closed by the other end")
        if kind != websocket.ABNF.OPCODE_TEXT:
            return None
        message = bytes(frame.data)
        # Raises UnicodeDecodeError: what is no text ends a stream (RFC 6455, section 8.1).
        message.decode()
        return message

    def hang_up(self) -> None:
        """Let whoever reads or writes see that it is over. What it takes is kept until `close`."""
        wire = self._wire
        if wire:
            wire.hang_up()

    def close(self) -> None:
        """Let go of it."""
        wire, self._wire, self._socket = self._wire, None, None
        if wire:
            wire.close()


def hear(
    stream: Stream,
    read: Callable[[bytes], Hint | None],
    on_hint: Callable[[Hint], None],
    stop: Event,
    first: str | None = None,
) -> None:
    """Open a stream, say what is to be said `first`, and pass on what is hinted over it until `stop` is set.

    `read` makes a hint of a message, or none, or raises BadAnswer: then it is dropped. Raises WalletUnreachable
    when the stream breaks.
    """
    with closing(stream):
        stream.open()
        if first is not None:
            stream.say(first)
        while not stop.is_set():
            message = stream.read(_LOOK_EVERY)
            hint = None if message is None else _hint(read, message)
            if hint:
                on_hint(hint)


def _hint(read: Callable[[bytes], Hint | None], message: bytes) -> Hint | None:
    try:
        return read(message)
    except BadAnswer as error:
        log.debug("dropped a message: %s", error)
        return None


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


def _in_ascii(url: str) -> str:
    """Return an address with its host's name as it is asked for. Raises ValueError for what can be no name."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=user + at + in_ascii(host)).geturl()


def _broken(error: Exception) -> WalletUnreachable:
    """Say what failed in words of our own: the text of an exception may hold all that the other end sent, and that may
    repeat the address. For the same reason it is not kept as a cause.
    """
    return WalletUnreachable(_in_words(error))


def _in_words(error: Exception) -> str:
    match error:
        case TransportError():
            return str(error)
        case websocket.WebSocketBadStatusException():
            return f"it opens no stream: it answered {error.status_code}"
        case websocket.WebSocketTimeoutException() | TimeoutError():
            return "it does not answer in time"
        case websocket.WebSocketConnectionClosedException():
            return "it hung up"
        case websocket.WebSocketException() | UnicodeDecodeError():
            return "it does not speak WebSocket"
        case ValueError():
            return f"it sends more than {MAX_BYTES} bytes at once"
    return "the connection broke off"

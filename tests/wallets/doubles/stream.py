"""The other end of a WebSocket (RFC 6455): not by the till's library, so that the two check each other."""

import json
import socket
import struct
from abc import abstractmethod
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha1
from io import BufferedIOBase
from threading import Lock
from typing import Any, BinaryIO

from werkzeug import Request

from pos.domain.invoice import Invoice
from tests.wallets.doubles.backend import Backend

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


@dataclass(eq=False)
class Caller:
    """Somebody who is connected."""

    line: socket.socket
    lock: Lock = field(default_factory=Lock)

    def send(self, text: bytes, kind: int = TEXT) -> None:
        """Send one frame; whoever is gone by now misses it."""
        length = bytes([len(text)]) if len(text) < 126 else b"\x7f" + struct.pack(">Q", len(text))
        self.send_raw(bytes([0x80 | kind]) + length + text)

    def send_raw(self, sent: bytes) -> None:
        with self.lock:
            try:
                self.line.sendall(sent)
            except OSError:
                return

    def hang_up(self) -> None:
        try:
            self.line.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def welcome(key: str, cookie: str = "") -> bytes:
    """Take somebody in who sent this key, and have them keep a cookie."""
    accept = b64encode(sha1((key + _GUID).encode()).digest()).decode()
    hello = ("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade")
    kept = (f"Set-Cookie: {cookie}",) if cookie else ()
    return "\r\n".join((*hello, f"Sec-WebSocket-Accept: {accept}", *kept, "", "")).encode()


def frame(sent: BinaryIO | BufferedIOBase) -> tuple[int, bytes]:
    """Read one frame. What a client sends is masked."""
    head = sent.read(2)
    if len(head) < 2:
        return CLOSE, b""
    length = head[1] & 0x7F
    if length > 125:
        length = int.from_bytes(sent.read(2 if length == 126 else 8), "big")
    mask = sent.read(4)
    text = bytes(byte ^ mask[i % 4] for i, byte in enumerate(sent.read(length)))
    return head[0] & 0x0F, text


@dataclass
class Streaming(Backend):
    """A back end that tells of payments over streams at addresses of its API. `callers` hear of them; `ever` counts all
    who did, and `pings` how often somebody asked whether it is there. `is_deaf`: it does not say so."""

    callers: list[Caller] = field(default_factory=list)
    ever: int = 0
    pings: int = 0
    is_deaf: bool = False

    @property
    def listening(self) -> int:
        """Count those who hear of payments."""
        return len(self.callers)

    @abstractmethod
    def hint(self, payment_hash: str) -> None:
        """Tell of a payment, made or not."""

    @abstractmethod
    def streams(self, request: Request) -> bool:
        """Tell whether there is a stream where somebody calls."""

    def arrived(self, caller: Caller, request: Request) -> None:
        """See that somebody has come."""

    def heard(self, caller: Caller, text: bytes) -> None:
        """Hear what somebody says."""

    def tell(self, caller: Caller) -> None:
        """Tell somebody of payments from now on."""
        self.ever += 1
        self.callers.append(caller)

    def pay(self, invoice: Invoice, sat: int | None = None) -> None:
        """A customer pays, and whoever is connected is told."""
        super().pay(invoice, sat)
        self.hint(invoice.payment_hash)

    def push(self, said: object) -> None:
        """Say something to all."""
        for caller in list(self.callers):
            caller.send(json.dumps(said).encode())

    def hang_up(self) -> None:
        for caller in list(self.callers):
            caller.hang_up()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        key = request.headers.get("Sec-WebSocket-Key")
        if key is None or self.answers_with or not self.streams(request):
            return super().__call__(environ, start_response)
        self.asked.append(request)
        caller = Caller(environ["werkzeug.socket"])
        caller.send_raw(welcome(key))
        self.arrived(caller, request)
        try:
            self._hear(caller)
        finally:
            if caller in self.callers:
                self.callers.remove(caller)
        # To the server it was a request, and there is nobody to answer any more.
        raise ConnectionResetError

    def _hear(self, caller: Caller) -> None:
        with caller.line.makefile("rb") as sent:
            while True:
                kind, text = frame(sent)
                if kind == TEXT:
                    self.heard(caller, text)
                elif kind == PING:
                    self.pings += 1
                    if not self.is_deaf:
                        caller.send(text, PONG)
                elif kind == CLOSE:
                    return

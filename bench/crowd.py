"""Thousands of waiting screens in one thread: each an open `/pay/<id>/events`, and nobody misses anything unnoticed."""

import hmac
import json
import re
import resource
import selectors
import socket
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import Any, Protocol

from bench.clients import WrongAnswer
from bench.server import HOST
from pos.services.follow import HEARTBEAT

# A heartbeat may be late; three that are missing are what a browser takes for a dead line.
_DEAF_AFTER = 3 * HEARTBEAT
# Who opens a screen waits for its answer, so many at once.
_OPENING = 32
_AT_ONCE = 65536
# The till sends each event as one chunk (RFC 9112, 7.1), so no frame stands in the middle of one.
_EVENT = re.compile(rb"event: (\w+)\ndata:(.*)\n\n")


class _Line(Protocol):
    """Somebody who reads from a connection."""

    connection: socket.socket

    def read(self) -> bool: ...


class Screen:
    """One customer's screen. `status` is what it shows, `changed_at` when it was read that it does."""

    def __init__(self, port: int, charge: Mapping[str, Any]) -> None:
        self.charge = charge
        self.status = ""
        self.changed_at = self.heard_at = perf_counter()
        self._unread = b""
        self.connection = _connect(port)
        self.connection.sendall(f"GET /pay/{charge['id']}/events HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())

    def read(self) -> bool:
        """Read what has come, and tell whether the status is another one. Raises WrongAnswer."""
        came = _receive(self.connection)
        if not came:
            raise WrongAnswer(f"the screen of charge {self.charge['id']} was closed: {self._unread[-500:]!r}")
        self.heard_at = perf_counter()
        self._unread += came
        before = self.status
        for event in _EVENT.finditer(self._unread):
            if event[1] == b"charge":
                self._show(json.loads(event[2]))
        self._unread = self._unread.rpartition(b"\n\n")[2]
        return self.status != before

    def _show(self, charge: Mapping[str, Any]) -> None:
        if charge["id"] != self.charge["id"] or charge["status"] == self.status:
            raise WrongAnswer(f"the screen of charge {self.charge['id']}, {self.status}, was sent {charge}")
        self.status, self.changed_at = charge["status"], self.heard_at


class Crowd:
    """All screens before one till."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._selector = selectors.DefaultSelector()
        self._screens: set[Screen] = set()
        self._blank: set[Screen] = set()

    @property
    def screens(self) -> list[Screen]:
        """Return those that are open."""
        return list(self._screens)

    def open(self, charge: Mapping[str, Any]) -> None:
        """Open one more screen. It shows nothing yet."""
        screen = Screen(self._port, charge)
        self._screens.add(screen)
        self._blank.add(screen)
        self._listen(screen)

    def open_all(self, charges: Iterable[Mapping[str, Any]]) -> None:
        """Open a screen for each charge, and wait until none is blank any more. Raises WrongAnswer."""
        left = deque(charges)
        while left or self._blank:
            while left and len(self._blank) < _OPENING:
                self.open(left.popleft())
            self.turn(1)
            self.check()

    def close(self, screen: Screen) -> None:
        """Go away with one."""
        self._forget(screen)
        self._screens.remove(screen)

    def announce(self, lntx: Mapping[str, Any], secret: str) -> None:
        """Send the till LNPay's webhook about a payment, on a connection of its own as LNPay does."""
        self._listen(_Hook(self._port, lntx, secret))

    def turn(self, seconds: float) -> list[Screen]:
        """Wait until something is read, but no longer than that; return the screens that show another status.

        Raises WrongAnswer.
        """
        changed = []
        for key, _ in self._selector.select(max(seconds, 0)):
            line: _Line = key.data
            if line.read() and isinstance(line, Screen):
                self._blank.discard(line)
                changed.append(line)
            elif isinstance(line, _Hook):
                self._forget(line)
        return changed

    def check(self) -> None:
        """Find a screen that hears nothing any more. Raises WrongAnswer."""
        long_ago = perf_counter() - _DEAF_AFTER
        for screen in self._screens:
            if screen.heard_at < long_ago:
                raise WrongAnswer(f"the screen of charge {screen.charge['id']} heard nothing for {_DEAF_AFTER:.0f} s")

    def leave(self) -> None:
        """Go away with all of them."""
        for key in list(self._selector.get_map().values()):
            self._forget(key.data)
        self._selector.close()

    def _listen(self, line: _Line) -> None:
        self._selector.register(line.connection, selectors.EVENT_READ, line)

    def _forget(self, line: _Line) -> None:
        self._selector.unregister(line.connection)
        line.connection.close()


def as_many_files_as_may_be() -> None:
    """Let this process have as many files open as it may: each screen is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@contextmanager
def crowd(port: int) -> Iterator[Crowd]:
    """Stand before the till until the block is left. As many screens may come as this process may have files open."""
    as_many_files_as_may_be()
    people = Crowd(port)
    try:
        yield people
    finally:
        people.leave()


class _Hook:
    """One webhook that waits for its answer."""

    def __init__(self, port: int, lntx: Mapping[str, Any], secret: str) -> None:
        body = json.dumps({"event": {"name": "wallet_receive"}, "data": {"wtx": {"lnTx": lntx}}}).encode()
        signature = hmac.digest(secret.encode(), body, "sha256").hex()
        head = (
            f"POST /hooks/lnpay HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\nContent-Type: application/json\r\n"
            f"X-LNPay-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.connection = _connect(port)
        self.connection.sendall(head.encode() + body)

    def read(self) -> bool:
        """Read the answer. Raises WrongAnswer."""
        answer = _receive(self.connection)
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise WrongAnswer(f"the webhook was answered with {answer[:500]!r}")
        return True


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection((HOST, port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _receive(connection: socket.socket) -> bytes:
    try:
        return connection.recv(_AT_ONCE)
    except ConnectionError:
        return b""

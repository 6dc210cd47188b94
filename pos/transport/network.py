"""From a host's name to an open connection, within a deadline. What is said over it is not known here.

The system looks a name up for as long as it likes, 10 to 40 seconds with a name server that is gone, and nothing can
stop it. So it does that beside the caller, who waits no longer than the deadline.
"""

import errno
import selectors
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from itertools import chain, zip_longest
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any, Self, TypeAlias

# Seconds. Who does not answer by then is not given up, but the next address is tried beside it (RFC 8305, section 5).
HEAD_START = 0.25

# What the system says of a name: family, type, protocol, and the address as `connect` takes it.
Address: TypeAlias = tuple[int, int, int, str, Any]
LookUp: TypeAlias = Callable[[str, int], Sequence[Address]]


def by_the_system(host: str, port: int) -> Sequence[Address]:
    """Look a name up as every program of this machine does. Raises OSError."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


@dataclass(slots=True)
class _Question:
    """A look-up under way, and how it ended."""

    is_over: Event = field(default_factory=Event)
    found: Sequence[Address] = ()
    failure: OSError | None = None


class Names:
    """Looks names up beside the caller. Who asks for one that is being looked up waits for the same answer.

    So a name server that hangs takes one thread for each name, however often it is asked for meanwhile.
    """

    def __init__(self, look_up: LookUp = by_the_system) -> None:
        self._look_up = look_up
        self._lock = Lock()
        self._under_way: dict[tuple[str, int], _Question] = {}

    def addresses(self, host: str, port: int, deadline: float) -> Sequence[Address]:
        """Return a host's addresses, the families in turn. Raises TimeoutError at the deadline, or OSError."""
        if _is_address(host):
            return self._look_up(host, port)
        try:
            question = self._asked(host, port)
        except RuntimeError as error:
            raise OSError(f"the name cannot be looked up: {error}") from error
        if not question.is_over.wait(max(deadline - monotonic(), 0)):
            raise TimeoutError("no answer to the name's look-up in time")
        if question.failure:
            raise question.failure
        return _in_turn(question.found)

    def _asked(self, host: str, port: int) -> _Question:
        with self._lock:
            question = self._under_way.get((host, port))
            if question is None:
                question = _Question()
                looking = Thread(target=self._answer, args=(question, host, port), name="look-up", daemon=True)
                # It takes itself away in the end, and waits for the lock until it is there.
                looking.start()
                self._under_way[host, port] = question
            return question

    def _answer(self, question: _Question, host: str, port: int) -> None:
        try:
            question.found = self._look_up(host, port)
        except OSError as error:
            question.failure = error
        except ValueError as error:
            # A name that no name server could be asked about, as one part of it is too long.
            question.failure = OSError(f"the name cannot be looked up: {type(error).__name__}")
        finally:
            with self._lock:
                del self._under_way[host, port]
            question.is_over.set()


def connect(addresses: Iterable[Address], deadline: float) -> socket.socket:
    """Return a connection to the first of the addresses that takes one; each has a short start before the next.

    Raises TimeoutError at the deadline, or the OSError of the last that refused.
    """
    with _Race(deadline) as race:
        for address in addresses:
            race.start(address)
            winner = race.wait(HEAD_START)
            if winner:
                return winner
        winner = race.wait(deadline - monotonic())
        if winner:
            return winner
        raise race.refused


class _Race:
    """Connections that are being made at once. All but the winner are closed in the end."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._running: set[socket.socket] = set()
        self.refused = OSError("the host has no address")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for loser in self._running:
            loser.close()

    def start(self, address: Address) -> None:
        """Begin to connect to an address."""
        family, kind, protocol, _, place = address
        try:
            runner = socket.socket(family, kind, protocol)
        except OSError as error:
            # A family that this machine does not have.
            self.refused = error
            return
        self._running.add(runner)
        runner.setblocking(False)
        self._judge(runner, runner.connect_ex(place))

    def wait(self, seconds: float) -> socket.socket | None:
        """Return the connection that is there first; None if there is none after so many seconds, or can be none.

        Raises TimeoutError at the deadline.
        """
        until = min(monotonic() + seconds, self._deadline)
        while self._running:
            with selectors.DefaultSelector() as selector:
                for runner in self._running:
                    selector.register(runner, selectors.EVENT_WRITE, runner)
                ready: list[socket.socket] = [key.data for key, _ in selector.select(max(until - monotonic(), 0))]
            for runner in ready:
                if self._judge(runner, runner.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)):
                    self._running.discard(runner)
                    return runner
            if monotonic() >= self._deadline:
                raise TimeoutError("no connection in time")
            if monotonic() >= until:
                return None
        return None

    def _judge(self, runner: socket.socket, code: int) -> bool:
        """Tell whether a connection is there; one that was refused is out of the race."""
        if code in (errno.EINPROGRESS, errno.EWOULDBLOCK):
            return False
        if code:
            self.refused = OSError(code, errno.errorcode.get(code, "refused"))
            self._running.discard(runner)
            runner.close()
            return False
        return True


def _is_address(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _in_turn(addresses: Sequence[Address]) -> list[Address]:
    """Sort so that the families take turns, beginning with the one that the system prefers (RFC 8305, section 4).

    Where one of them leads nowhere, as IPv6 does in many a shop, the other one is the second that is tried.
    """
    if not addresses:
        return []
    first = [each for each in addresses if each[0] == addresses[0][0]]
    others = [each for each in addresses if each[0] != addresses[0][0]]
    return [each for each in chain.from_iterable(zip_longest(first, others)) if each is not None]

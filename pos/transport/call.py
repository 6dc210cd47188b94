"""One bounded HTTP call: a deadline for the whole of it, a limit on its size, no redirects. No word about what is said.

`requests` limits the time between two bytes, so a server that drips one now and then could hold a sale for hours.
Here the deadline goes down to the socket: every wait for bytes is given only what is left of the call's time. How a
host's name becomes a connection within it stands in network.py.
"""

import http.client
import io
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from pos.transport.network import LookUp, Names, by_the_system, connect
from pos.version import version

MAX_BYTES = 256 * 1024
POOL_SIZE = 16

# What a person can make something of, the closest first: a refused connection is an OSError, too.
_FAILURES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (socket.gaierror, "the name of its host cannot be found"),
    (ConnectionRefusedError, "nothing listens at that port of its host"),
    (ssl.SSLCertVerificationError, "its certificate is not valid, or the clock of this machine is wrong"),
    (ssl.SSLError, "it does not speak https at that port"),
    ((ConnectionResetError, BrokenPipeError, http.client.HTTPException), "the connection broke off"),
    ((requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, UnicodeError), "its address is none"),
    (OSError, "there is no way to its host"),
)


@dataclass(frozen=True, slots=True)
class _Call:
    """One call: when its time is up, and who looks its host up."""

    deadline: float
    names: Names


_call: ContextVar[_Call] = ContextVar("call")


class TransportError(Exception):
    """The call did not bring an answer: no connection, a broken one, or an answer that is too large."""


class TransportTimeout(TransportError):
    """The call took longer than it may."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Session(requests.Session):
    """A session to which a redirect is an answer like any other: it is not followed, nor even read."""

    def get_redirect_target(self, _resp: requests.Response) -> None:
        return None


class Transport:
    """One pool of kept-alive connections. `adapter` takes the network's place for what runs in this process.

    `look_up` returns the addresses of a host and a port.
    """

    def __init__(self, adapter: BaseAdapter | None = None, look_up: LookUp = by_the_system) -> None:
        self._names = Names(look_up)
        self._session = _Session()
        # Proxies and .netrc of the machine's user are not the shop's settings; .netrc would even replace the key.
        self._session.trust_env = False
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter or _DeadlineAdapter(pool_maxsize=POOL_SIZE))

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        timeout: float,
        json: object = None,
        form: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send one request and read its whole answer within `timeout` seconds. Never sent twice, whatever happens.

        Its body is `json`, or a `form`, or nothing. Raises TransportError or TransportTimeout.
        """
        with _during(_Call(monotonic() + timeout, self._names)):
            try:
                # Prepared by itself: no cookies, no defaults, nothing that one call could leave to the next.
                request = requests.PreparedRequest()
                agent = {"User-Agent": f"lightning-till/{version()}"}
                request.prepare(method, url, headers={**agent, **headers}, json=json, data=form or {})
                with self._session.send(request, timeout=timeout, allow_redirects=False, stream=True) as response:
                    return Reply(response.status_code, response.headers, _read(response))
            except (requests.Timeout, TimeoutError) as error:
                raise TransportTimeout(f"no whole answer within {max(round(timeout, 1), 0.1):g} s") from error
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                raise _broken(error) from error

    def close(self) -> None:
        """Give up the kept-alive connections."""
        self._session.close()


def _read(response: requests.Response) -> bytes:
    body = b""
    for part in response.iter_content(16 * 1024):
        body += part
        if len(body) > MAX_BYTES:
            raise TransportError(f"the answer is longer than {MAX_BYTES} bytes")
    return body


def _broken(error: Exception) -> TransportError:
    """Say what failed in words of our own: the text of an exception may hold the address, and that holds a key."""
    if monotonic() >= _call.get().deadline:
        return TransportTimeout("no whole answer in time")
    causes = list(_causes(error))
    for kind, sentence in _FAILURES:
        if any(isinstance(cause, kind) for cause in causes):
            return TransportError(sentence)
    return TransportError(f"the call failed: {type(error).__name__}")


def _causes(error: object) -> Iterator[BaseException]:
    """Go down to what was at the bottom of an exception; urllib3 and requests keep it in several places."""
    seen: list[object] = []
    left = [error]
    while left:
        inner = left.pop()
        if not isinstance(inner, BaseException) or inner in seen:
            continue
        seen.append(inner)
        left += [inner.__cause__, inner.__context__, getattr(inner, "reason", None), *inner.args]
        yield inner


@contextmanager
def _during(call: _Call) -> Iterator[None]:
    token = _call.set(call)
    try:
        yield
    finally:
        _call.reset(token)


class _DeadlineReader(io.RawIOBase):
    """The socket's bytes, each wait no longer than the time that is left."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        # The socket's own file keeps it open when http.client lets go of it, as it does on "Connection: close".
        self._file = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        left = _call.get().deadline - monotonic()
        if left <= 0:
            raise TimeoutError("deadline")
        self._sock.settimeout(left)
        return self._file.readinto(buffer) or 0


class _DeadlineSocket:
    """What http.client asks of a socket when it starts to read: a file."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_DeadlineReader(self._sock))


class _DeadlineResponse(http.client.HTTPResponse):
    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(_DeadlineSocket(sock), *args, **kwargs)  # type: ignore[arg-type]


class _Connection(HTTPConnection):
    response_class = _DeadlineResponse

    def _new_conn(self) -> socket.socket:
        return _connect(self.host, self.port, self.socket_options)


class _SecureConnection(HTTPSConnection):
    response_class = _DeadlineResponse

    def _new_conn(self) -> socket.socket:
        return _connect(self.host, self.port, self.socket_options)


def _connect(host: str, port: int, options: Any) -> socket.socket:
    """Look the host up and connect, both within the call's time, and leave what is left of it on the socket."""
    call = _call.get()
    connection = connect(call.names.addresses(host, port, call.deadline), call.deadline)
    connection.settimeout(max(call.deadline - monotonic(), 0.001))
    for option in options or ():
        connection.setsockopt(*option)
    return connection


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _DeadlineAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

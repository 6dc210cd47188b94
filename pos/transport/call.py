"""One bounded HTTP call: a deadline for the whole of it, a limit on its size, no redirects. No word about what is said.

`requests` limits the time between two bytes, so a server that drips one now and then could hold a sale for hours.
Here the deadline goes down to the socket: every wait for bytes is given only what is left of the call's time. How a
host's name becomes a connection within it stands in network.py.
"""

import http.client
import io
import json as json_format
import logging
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.exceptions import SSLError as ThumbprintError

from pos.transport.network import LookUp, Names, by_the_system, connect
from pos.transport.pin import Pin
from pos.transport.public import anywhere
from pos.transport.socks import ProxyError, is_onion, reach
from pos.version import version

# It writes whole addresses into the log, and with them the keys and PINs that some servers want there. What has failed
# is in the TransportError.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)

MAX_BYTES = 256 * 1024
POOL_SIZE = 16


class OtherCertificate(ssl.SSLError):
    """A host showed another certificate than the pinned one. Nothing was sent to it."""


class NoProxy(OSError):
    """Only a proxy leads to the host, and there is none."""


class OffLimits(OSError):
    """The host, or one of its addresses, is not where this transport may go. Nothing was sent to it."""


# What a person can make something of, the closest first: a refused connection is an OSError, too.
_FAILURES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (OtherCertificate, "its certificate is another one than the one that was pinned"),
    (OffLimits, "its host is not at a public address"),
    (NoProxy, "an .onion address is reached through Tor alone, and POS_SOCKS_PROXY is not set"),
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
    """One call: when its time is up, who looks its host up, the proxy that leads to an .onion address, and where to it
    `may_go`.
    """

    deadline: float
    names: Names
    proxy: tuple[str, int] | None
    may_go: Callable[[str], bool]


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


class Transport:
    """One pool of kept-alive connections. `adapter` takes the network's place for what runs in this process.

    `look_up` returns the addresses of a host and a port. `proxy` is the host and port of a SOCKS 5 proxy; it is asked
    for .onion addresses, and for nothing else. `may_go` is asked about each address of a host (public.py).
    """

    def __init__(
        self,
        adapter: BaseAdapter | None = None,
        look_up: LookUp = by_the_system,
        proxy: tuple[str, int] | None = None,
        may_go: Callable[[str], bool] = anywhere,
    ) -> None:
        self._names = Names(look_up)
        self._proxy = proxy
        self._may_go = may_go
        self._pinned: dict[tuple[str | None, int], _PinnedAdapter] = {}
        # It only says which adapter leads where. What else it could do is not wanted: to follow redirects, to keep
        # cookies, and to use the proxies and .netrc of the machine's user, which would even replace the key.
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter or _DeadlineAdapter(pool_maxsize=POOL_SIZE))

    def pin(self, url: str, pin: Pin) -> None:
        """From now on talk to the host of an https address if it shows the pinned certificate, and not otherwise."""
        origin = requests.Request("GET", url).prepare().url or url
        place = urlsplit(origin)
        adapter = self._pinned[place.hostname, place.port or 443] = _PinnedAdapter(pin)
        self._session.mount(f"{place.scheme}://{place.netloc}/", adapter)

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
        with _during(self._call_until(monotonic() + timeout)):
            try:
                agent = {"User-Agent": f"lightning-till/{version()}"}
                about = agent if json is None else {**agent, "Content-Type": "application/json"}
                body = form or {} if json is None else _in_utf8(json)
                request = _prepared(method, url, {**about, **headers}, body)
                adapter = self._session.get_adapter(request.url or url)
                with adapter.send(request, stream=True, timeout=timeout) as response:
                    return Reply(response.status_code, response.headers, _read(response))
            except (requests.Timeout, TimeoutError) as error:
                raise TransportTimeout(f"no whole answer within {max(round(timeout, 1), 0.1):g} s") from error
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                raise _broken(error) from error

    def open(self, host: str, port: int, *, secure: bool, timeout: float) -> socket.socket:
        """Open a line for what is not HTTP, within `timeout` seconds; a secure one speaks TLS. Whoever asked closes it.

        What is pinned for an https address of that host and port counts here, too.
        Raises TransportError or TransportTimeout.
        """
        deadline = monotonic() + timeout
        with _during(self._call_until(deadline)), ExitStack() as opened:
            try:
                pinned = self._pinned.get((host, port)) if secure else None
                if pinned:
                    return pinned.line(host, port)
                # What is said in small parts goes out at once, as over HTTP.
                line = opened.enter_context(_connect(host, port, [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]))
                if secure:
                    context = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
                    line.settimeout(max(deadline - monotonic(), 0.001))
                    line = opened.enter_context(context.wrap_socket(line, server_hostname=host))
            except TimeoutError as error:
                raise TransportTimeout(f"no connection within {max(round(timeout, 1), 0.1):g} s") from error
            except (OSError, ValueError) as error:
                raise _broken(error) from error
            opened.pop_all()
            return line

    def close(self) -> None:
        """Give up the kept-alive connections."""
        self._session.close()

    def _call_until(self, deadline: float) -> _Call:
        return _Call(deadline, self._names, self._proxy, self._may_go)


def _prepared(method: str, url: str, headers: Mapping[str, str], body: Any) -> requests.PreparedRequest:
    """Put a request together: no cookies, no defaults, nothing that one call could leave to the next."""
    request = requests.PreparedRequest()
    request.prepare_method(method)
    request.prepare_url(url, None)
    request.prepare_headers(headers)
    request.prepare_body(body, None)
    # A name and a password that stand in the address.
    request.prepare_auth(None)
    return request


def _in_utf8(content: object) -> bytes:
    """Write JSON with every character as it is: not all that read it take an emoji in two escaped halves."""
    return json_format.dumps(content, ensure_ascii=False, allow_nan=False).encode()


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
    for cause in causes:
        if isinstance(cause, ProxyError):
            return TransportError(str(cause))
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


class _PinnedConnection(_SecureConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except (ssl.SSLCertVerificationError, ThumbprintError) as error:
            raise OtherCertificate("not the pinned one") from error


def _connect(host: str, port: int, options: Any) -> socket.socket:
    """Look the host up and connect, both within the call's time, and leave what is left of it on the socket."""
    call = _call.get()
    connect_by = _connect_by_proxy if is_onion(host) else _connect_by_name
    # Of one that the other end has broken off by now nothing more can be asked.
    with ExitStack() as opened:
        connection = opened.enter_context(connect_by(host, port, call))
        connection.settimeout(max(call.deadline - monotonic(), 0.001))
        for option in options or ():
            connection.setsockopt(*option)
        opened.pop_all()
    return connection


def _connect_by_name(host: str, port: int, call: _Call) -> socket.socket:
    """Connect to an address that was looked at, and look again before a byte is sent, as a name is not asked twice.

    One address that is off limits is enough: whoever owns the name means to have it tried.
    """
    addresses = call.names.addresses(host, port, call.deadline)
    if not all(call.may_go(place[0]) for *_, place in addresses):
        raise OffLimits
    with ExitStack() as opened:
        connection = opened.enter_context(connect(addresses, call.deadline))
        if not call.may_go(connection.getpeername()[0]):
            raise OffLimits
        opened.pop_all()
    return connection


def _connect_by_proxy(host: str, port: int, call: _Call) -> socket.socket:
    if call.proxy is None:
        raise NoProxy
    with ExitStack() as opened:
        try:
            connection = opened.enter_context(_connect_by_name(*call.proxy, call))
            reach(connection, host, port, call.deadline)
        except (TimeoutError, ProxyError):
            raise
        except OSError as error:
            # A broken pipe, too: urllib3 would take that for a request that was not read to its end.
            raise ProxyError("no SOCKS 5 proxy answers at POS_SOCKS_PROXY: is Tor running?") from error
        opened.pop_all()
        return connection


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _PinnedPool(HTTPSConnectionPool):
    ConnectionCls = _PinnedConnection


class _DeadlineAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


class _PinnedAdapter(_DeadlineAdapter):
    """Speaks to one host, by its pin."""

    def __init__(self, pin: Pin) -> None:
        self._pin = pin
        self._seen = pin.read()
        self._rules = pin.rules(self._seen)
        super().__init__(pool_maxsize=POOL_SIZE)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": _PinnedPool}

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: bool | str, cert: Any = None
    ) -> tuple[Any, Any]:
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, self._rules

    def cert_verify(self, *_: Any) -> None:
        """The authorities that this machine trusts have no say here."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request; once more where the file of the pin has changed meanwhile, as nothing was sent yet then."""
        try:
            return super().send(request, *args, **kwargs)
        except requests.exceptions.SSLError as error:
            if not any(isinstance(cause, OtherCertificate) for cause in _causes(error)) or not self._has_changed():
                raise
        return super().send(request, *args, **kwargs)

    def line(self, host: str, port: int) -> socket.socket:
        """Open a line to the host; once more where the file of the pin has changed meanwhile."""
        try:
            return self._line(host, port)
        except OtherCertificate:
            if not self._has_changed():
                raise
        return self._line(host, port)

    def _line(self, host: str, port: int) -> socket.socket:
        connection = _PinnedConnection(host, port, **self._rules)
        connection.connect()
        return connection.sock

    def _has_changed(self) -> bool:
        """Read the pin again, as a node makes itself a new certificate when the old one has run out.

        A file that is gone, or half written, fails the call as the wrong certificate does; the next one looks again.
        """
        now = self._pin.read()
        if now == self._seen:
            return False
        self._rules = self._pin.rules(now)
        self._seen = now
        return True

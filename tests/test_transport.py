"""One bounded HTTP call, against servers that misbehave."""

import gc
import logging
import socket
import ssl
import struct
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from http.client import RemoteDisconnected
from threading import Event, Thread

import pytest
import requests
from requests.adapters import BaseAdapter
from urllib3.exceptions import MaxRetryError
from werkzeug import Request, Response

from pos.transport import MAX_BYTES, Reply, Transport, TransportError, TransportTimeout
from pos.transport.network import Address
from pos.version import version
from tests.loopback import served
from tests.threads import none_left

# Seconds: short where it is used up, and long where nothing is to be decided by it.
DEADLINE, LONG = 0.5, 30
# Far less than it would take otherwise, and far more than a busy machine needs.
SOON = 10
Behaviour = Callable[[socket.socket], object]


ODD_ANSWERS: list[Behaviour] = [
    lambda it: it.sendall(b"HTTP/1.1 401 No\r\nthis is no header\r\nX-A: b\r\n\r\n{}"),
    lambda it: it.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno length\r\n"),
    lambda it: it.sendall(b"HTTP/1.1 200 OK\r\n\r\n{}"),
    lambda it: it.close(),
]


@contextmanager
def server(behave: Behaviour) -> Iterator[tuple[str, list[bytes]]]:
    """Serve connections on loopback, one after the other; yield the address and what was received."""
    listener = socket.create_server(("127.0.0.1", 0))
    received: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                received.append(connection.recv(65536))
                behave(connection)

    thread = Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", received
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def call(behave: Behaviour, timeout: float = LONG) -> Reply:
    with server(behave) as (url, _):
        return Transport().call("GET", url, headers={}, timeout=timeout)


def drip(head: bytes) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        connection.sendall(head)
        stop = time.monotonic() + LONG
        while time.monotonic() < stop:
            connection.sendall(b"a")
            Event().wait(DEADLINE / 10)

    return behave


def test_a_call_says_who_calls_and_which_version_it_is() -> None:
    with server(lambda it: it.sendall(b"HTTP/1.1 204 Nothing\r\n\r\n")) as (url, received):
        Transport().call("GET", url, headers={}, timeout=LONG)
    assert f"\r\nUser-Agent: lightning-till/{version()}\r\n".encode() in received[0]


def test_a_name_and_a_password_in_an_address_are_sent_as_such() -> None:
    with server(lambda it: it.sendall(b"HTTP/1.1 204 Nothing\r\n\r\n")) as (url, received):
        Transport().call("GET", url.replace("//", "//till:secret@"), headers={}, timeout=LONG)
    assert b"\r\nAuthorization: Basic dGlsbDpzZWNyZXQ=\r\n" in received[0]


def test_a_whole_answer_comes_back_whatever_its_status() -> None:
    reply = call(lambda connection: connection.sendall(b"HTTP/1.1 418 Teapot\r\nContent-Length: 2\r\nX-A: b\r\n\r\nhi"))
    assert (reply.status, reply.headers["X-A"], reply.body) == (418, "b", b"hi")


@pytest.mark.parametrize(
    "behave",
    [
        lambda connection: connection.recv(1),
        drip(b"HTTP/1.1 200 OK\r\nX-Slow: "),
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"),
        drip(b"HTTP/1.1 200 OK\r\n\r\n"),
    ],
    ids=["says nothing", "drips a header", "drips its body", "never ends"],
)
def test_a_slow_answer_takes_no_longer_than_the_deadline(behave: Behaviour) -> None:
    with server(behave) as (url, _):
        transport = Transport()
        start = time.monotonic()
        with pytest.raises(TransportTimeout):
            transport.call("GET", url, headers={}, timeout=DEADLINE)
        assert time.monotonic() - start < SOON
        # The connection is given up, so that the server's side ends, too.
        transport.close()


def test_a_server_that_falls_silent_late_is_given_only_what_is_left() -> None:
    def behave(connection: socket.socket) -> None:
        Event().wait(1.8)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        connection.recv(1)

    with server(behave) as (url, _):
        transport = Transport()
        start = time.monotonic()
        with pytest.raises(TransportTimeout):
            transport.call("GET", url, headers={}, timeout=2)
        assert time.monotonic() - start < 1.8 + 2
        transport.close()


@pytest.mark.parametrize(
    "behave",
    [
        lambda connection: connection.close(),
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
        lambda connection: connection.sendall(b"SSH-2.0\r\n\r\n"),
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * (2 * MAX_BYTES)),
    ],
    ids=["hangs up", "cut off", "not HTTP", "too large"],
)
def test_an_answer_that_is_broken_or_too_large_is_a_transport_error(behave: Behaviour) -> None:
    with pytest.raises(TransportError) as caught:
        call(behave, timeout=5)
    assert not isinstance(caught.value, TransportTimeout)


def test_nobody_at_the_address_is_a_transport_error_that_does_not_repeat_the_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(TransportError) as caught:
        Transport().call("GET", f"http://127.0.0.1:{port}/wallet/waki_secret", headers={}, timeout=5)
    assert "waki_secret" not in str(caught.value)


class Broken(BaseAdapter):
    """A network on which each call fails for the same cause."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__()
        self._cause = cause

    def send(self, request: requests.PreparedRequest, **_options: object) -> requests.Response:  # type: ignore[override]
        raise requests.ConnectionError(MaxRetryError(None, request.url, self._cause))  # type: ignore[arg-type]

    def close(self) -> None:
        """There is nothing to close."""


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        (socket.gaierror(-2, "Name or service not known"), "the name of its host cannot be found"),
        (ConnectionRefusedError(111, "Connection refused"), "nothing listens at that port of its host"),
        (ssl.SSLCertVerificationError("self-signed"), "its certificate is not valid"),
        (ssl.SSLError("WRONG_VERSION_NUMBER"), "it does not speak https at that port"),
        (ConnectionResetError(104, "Connection reset by peer"), "the connection broke off"),
        (RemoteDisconnected("Remote end closed"), "the connection broke off"),
        (OSError(101, "Network is unreachable"), "there is no way to its host"),
    ],
)
def test_a_call_that_fails_says_why_in_words_and_repeats_no_address(cause: Exception, sentence: str) -> None:
    with pytest.raises(TransportError) as caught:
        Transport(Broken(cause)).call("GET", "http://host/waki_secret", headers={}, timeout=5)
    assert str(caught.value).startswith(sentence)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("behave", ODD_ANSWERS)
def test_the_log_repeats_no_address_and_nothing_that_a_stranger_sent(
    behave: Behaviour, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with server(behave) as (url, received), suppress(TransportError):
        Transport().call("GET", f"{url}/wallet/waki_secret?pin=4711", headers={}, timeout=LONG)
    assert b"waki_secret?pin=4711" in received[0]
    assert caplog.text == ""


def test_an_address_that_is_none_is_told() -> None:
    with pytest.raises(TransportError, match="its address is none"):
        Transport().call("GET", "http://a b/", headers={}, timeout=5)


def test_the_time_of_a_call_is_told_as_a_person_would() -> None:
    with pytest.raises(TransportTimeout, match=r"no whole answer within 0\.3 s"):
        call(lambda _connection: time.sleep(2 * DEADLINE), timeout=0.29999)


@pytest.mark.parametrize("target", [b"http://127.0.0.1:1/", b"http://[", b"\xff\xfe"])
def test_a_redirect_is_not_followed(target: bytes) -> None:
    def behave(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: " + target + b"\r\nContent-Length: 0\r\n\r\n")

    assert call(behave).status == 302


def test_a_call_that_fails_is_sent_once() -> None:
    with server(lambda connection: connection.close()) as (url, received):
        with pytest.raises(TransportError):
            Transport().call("POST", url, headers={}, timeout=5, json={"num_satoshis": 1})
        assert len(received) == 1
        assert b"Content-Type: application/json" in received[0]


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads that let each other go on at every step."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hasty")
def test_a_line_that_breaks_off_as_it_is_opened_leaves_nothing_open() -> None:
    transport, ended = Transport(), Event()

    def break_off(door: socket.socket) -> None:
        while not ended.is_set():
            line, _ = door.accept()
            # It is reset at once, and not closed: here and there before whoever opened it has asked where it leads.
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.close()

    def open_line(port: int) -> str:
        try:
            transport.open("127.0.0.1", port, secure=False, timeout=LONG).close()
        except TransportError as error:
            return str(error)
        return "open"

    # What tests before have left is none of this one's.
    gc.collect()
    with (
        socket.create_server(("127.0.0.1", 0), backlog=100) as door,
        warnings.catch_warnings(record=True) as told,
        ThreadPoolExecutor(17) as crowd,
    ):
        warnings.simplefilter("always")
        port = door.getsockname()[1]
        breaking = crowd.submit(break_off, door)
        said = set(crowd.map(open_line, [port] * 3000))
        ended.set()
        open_line(port)
        breaking.result()
        gc.collect()
    assert said <= {"open", "the connection broke off", "there is no way to its host"}
    assert [str(it.message) for it in told] == []


def test_json_is_sent_with_every_character_as_it_is() -> None:
    """Core Lightning's own reader takes no escaped halves of an emoji."""
    received: list[Request] = []

    @Request.application
    def wallet(request: Request) -> Response:
        request.get_data()
        received.append(request)
        return Response()

    with served(wallet) as url:
        Transport().call("POST", url, headers={}, timeout=5, json={"description": "Cake 🍰"})
    assert received[0].mimetype == "application/json"
    assert received[0].get_data() == '{"description": "Cake 🍰"}'.encode()


def test_a_form_is_sent_as_browsers_send_one() -> None:
    received: list[Request] = []

    @Request.application
    def wallet(request: Request) -> Response:
        request.get_data()
        received.append(request)
        return Response()

    with served(wallet) as url:
        Transport().call(
            "POST", url, headers={}, timeout=5, form={"description": "Coffee & cake ☕", "amountSat": "21"}
        )
    assert received[0].mimetype == "application/x-www-form-urlencoded"
    assert received[0].get_data() == b"description=Coffee+%26+cake+%E2%98%95&amountSat=21"


def test_the_machines_netrc_and_proxies_do_not_speak_for_the_shop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert call(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")).status == 200


def test_a_connection_is_kept_alive() -> None:
    connections = []

    def behave(connection: socket.socket) -> None:
        connections.append(connection)
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(answer)
        while connection.recv(65536):
            connection.sendall(answer)

    with server(behave) as (url, _):
        transport = Transport()
        for _ in range(3):
            assert transport.call("GET", url, headers={}, timeout=5).status == 200
        transport.close()
    assert len(connections) == 1


def test_of_several_addresses_one_that_answers_is_enough() -> None:
    with server(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as (url, _):
        assert Transport().call("GET", url.replace("127.0.0.1", "localhost"), headers={}, timeout=5).status == 200


EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def ipv4(address: str, port: int) -> Address:
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))


@contextmanager
def silent() -> Iterator[int]:
    """Give a port that takes no connection and refuses none, as an address behind a router that drops all does."""
    with socket.socket() as listener, ExitStack() as full:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        place = listener.getsockname()
        # What is not taken waits in the queue, which is full with these.
        for _ in range(4):
            waiting = full.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(place)
        yield place[1]


def test_a_name_that_is_not_found_in_time_takes_no_longer_than_the_deadline() -> None:
    found = Event()

    def hang(_host: str, _port: int) -> list[Address]:
        found.wait(LONG)
        return []

    start = time.monotonic()
    with pytest.raises(TransportTimeout):
        Transport(look_up=hang).call("GET", "http://wallet.example/", headers={}, timeout=DEADLINE)
    assert time.monotonic() - start < SOON
    found.set()


def test_a_name_that_is_asked_for_again_and_again_is_looked_up_once_until_that_ends() -> None:
    found, asked = Event(), []

    def look_up(host: str, port: int) -> list[Address]:
        asked.append((host, port))
        found.wait(LONG)
        return [ipv4("127.0.0.1", int(url.rpartition(":")[2]))]

    with server(lambda connection: connection.sendall(EMPTY)) as (url, _):
        transport = Transport(look_up=look_up)
        for _ in range(3):
            with pytest.raises(TransportTimeout):
                transport.call("GET", "http://wallet.example:1/", headers={}, timeout=0.05)
        assert asked == [("wallet.example", 1)]
        with ThreadPoolExecutor() as pool:
            waiting = pool.submit(transport.call, "GET", "http://wallet.example:1/", headers={}, timeout=5)
            found.set()
            assert waiting.result().status == 200
        transport.close()
        assert transport.call("GET", "http://wallet.example:1/", headers={}, timeout=5).status == 200
    assert len(asked) <= 3


def test_a_name_for_which_there_was_no_thread_is_looked_up_by_the_next_who_asks() -> None:
    with server(lambda connection: connection.sendall(EMPTY)) as (url, _):
        transport = Transport(look_up=lambda *_: [ipv4("127.0.0.1", int(url.rpartition(":")[2]))])
        with none_left(), pytest.raises(TransportError) as caught:
            transport.call("GET", "http://wallet.example:1/", headers={}, timeout=5)
        assert not isinstance(caught.value, TransportTimeout)
        assert transport.call("GET", "http://wallet.example:1/", headers={}, timeout=5).status == 200


@pytest.mark.parametrize("error", [socket.gaierror(-2, "Name or service not known"), UnicodeError("label too long")])
def test_a_name_that_there_is_not_is_an_error_and_no_timeout(error: Exception) -> None:
    def look_up(_host: str, _port: int) -> list[Address]:
        raise error

    with pytest.raises(TransportError) as caught:
        Transport(look_up=look_up).call("GET", "http://wallet.example/", headers={}, timeout=5)
    assert not isinstance(caught.value, TransportTimeout)


def test_a_name_without_an_address_is_an_error() -> None:
    with pytest.raises(TransportError):
        Transport(look_up=lambda _host, _port: []).call("GET", "http://wallet.example/", headers={}, timeout=5)


def test_an_address_that_leads_nowhere_costs_a_moment_and_not_the_deadline() -> None:
    """As in a shop whose router gives out IPv6 addresses and has no IPv6."""
    with silent() as nowhere, server(lambda connection: connection.sendall(EMPTY)) as (url, _):
        port = int(url.rpartition(":")[2])
        addresses = [*[ipv4("127.0.0.1", nowhere)] * 3, ipv4("127.0.0.1", port)]
        start = time.monotonic()
        transport = Transport(look_up=lambda _host, _port: addresses)
        assert transport.call("GET", "http://wallet.example/", headers={}, timeout=LONG).status == 200
        assert time.monotonic() - start < SOON


def test_the_families_of_a_hosts_addresses_take_turns() -> None:
    with silent() as nowhere, server(lambda connection: connection.sendall(EMPTY)) as (url, _):
        six: Address = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::ffff:127.0.0.1", nowhere, 0, 0))
        addresses = [*[six] * 200, ipv4("127.0.0.1", int(url.rpartition(":")[2]))]
        start = time.monotonic()
        transport = Transport(look_up=lambda _host, _port: addresses)
        assert transport.call("GET", "http://wallet.example/", headers={}, timeout=LONG).status == 200
        assert time.monotonic() - start < SOON


def test_addresses_that_all_lead_nowhere_take_no_longer_than_the_deadline() -> None:
    with silent() as nowhere:
        addresses = [ipv4("127.0.0.1", nowhere)] * 200
        start = time.monotonic()
        with pytest.raises(TransportTimeout):
            Transport(look_up=lambda _host, _port: addresses).call("GET", "http://a.example/", headers={}, timeout=1)
        assert time.monotonic() - start < SOON


def test_under_gevent_others_go_on_while_a_name_is_looked_up() -> None:
    """As the till is served: the system's look-up hangs in C, and a greenlet that counts goes on."""
    done = subprocess.run([sys.executable, "-c", UNDER_GEVENT], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == ["TransportTimeout", "counted"], done.stderr


UNDER_GEVENT = """
import ctypes
from gevent import monkey, spawn
monkey.patch_all()
import time
import gevent
from gevent import get_hub
from pos.transport import Transport, TransportError
# As gevent's own resolver does: in a thread of the system's.
sleep = lambda host, port: get_hub().threadpool.apply(ctypes.CDLL(None).sleep, (20,))
counted = []
def count():
    while True:
        counted.append(time.monotonic())
        gevent.sleep(0.01)
spawn(count)
start = time.monotonic()
try:
    Transport(look_up=sleep).call("GET", "http://wallet.example/", headers={}, timeout=0.5)
except TransportError as error:
    print(type(error).__name__ if time.monotonic() - start < 10 else "too late")
print("counted" if len(counted) > 4 else len(counted))
import os, sys
sys.stdout.flush()
os._exit(0)
"""

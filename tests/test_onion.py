"""An .onion address: reached through a SOCKS proxy that somebody else wrote the rules of, and never looked up here."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from werkzeug import Request, Response

from pos.transport import Pin, Transport, TransportError, TransportTimeout
from pos.transport.network import Address
from tests.certificates import self_signed
from tests.loopback import served

NODE = "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrstuvwx.onion"
GREETED = b"\x05\x00"


@contextmanager
def proxy(
    where: int = 0, greeting: bytes = GREETED, answer: bytes = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x1f\x90"
) -> Iterator[tuple[tuple[str, int], list[tuple[bytes, int]]]]:
    """Serve as a SOCKS 5 proxy to whom every name is the loopback; give its place, and what it was asked for."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked: list[tuple[bytes, int]] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                Thread(target=lead, args=(connection,), daemon=True).start()

    def lead(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            assert connection.recv(3) == b"\x05\x01\x00"
            connection.sendall(greeting)
            if greeting != GREETED:
                connection.recv(1)
                return
            head = connection.recv(5)
            assert head[:4] == b"\x05\x01\x00\x03"
            name, port = connection.recv(head[4]), int.from_bytes(connection.recv(2))
            asked.append((name, port))
            # As slow networks do: in pieces.
            connection.sendall(answer[:3])
            connection.sendall(answer[3:])
            if not where or answer[1]:
                connection.recv(1)
                return
            with socket.create_connection(("127.0.0.1", where)) as node:
                back = Thread(target=copy, args=(node, connection), daemon=True)
                back.start()
                copy(connection, node)

    thread = Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname(), asked
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while said := source.recv(65536):
            target.sendall(said)
        target.shutdown(socket.SHUT_WR)


def nobody(host: str, _port: int) -> list[Address]:
    raise AssertionError(f"{host} was looked up")


def by_number(host: str, port: int) -> list[Address]:
    assert host == "127.0.0.1", f"{host} was looked up"
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]


@Request.application
def node(_request: Request) -> Response:
    return Response("hello")


def ask(transport: Transport, url: str, timeout: float = 5) -> bytes:
    with closing(transport):
        return transport.call("GET", url, headers={}, timeout=timeout).body


@pytest.mark.parametrize(
    "answer",
    [
        b"\x05\x00\x00\x01\x7f\x00\x00\x01\x1f\x90",
        b"\x05\x00\x00\x04" + bytes(18),
        b"\x05\x00\x00\x03\x03abc\x1f\x90",
    ],
    ids=["IPv4", "IPv6", "name"],
)
def test_a_node_behind_tor_is_reached_through_the_proxy_by_its_name(answer: bytes) -> None:
    with served(node) as url, proxy(int(url.rpartition(":")[2]), answer=answer) as (place, asked):
        assert ask(Transport(look_up=by_number, proxy=place), f"http://{NODE}:8080/v1") == b"hello"
    assert asked == [(NODE.encode(), 8080)]


def test_a_pinned_certificate_is_looked_at_behind_tor_too(tmp_path: Path) -> None:
    mine, other = self_signed(tmp_path), self_signed(tmp_path, "other")
    with served(node, mine.tls()) as url, proxy(int(url.rpartition(":")[2])) as (place, _):
        for certificate, is_mine in ((mine, True), (other, False)):
            transport = Transport(look_up=by_number, proxy=place)
            transport.pin(f"https://{NODE}:8080", Pin.parse(certificate.thumbprint))
            if is_mine:
                assert ask(transport, f"https://{NODE}:8080/") == b"hello"
            else:
                with pytest.raises(TransportError, match="another one than the one that was pinned"):
                    ask(transport, f"https://{NODE}:8080/")


@pytest.mark.parametrize("host", [NODE, NODE.upper(), f"shop.{NODE}"])
def test_without_a_proxy_an_onion_address_is_not_even_looked_up(host: str) -> None:
    with pytest.raises(TransportError, match="through Tor alone, and POS_SOCKS_PROXY is not set"):
        ask(Transport(look_up=nobody), f"http://{host}/")


def test_every_other_host_is_reached_as_if_there_were_no_proxy() -> None:
    with served(node) as url, proxy() as (place, asked):
        assert ask(Transport(proxy=place), url) == b"hello"
    assert asked == []


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (4, "the host is unreachable"),
        (5, "nothing listens at that port"),
        (6, "took too long"),
        (0xF0, "there is no such onion service"),
        (0x77, "it does not say why"),
    ],
)
def test_a_node_that_the_proxy_does_not_find_is_told(code: int, reason: str) -> None:
    with proxy(answer=bytes([5, code, 0, 1]) + bytes(6)) as (place, _), pytest.raises(TransportError, match=reason):
        ask(Transport(proxy=place), f"http://{NODE}/")


@pytest.mark.parametrize(
    ("greeting", "reason"),
    [
        (b"\x05\xff", "wants a password"),
        (b"\x05\x02", "wants a password"),
        (b"HTTP/1.1 400 Bad Request", "is no SOCKS 5 proxy"),
        (b"", "no whole answer"),
    ],
)
def test_what_is_no_proxy_for_us_is_told(greeting: bytes, reason: str) -> None:
    with proxy(greeting=greeting) as (place, _), pytest.raises(TransportError, match=reason):
        ask(Transport(proxy=place), f"http://{NODE}/", timeout=0.5)


def test_a_proxy_that_is_not_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        place = listener.getsockname()
    with pytest.raises(TransportError, match="no SOCKS 5 proxy answers at POS_SOCKS_PROXY"):
        ask(Transport(proxy=place), f"http://{NODE}/")


Behaviour = Callable[[socket.socket], Any]


def drip(connection: socket.socket) -> None:
    for byte in GREETED + b"\x05\x00\x00\x04" + bytes(18):
        connection.sendall(bytes([byte]))
        Event().wait(0.15)


@pytest.mark.parametrize("behave", [drip, lambda it: it.recv(1)], ids=["drips", "is silent"])
def test_a_slow_proxy_takes_no_longer_than_the_deadline(behave: Behaviour) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.recv(3)
                behave(connection)

        thread = Thread(target=serve)
        thread.start()
        start = time.monotonic()
        with pytest.raises(TransportTimeout):
            ask(Transport(proxy=listener.getsockname()), f"http://{NODE}/", timeout=0.5)
        assert time.monotonic() - start < 1
        thread.join()


def test_a_proxy_that_hangs_up_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=lambda: listener.accept()[0].close())
        thread.start()
        with pytest.raises(TransportError, match=r"hung up|no SOCKS 5 proxy answers"):
            ask(Transport(proxy=listener.getsockname()), f"http://{NODE}/")
        thread.join()

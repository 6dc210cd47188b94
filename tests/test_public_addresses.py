"""A transport for strangers' addresses: it goes to the internet, and nowhere into the shop's own network."""

import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from werkzeug import Request, Response

from pos.transport import Pin, Transport, TransportError, is_public
from pos.transport.network import Address
from tests.certificates import self_signed
from tests.loopback import served

OFF_LIMITS = "its host is not at a public address"
LOOPBACK = "127.0.0.1"
PUBLIC = "93.184.216.34"


@dataclass
class Resolver:
    """Says of every name what the test wants, the next time the next, and keeps what it was asked."""

    answers: list[Sequence[str]]
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, port: int) -> Sequence[Address]:
        self.asked.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [_address(it, port) for it in found]


def _address(address: str, port: int) -> Address:
    if ":" in address:
        return (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))


@contextmanager
def shops_router() -> Iterator[tuple[int, list[str]]]:
    """Serve what nobody from outside may ask; give its port, and what it was asked."""
    asked: list[str] = []

    @Request.application
    def answer(request: Request) -> Response:
        asked.append(request.url)
        return Response("the password is 1234")

    with served(answer) as url:
        yield int(url.rpartition(":")[2]), asked


def call(resolver: Resolver, port: int, **options: object) -> None:
    with closing(Transport(look_up=resolver, **{"may_go": is_public, **options})) as transport:  # type: ignore[arg-type]
        transport.call("GET", f"http://card.example:{port}/", headers={}, timeout=5)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1", "3fff::1"),
        # With an address of IPv4 inside.
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::7f00:1"),
        *("2002:7f00:1::", "2001:0:7f00:1::"),
        *("localhost", "card.example", ""),
    ],
)
def test_what_is_not_the_internets_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "1.1.1.1", "2606:4700:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8"])
def test_what_is_the_internets_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "addresses",
    [[LOOPBACK], ["::ffff:127.0.0.1"], [PUBLIC, LOOPBACK], [LOOPBACK, PUBLIC], ["2606:4700:4700::1111", "::1"]],
    ids=["own", "own in IPv6", "own last", "own first", "own in the other family"],
)
def test_a_name_with_one_address_of_the_shops_network_is_not_asked(addresses: list[str]) -> None:
    with shops_router() as (port, asked), pytest.raises(TransportError) as caught:
        call(Resolver([addresses]), port)
    assert str(caught.value) == OFF_LIMITS
    assert asked == []


def test_an_address_that_is_written_as_such_is_looked_at_as_well() -> None:
    with (
        shops_router() as (port, asked),
        closing(Transport(may_go=is_public)) as transport,
        pytest.raises(TransportError) as caught,
    ):
        transport.call("GET", f"http://127.0.0.1:{port}/", headers={}, timeout=5)
    assert (str(caught.value), asked) == (OFF_LIMITS, [])


def test_a_name_is_looked_up_once_and_what_it_turns_into_later_counts_for_nothing() -> None:
    """It says a good address to who checks, and another one to who connects: there is one answer for both."""
    looked_at: list[str] = []
    resolver = Resolver([[LOOPBACK], ["127.0.0.9"]])

    def may_go(address: str) -> bool:
        looked_at.append(address)
        return address == LOOPBACK

    with shops_router() as (port, asked):
        call(resolver, port, may_go=may_go)
        assert asked == [f"http://card.example:{port}/"]
        assert resolver.asked == ["card.example"]
        with pytest.raises(TransportError):
            call(resolver, port, may_go=may_go)
    assert looked_at == [LOOPBACK, LOOPBACK, "127.0.0.9"]


def test_whom_it_is_connected_to_is_looked_at_once_more_before_a_byte_is_sent() -> None:
    answers = [True, False]
    with socket.create_server((LOOPBACK, 0)) as listener:
        with pytest.raises(TransportError) as caught:
            call(Resolver([[LOOPBACK]]), listener.getsockname()[1], may_go=lambda _: answers.pop(0))
        connection, _ = listener.accept()
        with connection:
            assert connection.recv(1) == b""
    assert (str(caught.value), answers) == (OFF_LIMITS, [])


def test_the_name_stays_in_what_the_host_is_told(tmp_path: Path) -> None:
    node, told = self_signed(tmp_path), list[str | None]()
    tls = node.tls()

    def keep(_socket: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
        told.append(name)

    tls.sni_callback = keep

    @Request.application
    def answer(request: Request) -> Response:
        told.append(request.host)
        return Response("hello")

    with served(answer, tls) as url:
        address = f"https://card.example:{url.rpartition(':')[2]}"
        with closing(Transport(look_up=Resolver([[LOOPBACK]]), may_go=lambda it: it == LOOPBACK)) as transport:
            transport.pin(address, Pin.parse(node.thumbprint))
            transport.call("GET", address, headers={}, timeout=5)
    assert told == ["card.example", address.removeprefix("https://")]


def test_a_wallet_is_asked_wherever_it_is() -> None:
    with shops_router() as (port, asked), closing(Transport(look_up=Resolver([[LOOPBACK]]))) as transport:
        transport.call("GET", f"http://node.lan:{port}/", headers={}, timeout=5)
    assert len(asked) == 1

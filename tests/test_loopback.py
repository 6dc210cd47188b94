"""The servers of the tests are gone when a test says that they are."""

from contextlib import suppress
from socket import create_connection, socket
from typing import Any
from urllib.parse import urlsplit

from tests.loopback import served

QUESTION = b"GET / HTTP/1.0\r\n\r\n"


def _hello(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [b"hello"]


def _connect(address: str) -> socket:
    url = urlsplit(address)
    return create_connection((url.hostname, url.port), timeout=5)


def test_a_server_that_is_gone_answers_nobody_who_connected_before() -> None:
    with served(_hello) as address:
        early = _connect(address)
        # Whoever is answered after that shows that it was let in.
        with _connect(address) as other:
            other.sendall(QUESTION)
            assert other.recv(1)
    with early, suppress(ConnectionError):
        early.sendall(QUESTION)
        assert early.recv(1) == b""

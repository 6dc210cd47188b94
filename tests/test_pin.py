"""A pinned certificate: a node that vouches for itself is talked to if it is the one that the owner meant."""

import base64
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from ssl import SSLContext
from threading import Event, Thread
from typing import TypeAlias

import pytest
from werkzeug import Request, Response

from pos.transport import Pin, PinError, Transport, TransportError
from tests.certificates import Certificate, run_out, self_signed, signed_by
from tests.loopback import served

Write: TypeAlias = Callable[[Certificate], str]
OTHER = "its certificate is another one than the one that was pinned"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def node(folder: Path) -> Certificate:
    return self_signed(folder)


@pytest.fixture(scope="module")
def stranger(folder: Path) -> Certificate:
    return self_signed(folder, "stranger")


@contextmanager
def host(tls: SSLContext) -> Iterator[tuple[str, list[Request]]]:
    """Serve by https; give the address, and what was asked."""
    asked: list[Request] = []

    @Request.application
    def answer(request: Request) -> Response:
        asked.append(request)
        return Response("hello")

    with served(answer, tls) as url:
        yield url, asked


def call(url: str, pin: Pin | None = None, pinned: str | None = None) -> int:
    with closing(Transport()) as transport:
        if pin:
            transport.pin(pinned or url, pin)
        return transport.call("GET", f"{url}/v1", headers={"Key": "secret"}, timeout=5).status


def test_a_node_that_vouches_for_itself_is_not_believed_without_a_pin(node: Certificate) -> None:
    with host(node.tls()) as (url, asked), pytest.raises(TransportError, match="its certificate is not valid"):
        call(url)
    assert not asked


@pytest.mark.parametrize(
    "write",
    [
        lambda it: it.thumbprint,
        lambda it: it.thumbprint.upper(),
        lambda it: ":".join(it.thumbprint[at : at + 2] for at in range(0, 64, 2)),
        lambda it: f"sha256 Fingerprint={it.thumbprint}",
        lambda it: it.pem,
        lambda it: it.pem.strip().replace("\n", "\\n"),
        lambda it: base64.b64encode(it.der).decode(),
        lambda it: base64.urlsafe_b64encode(it.der).decode().rstrip("="),
        lambda it: str(it.file),
    ],
    ids=["thumbprint", "capitals", "colons", "as openssl says it", "PEM", "one line", "base64", "base64url", "file"],
)
def test_with_its_certificate_pinned_it_is_talked_to_whatever_name_stands_there(
    node: Certificate, stranger: Certificate, write: Write
) -> None:
    pin, other = (Pin.parse(write(it)) for it in (node, stranger))
    with host(node.tls()) as (url, asked):
        # It is called by its number, and its certificate names localhost alone.
        assert call(url, pin) == 200
        with pytest.raises(TransportError, match=OTHER):
            call(url, other)
    assert len(asked) == 1


def test_a_pinned_authority_vouches_for_what_it_signed_and_for_nothing_else(
    folder: Path, node: Certificate, stranger: Certificate
) -> None:
    pin = Pin.parse(node.pem)
    with host(signed_by(node, folder).tls()) as (url, _):
        assert call(url, pin) == 200
        with pytest.raises(TransportError, match=OTHER):
            call(url, Pin.parse(stranger.pem))


def test_a_certificate_may_be_pinned_that_another_one_has_signed(folder: Path, node: Certificate) -> None:
    server = signed_by(node, folder, "signed")
    with host(server.tls()) as (url, _):
        assert call(url, Pin.parse(server.pem)) == 200


@pytest.mark.parametrize("write", [lambda it: it.thumbprint, lambda it: it.pem])
def test_a_pinned_certificate_does_not_run_out(folder: Path, write: Write) -> None:
    """It is the one that the owner meant, and the clock of a small machine without a battery may say 1970."""
    old = run_out(folder)
    with host(old.tls()) as (url, _):
        assert call(url, Pin.parse(write(old))) == 200


def test_a_pin_is_for_one_host_and_its_port(node: Certificate) -> None:
    not_valid = pytest.raises(TransportError, match="its certificate is not valid")
    with host(node.tls()) as (url, _), host(node.tls()) as (other, _), not_valid:
        call(url, Pin.parse(node.thumbprint), pinned=other)


def test_a_port_that_begins_alike_is_another_host(node: Certificate) -> None:
    with host(node.tls()) as (url, _), pytest.raises(TransportError, match="its certificate is not valid"):
        call(url, Pin.parse(node.thumbprint), pinned=url[:-1])


def test_a_node_that_renews_its_certificate_is_found_again_by_its_file(
    tmp_path: Path, node: Certificate, stranger: Certificate
) -> None:
    file = tmp_path / "tls.cert"
    file.write_text(node.pem)
    tls = node.tls()
    with host(tls) as (url, asked), closing(Transport()) as transport:
        transport.pin(url, Pin.parse(str(file)))

        def ask() -> int:
            return transport.call("GET", url, headers={"Connection": "close"}, timeout=5).status

        assert ask() == 200
        tls.load_cert_chain(stranger.file, stranger.key)
        for unfinished in (node.pem, "", stranger.pem[:200]):
            file.write_text(unfinished)
            with pytest.raises(TransportError, match=OTHER):
                ask()
        file.write_text(stranger.pem)
        assert ask() == 200
        file.unlink()
        assert ask() == 200
    assert len(asked) == 3


def greeted(transport: Transport, url: str) -> bytes:
    """Say hello to a host over a line for what is not HTTP, though this one understands nothing else."""
    port = int(url.rpartition(":")[2])
    with transport.open("127.0.0.1", port, secure=True, timeout=5) as line:
        line.sendall(b"GET / HTTP/1.0\r\n\r\n")
        return line.recv(12)


@pytest.mark.parametrize("write", [lambda it: it.thumbprint, lambda it: it.pem])
def test_a_line_for_what_is_not_http_is_pinned_too(node: Certificate, stranger: Certificate, write: Write) -> None:
    with host(node.tls()) as (url, asked):
        for pin in (None, Pin.parse(write(stranger))):
            with closing(Transport()) as transport:
                if pin:
                    transport.pin(url, pin)
                with pytest.raises(TransportError, match=OTHER if pin else "its certificate is not valid"):
                    greeted(transport, url)
        assert not asked
        with closing(Transport()) as transport:
            transport.pin(url, Pin.parse(write(node)))
            assert greeted(transport, url).startswith(b"HTTP/1.")


def test_a_line_to_a_node_that_renews_its_certificate_is_opened_by_its_file(
    tmp_path: Path, node: Certificate, stranger: Certificate
) -> None:
    file = tmp_path / "tls.cert"
    file.write_text(stranger.pem)
    with host(node.tls()) as (url, _), closing(Transport()) as transport:
        transport.pin(url, Pin.parse(str(file)))
        with pytest.raises(TransportError, match=OTHER):
            greeted(transport, url)
        file.write_text(node.pem)
        assert greeted(transport, url)


def test_a_line_to_a_stranger_is_hung_up_at_once(node: Certificate, stranger: Certificate) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, closing(Transport()) as transport:
        port, ended = listener.getsockname()[1], Event()

        def serve() -> None:
            with stranger.tls().wrap_socket(listener.accept()[0], server_side=True) as line:
                line.settimeout(5)
                if not line.recv(1):
                    ended.set()

        thread = Thread(target=serve)
        thread.start()
        transport.pin(f"https://127.0.0.1:{port}", Pin.parse(node.thumbprint))
        with pytest.raises(TransportError, match=OTHER) as error:
            transport.open("127.0.0.1", port, secure=True, timeout=5)
        # The error, as a log may do, keeps all that there was when it came.
        assert ended.wait(4), error
        thread.join()


def test_a_line_to_a_pinned_node_that_hangs_takes_no_longer_than_its_time(node: Certificate) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, closing(Transport()) as transport:
        port = silent.getsockname()[1]
        transport.pin(f"https://127.0.0.1:{port}", Pin.parse(node.pem))
        start = time.monotonic()
        with pytest.raises(TransportError, match="no connection within"):
            transport.open("127.0.0.1", port, secure=True, timeout=0.3)
        assert time.monotonic() - start < 1


def test_a_certificate_that_stays_the_wrong_one_is_looked_at_once_a_call(
    tmp_path: Path, node: Certificate, stranger: Certificate
) -> None:
    file, tls, looks = tmp_path / "tls.cert", stranger.tls(), []
    file.write_text(node.pem)
    tls.sni_callback = lambda *_: looks.append(1)
    with host(tls) as (url, _), pytest.raises(TransportError, match=OTHER):
        call(url, Pin.parse(str(file)))
    assert len(looks) == 1


@pytest.mark.parametrize("write", [lambda it: it.thumbprint, lambda it: str(it.file)], ids=["thumbprint", "file"])
def test_a_connection_to_a_pinned_node_is_kept_alive(node: Certificate, write: Write) -> None:
    """Each look-up would be a handshake otherwise."""
    connections: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                line = node.tls().wrap_socket(listener.accept()[0], server_side=True)
            except OSError:
                return
            connections.append(line)
            with line:
                while line.recv(65536):
                    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve)
        thread.start()
        with closing(Transport()) as transport:
            url = f"https://127.0.0.1:{listener.getsockname()[1]}"
            transport.pin(url, Pin.parse(write(node)))
            for _ in range(3):
                assert transport.call("GET", url, headers={}, timeout=5).status == 200
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    assert len(connections) == 1


def test_a_host_that_hangs_before_it_shows_a_certificate_takes_no_longer_than_the_deadline(node: Certificate) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, closing(Transport()) as transport:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        transport.pin(url, Pin.parse(node.pem))
        start = time.monotonic()
        with pytest.raises(TransportError, match="no whole answer"):
            transport.call("GET", url, headers={}, timeout=0.5)
        assert time.monotonic() - start < 1


@pytest.mark.parametrize("given", ["tls.cert", "/nowhere/tls.cert", "ab" * 31, "hello world", "~nobodyx/tls.cert"])
def test_what_is_no_certificate_and_no_file_is_told(given: str) -> None:
    with pytest.raises(PinError, match="no file that can be read"):
        Pin.parse(given)


def test_a_certificate_of_which_a_part_is_missing_is_told(tmp_path: Path, node: Certificate) -> None:
    file = tmp_path / "tls.cert"
    file.write_text(node.pem[:200])
    half = base64.b64encode(node.der[:100]).decode()
    for given in (node.pem[:200], half, "MIIB", "\0", str(file), str(node.key)):
        with pytest.raises(PinError, match="is no certificate, or not a whole one"):
            Pin.parse(given)


def test_a_file_that_holds_no_text_is_told(tmp_path: Path, node: Certificate) -> None:
    file = tmp_path / "tls.der"
    file.write_bytes(node.der)
    with pytest.raises(PinError, match="no file that can be read"):
        Pin.parse(str(file))

"""Real servers on this machine for the tests that need a wire."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import IPPROTO_TCP, SHUT_RDWR, TCP_NODELAY, socket
from ssl import SSLContext
from threading import Thread
from typing import Any

from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from pos.sandbox import Sandbox


class Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        """Say nothing."""


class _Server(ThreadedWSGIServer):
    """Cuts its connections when it closes: browsers connect before they ask, and would be answered once more."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.connections: set[socket] = set()
        super().__init__(*args, **options)

    def get_request(self) -> tuple[socket, Any]:
        connection, address = super().get_request()
        # An answer in several pieces waits for nobody's word that the first has come: over TLS that took 40 ms each.
        connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        self.connections.add(connection)
        return connection, address

    def close_request(self, request: Any) -> None:
        self.connections.discard(request)
        super().close_request(request)

    def server_close(self) -> None:
        super().server_close()
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(SHUT_RDWR)


def _closing(app: Any) -> Any:
    """Close each answer when all of it was read: the server forgets to, if its reader hangs up in the end."""

    def wsgi(environ: Any, start_response: Any) -> Iterator[bytes]:
        answer = app(environ, start_response)
        try:
            yield from answer
        finally:
            if hasattr(answer, "close"):
                answer.close()

    return wsgi


@contextmanager
def served(app: Any, tls: SSLContext | None = None, port: int = 0) -> Iterator[str]:
    """Serve a WSGI application on a port, by default a free one, and give its address: with `tls`, by https alone."""
    server = _Server("127.0.0.1", port, _closing(app), Quiet, ssl_context=tls)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _nothing(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("404 Not Found", [])
    return []


@contextmanager
def served_beside_a_till(sandbox: Sandbox) -> Iterator[str]:
    """Serve the sandbox where a till has it, and give the address of its API, without a slash at the end."""
    with served(DispatcherMiddleware(_nothing, {"/sandbox": sandbox.wsgi})) as address:
        yield f"{address}/sandbox/v1"

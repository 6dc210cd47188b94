"""The process that serves, as gunicorn runs it: with bounds on what a stranger may keep of it, and for how long.

Without them, connections that send half a request and then nothing would hold all that there are.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import gevent
from gunicorn.workers.ggevent import GeventWorker

from pos.domain.visitor import is_own_network, is_this_machine, visitor

# A whole body has to be here within so many seconds. gunicorn gives two to the head.
BODY_SECONDS = 10.0
# How many connections one address may keep: six for each window that is open, in a shop with many.
MOST_OF_ONE = 200
# Which part of all connections those from outside may keep; the rest is for the shop's own network.
OUTSIDE = 0.8

_Application = Callable[..., Iterable[bytes]]


class Connections:
    """Who keeps how many of the `most` connections that a worker has."""

    def __init__(self, most: int) -> None:
        self._for_outside = int(most * OUTSIDE)
        self._of: Counter[str] = Counter()
        self._outside = 0

    @contextmanager
    def taken(self, address: str | None) -> Iterator[bool]:
        """Keep one as long as the block runs. Tell whether there is one left for this address."""
        one, outside = visitor(address), not is_own_network(address)
        self._of[one] += 1
        self._outside += outside
        try:
            # A proxy on this machine brings everybody, and has bounds of its own.
            is_free = is_this_machine(address) or self._of[one] <= MOST_OF_ONE
            yield is_free and not (outside and self._outside > self._for_outside)
        finally:
            self._of[one] -= 1
            self._outside -= outside
            if not self._of[one]:
                del self._of[one]


class Worker(GeventWorker):  # type: ignore[misc]
    """gunicorn's gevent worker, which turns away who has too many of its `connections`.

    None: whoever comes, comes by a proxy, and that has to see to it.
    """

    connections: Connections | None = None

    def handle(self, listener: Any, client: Any, address: Any) -> None:
        """Serve a connection until it ends, if there is one left for whoever opened it."""
        if self.connections is None:
            super().handle(listener, client, address)
            return
        with self.connections.taken(address[0] if isinstance(address, tuple) else None) as is_free:
            if is_free:
                super().handle(listener, client, address)
            else:
                client.close()


def with_whole_body(application: _Application, most: int, seconds: float = BODY_SECONDS) -> _Application:
    """Wrap a WSGI application, which is then called once the body of a request is there, and never without.

    Of more than `most` bytes it is left to the application, which refuses them unread.
    """

    def call(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if 0 < length <= most or "HTTP_TRANSFER_ENCODING" in environ:
            body = None
            with gevent.Timeout(seconds, False):
                # One byte more: the application sees that it is too large.
                body = environ["wsgi.input"].read(most + 1)
            if body is None:
                start_response("408 Request Timeout", [("Content-Length", "0")])
                return []
            environ["wsgi.input"] = BytesIO(body)
        return application(environ, start_response)

    return call

"""Server-sent events (WHATWG HTML, 9.2), and what it takes that thousands of screens may wait for them at once."""

import secrets
from collections.abc import Callable, Generator
from typing import Any, TypeVar

from flask import Response, request

News = TypeVar("News")

# For whoever leaves coming back to the browser, in milliseconds: after a restart not all screens do at once.
RETRY_MS = 1000
# Not a comment, which a script could not hear.
HEARTBEAT = b"event: heartbeat\ndata:\n\n"
# What gunicorn reads of a request that is answered: the first for itself, the others for its access log.
READ_LATER = (
    "wsgi.file_wrapper",
    "REMOTE_ADDR",
    "REQUEST_METHOD",
    "RAW_URI",
    "PATH_INFO",
    "QUERY_STRING",
    "SERVER_PROTOCOL",
    "HTTP_AUTHORIZATION",
    "HTTP_REFERER",
    "HTTP_USER_AGENT",
)


class _Sent(map):  # type: ignore[type-arg]
    """What a screen is sent, and what is done when it leaves.

    A map, and not a generator or a `__next__` of our own: thousands may wait at once, each with all of its frames.
    """

    close: Callable[[], None]


def stream(news: Generator[News, None, None], write: Callable[[News], bytes]) -> Response:
    """Send each of the news as soon as it is there, as `write` writes it: with `event` or as a `HEARTBEAT`."""
    sent = _Sent(write, news)
    sent.close = news.close
    _forget(request.environ)
    # A proxy that collects an answer before it passes it on would keep the news to itself.
    headers = {"X-Accel-Buffering": "no"}
    return Response(sent, mimetype="text/event-stream", headers=headers, direct_passthrough=True)


def event(name: str, data: str) -> bytes:
    """Write one event; `data` is one line."""
    retry = RETRY_MS + secrets.randbelow(RETRY_MS)
    return f"retry: {retry}\nevent: {name}\ndata: {data}\n\n".encode()


def _forget(environ: dict[str, Any]) -> None:
    """Forget of a request what nobody reads once it is answered: gunicorn keeps it for as long as the line is open."""
    kept = {name: environ[name] for name in READ_LATER if name in environ}
    environ.clear()
    environ |= kept

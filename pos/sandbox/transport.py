"""An adapter for requests that hands each request to a WSGI application in this process. No sockets."""

from io import BytesIO
from urllib.parse import unquote_to_bytes, urlsplit
from wsgiref.types import WSGIApplication, WSGIEnvironment

import requests
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers
from urllib3 import HTTPHeaderDict, HTTPResponse
from werkzeug.datastructures import Headers
from werkzeug.test import run_wsgi_app


class InProcess(requests.adapters.BaseAdapter):
    """Mount it on a requests.Session, under the address that the application shall seem to have.

    The application runs in the caller's thread, so a timeout means nothing here, nor do TLS and proxies.
    """

    def __init__(self, app: WSGIApplication) -> None:
        super().__init__()
        self._app = app

    def send(self, request: requests.PreparedRequest, *_options: object, **_named: object) -> requests.Response:
        """Run the application, and return its answer as if it had come over a connection."""
        body, status, headers = run_wsgi_app(self._app, _environ(request), buffered=True)
        return _response(request, b"".join(body), status, headers)

    def close(self) -> None:
        """Do nothing: there is no connection to close."""


def _environ(request: requests.PreparedRequest) -> WSGIEnvironment:
    """Write a request as PEP 3333 has it."""
    url = urlsplit(request.url or "")
    body = request.body or b""
    content = body.encode() if isinstance(body, str) else body
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
    return headers | {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path).decode("latin-1"),
        "QUERY_STRING": url.query,
        "SERVER_NAME": url.hostname,
        "SERVER_PORT": str(url.port or (443 if url.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": url.netloc.rpartition("@")[2],
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": BytesIO(content),
        "wsgi.errors": None,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def _response(request: requests.PreparedRequest, body: bytes, status: str, headers: Headers) -> requests.Response:
    code, _, reason = status.partition(" ")
    response = requests.Response()
    response.status_code = int(code)
    response.reason = reason
    response.url = request.url or ""
    response.request = request
    fields = HTTPHeaderDict(headers.to_wsgi_list())
    response.headers = CaseInsensitiveDict(fields)
    response.encoding = get_encoding_from_headers(response.headers)
    response.raw = HTTPResponse(BytesIO(body), fields, response.status_code, reason=reason, preload_content=False)
    return response

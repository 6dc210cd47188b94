"""The adapter between requests and an application in this process."""

import zlib
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import requests

from pos.sandbox.transport import InProcess


class Echo:
    """An application that remembers its environment and answers as it was told."""

    def __init__(self) -> None:
        self.environ: WSGIEnvironment = {}
        self.body = b""
        self.answer = ("200 OK", [("Content-Type", "text/plain; charset=utf-8")], [b"hel", b"lo"])

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.environ = environ
        self.body = environ["wsgi.input"].read()
        status, headers, chunks = self.answer
        start_response(status, headers)
        return chunks


@pytest.fixture
def app() -> Echo:
    return Echo()


@pytest.fixture
def session(app: Echo) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.mount("http://app", InProcess(app))
    return session


def test_a_request_arrives_as_it_was_sent(app: Echo, session: requests.Session) -> None:
    session.post("http://app:81/a%20b/%C3%A4?c=%2F&d", data="Käse", headers={"X-Api-Key": "k"})

    environ = app.environ
    assert (environ["REQUEST_METHOD"], environ["QUERY_STRING"]) == ("POST", "c=%2F&d")
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/a b/ä"
    assert (environ["HTTP_HOST"], environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("app:81", "app", "81")
    assert environ["HTTP_X_API_KEY"] == "k"
    assert app.body == "Käse".encode()
    assert environ["CONTENT_LENGTH"] == str(len(app.body))


def test_a_request_without_a_body_has_none(app: Echo, session: requests.Session) -> None:
    session.get("http://app")

    assert (app.environ["PATH_INFO"], app.environ["CONTENT_LENGTH"], app.body) == ("/", "0", b"")


def test_an_answer_looks_as_if_it_had_come_over_a_connection(session: requests.Session) -> None:
    answer = session.get("http://app/x")

    assert (answer.status_code, answer.reason, answer.text, answer.ok) == (200, "OK", "hello", True)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.encoding == "utf-8"
    assert (answer.url, answer.request.method) == ("http://app/x", "GET")


def test_an_answer_can_be_read_piece_by_piece(session: requests.Session) -> None:
    answer = session.get("http://app", stream=True)

    assert answer.raw.read(3, decode_content=True) == b"hel"
    assert answer.raw.read(3, decode_content=True) == b"lo"
    assert answer.raw.read(3, decode_content=True) == b""
    answer.close()


def test_a_compressed_answer_is_unpacked(app: Echo, session: requests.Session) -> None:
    app.answer = ("200 OK", [("Content-Encoding", "deflate")], [zlib.compress(b"hello")])

    assert session.get("http://app").content == b"hello"
    assert session.get("http://app", stream=True).raw.read(99, decode_content=True) == b"hello"


def test_a_redirect_is_followed_and_a_cookie_is_not_needed(app: Echo, session: requests.Session) -> None:
    app.answer = ("303 See Other", [("Location", "/there")], [])

    assert session.get("http://app/here", allow_redirects=False).headers["Location"] == "/there"
    with pytest.raises(requests.TooManyRedirects):
        session.get("http://app/here")

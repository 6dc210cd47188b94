"""Services that strangers name are asked once, a few at a time, and nowhere but on the internet."""

import socket
from contextlib import closing

import pytest
from werkzeug import Request, Response

from pos.domain.lnurl_service import NoAnswer
from pos.lnurl_services import MOST_BYTES, PublicLnurlServices
from pos.transport import Pin, Transport, is_public
from tests.certificates import Certificate, self_signed
from tests.loopback import served

ANSWERS = {
    "/ok": Response('{"status":"OK"}'),
    "/gone": Response('{"status":"ERROR"}', 404),
    "/elsewhere": Response("", 302, {"Location": "/ok"}),
    "/most": Response(b" " * MOST_BYTES),
    "/more": Response(b" " * (MOST_BYTES + 1)),
}


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("issuer"))


def ask(node: Certificate, path: str, at_once: int = 1) -> tuple[bytes, list[Request]]:
    asked: list[Request] = []

    @Request.application
    def issuer(request: Request) -> Response:
        asked.append(request)
        return ANSWERS[request.path]

    with served(issuer, node.tls()) as url:
        port = int(url.rpartition(":")[2])
        at_home = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        address = f"https://card.example:{port}"
        with closing(Transport(look_up=lambda *_: at_home, may_go=lambda it: it == "127.0.0.1")) as transport:
            transport.pin(address, Pin.parse(node.thumbprint))
            return PublicLnurlServices(transport, at_once).ask(f"{address}{path}", 5), asked


@pytest.mark.parametrize("path", ["/ok", "/gone"])
def test_an_answer_counts_whatever_its_status(node: Certificate, path: str) -> None:
    body, asked = ask(node, path)
    assert body == ANSWERS[path].data
    assert [it.path for it in asked] == [path]
    assert asked[0].headers["Connection"] == "close"
    assert "Cookie" not in asked[0].headers


def test_nobody_is_sent_elsewhere(node: Certificate) -> None:
    body, asked = ask(node, "/elsewhere")
    assert (body, [it.path for it in asked]) == (b"", ["/elsewhere"])


def test_an_answer_may_be_so_long_and_no_longer(node: Certificate) -> None:
    assert len(ask(node, "/most")[0]) == MOST_BYTES
    with pytest.raises(NoAnswer):
        ask(node, "/more")


def test_where_too_many_are_asked_at_once_nobody_waits_for_it(node: Certificate) -> None:
    with pytest.raises(NoAnswer) as caught:
        ask(node, "/ok", at_once=0)
    assert str(caught.value) == "too many services are asked at once"


def test_who_was_asked_makes_room_whatever_came_of_it() -> None:
    services = PublicLnurlServices(Transport(look_up=lambda *_: [], may_go=is_public), at_once=1)
    for _ in range(2):
        with pytest.raises(NoAnswer) as caught:
            services.ask("https://card.example/", 5)
        assert "too many" not in str(caught.value)

"""An issuer of cards as a till meets one: by https, at a name that leads to this machine. A test chooses its fault."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from werkzeug import Request, Response

from pos.lnurl_services import PublicLnurlServices
from pos.transport import Pin, Transport
from tests.certificates import Certificate
from tests.loopback import served

HOST = "card.example"


@dataclass
class Issuer:
    """Each tap is good for one question, and its k1 for one invoice; `invoices` are those that it said it will pay."""

    pin: str = ""
    redirects: bool = False
    callback: str = ""
    silent: bool = False
    port: int = 0
    taps: int = 0
    used: set[str] = field(default_factory=set)
    invoices: list[str] = field(default_factory=list)
    woken: Event = field(default_factory=Event)

    def tap(self) -> str:
        """Hold the card to a reader: what it gives is new each time."""
        self.taps += 1
        return f"lnurlw://{HOST}:{self.port}/tap?p={self.taps}"

    def answer(self, request: Request) -> Response:
        if self.redirects:
            return Response("", 302, {"Location": "https://127.0.0.1/"})
        if request.url in self.used:
            return _json(status="ERROR", reason="This tap was used already.")
        self.used.add(request.url)
        if request.path == "/tap":
            limit = {"pinLimit": 1_000_000} if self.pin else {}
            callback = self.callback or f"https://{HOST}:{self.port}/pay"
            amounts = {"minWithdrawable": 1000, "maxWithdrawable": 50_000_000}
            return _json(tag="withdrawRequest", callback=callback, k1=request.args["p"], **amounts, **limit)
        if self.silent:
            self.woken.wait(20)
        if request.args.get("pin", "") != self.pin:
            return _json(status="ERROR", reason="The PIN is wrong.")
        self.invoices.append(request.args["pr"])
        return _json(status="OK")


def _json(**said: object) -> Response:
    return Response(json.dumps(said), mimetype="application/json")


@contextmanager
def issuing(issuer: Issuer, certificate: Certificate) -> Iterator[PublicLnurlServices]:
    """Let an issuer be found at its name."""

    @Request.application
    def wsgi(request: Request) -> Response:
        return issuer.answer(request)

    with found(wsgi, certificate) as (address, issuers):
        issuer.port = int(address.rpartition(":")[2])
        yield issuers
        issuer.woken.set()


@contextmanager
def found(wsgi: Any, certificate: Certificate) -> Iterator[tuple[str, PublicLnurlServices]]:
    """Serve at a name by https, to a till for which names lead to this machine; give address and way there."""

    def look_up(host: str, port: int) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        address = "192.168.1.1" if host.endswith(".lan") else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with (
        served(wsgi, certificate.tls()) as url,
        closing(Transport(look_up=look_up, may_go=lambda address: address == "127.0.0.1")) as transport,
    ):
        address = f"https://{HOST}:{url.rpartition(':')[2]}"
        transport.pin(address, Pin.parse(certificate.thumbprint))
        yield address, PublicLnurlServices(transport)

"""An LNPay on this machine that fails on demand: the sandbox behind a real HTTP server, a fault per kind of call."""

import json
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from enum import Flag, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from threading import Event, Lock, Thread
from typing import Any

from werkzeug.test import Client

from pos.sandbox import Sandbox

HOST = "127.0.0.1"


class Kind(Flag):
    """What a call is about."""

    MAKE = auto()
    LOOK_UP = auto()
    OTHER = auto()
    ANY = MAKE | LOOK_UP | OTHER


@dataclass(frozen=True, slots=True)
class Answer:
    """What LNPay has to say to a call."""

    status: int
    headers: dict[str, str]
    body: bytes


class Call:
    """One call, in the hands of a fault: it may be passed on to the sandbox, answered, kept waiting, cut off."""

    def __init__(self, handler: "_Handler", body: bytes, healed: Event) -> None:
        self._handler = handler
        self._body = body
        self._healed = healed

    def ask(self) -> Answer:
        """Let the sandbox do what is asked, and return what it says."""
        asked = self._handler
        sandbox = Client(asked.server.sandbox.wsgi, use_cookies=False)
        answer = sandbox.open(asked.path, method=asked.command, headers=list(asked.headers.items()), data=self._body)
        with closing(answer):
            return Answer(answer.status_code, {"Content-Type": answer.content_type or ""}, answer.data)

    def send(self, answer: Answer, promised: int | None = None) -> None:
        """Send an answer, and hang up after it if another length was promised."""
        self._handler.send_response(answer.status)
        for name, value in answer.headers.items():
            self._handler.send_header(name, value)
        self._handler.send_header("Content-Length", str(len(answer.body) if promised is None else promised))
        self._handler.end_headers()
        self._handler.wfile.write(answer.body)
        self._handler.close_connection |= promised is not None

    def wait(self, seconds: float | None = None) -> None:
        """Wait that long, or for ever, but no longer than until LNPay is healed."""
        self._healed.wait(seconds)

    def reset(self) -> None:
        """Break the connection, as a host that lost its power and came back does: RST, and not a word more."""
        self._handler.close_connection = True
        linger_for_no_time = struct.pack("ii", 1, 0)
        self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_for_no_time)
        # The socket closes with the last file that reads from it.
        self._handler.rfile.close()
        self._handler.connection.close()


Fault = Callable[[Call], None]


def health(call: Call) -> None:
    """Answer as LNPay does on a good day."""
    call.send(call.ask())


def hang(call: Call) -> None:
    """Say nothing."""
    call.wait()
    call.reset()


def reset(call: Call) -> None:
    """Break the connection before anything is done."""
    call.reset()


def lose(call: Call) -> None:
    """Do what is asked, and break the connection instead of saying so."""
    call.ask()
    call.reset()


def cut_off(call: Call) -> None:
    """Hang up in the middle of the answer."""
    answer = call.ask()
    call.send(replace(answer, body=answer.body[:-9]), promised=len(answer.body))


def truncate(call: Call) -> None:
    """Send a whole answer with half a document in it."""
    answer = call.ask()
    call.send(replace(answer, body=answer.body[:-9]))


def bad_gateway(call: Call) -> None:
    """Answer as the proxy before LNPay does while LNPay is away."""
    call.send(Answer(502, {"Content-Type": "text/html"}, b"<html><h1>502 Bad Gateway</h1></html>"))


def slow(seconds: float) -> Fault:
    """Begin only after a while."""

    def fault(call: Call) -> None:
        call.wait(seconds)
        health(call)

    return fault


def late(seconds: Callable[[], float]) -> Fault:
    """Do at once what is asked, and say so after a while."""

    def fault(call: Call) -> None:
        answer = call.ask()
        call.wait(seconds())
        call.send(answer)

    return fault


def refuse(status: int, **headers: str) -> Fault:
    """Refuse to do anything. An underscore in a header's name stands for a hyphen."""
    document = {"name": "Error", "message": "LNPay is having a bad day", "code": 0, "status": status}
    named = {"Content-Type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
    return lambda call: call.send(Answer(status, named, json.dumps(document).encode()))


def change(**fields: object) -> Fault:
    """Answer with other values in some fields."""
    return _edited(lambda document: document | fields)


def drop(name: str) -> Fault:
    """Answer without a field."""
    return _edited(lambda document: {key: value for key, value in document.items() if key != name})


def flap() -> Fault:
    """Deny every other time that an invoice is settled, the first time to begin with."""
    turns = cycle([change(settled=0, settled_at=None, payment_preimage=None), health])
    return lambda call: next(turns)(call)


class Hold:
    """Do what is asked, and keep the answer until healed; `done` tells that it has been done."""

    def __init__(self) -> None:
        self.done = Event()

    def __call__(self, call: Call) -> None:
        answer = call.ask()
        self.done.set()
        call.wait()
        call.send(answer)


class FaultyLNPay:
    """LNPay at a port of its own until it is closed. Every call is healthy unless a fault is set."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._lock = Lock()
        self._faults: dict[Kind, Fault] = {}
        self._healed = Event()
        self._calls: list[tuple[Kind, float]] = []
        self._server = _Server(self, 0)
        self._port: int = self._server.server_port
        self._listen()

    @property
    def url(self) -> str:
        """The address of the API, without a slash at the end."""
        return f"http://{HOST}:{self._port}/v1"

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a till that has its money here."""
        return {
            "POS_WALLET": "lnpay",
            "POS_NETWORK": "bcrt",
            "LNPAY_URL": self.url,
            "LNPAY_API_KEY": self.sandbox.keys.public_key,
            "LNPAY_WALLET_KEY": self.sandbox.keys.invoice_key,
        }

    def fault(self, kinds: Kind, fault: Fault) -> None:
        """Let calls of these kinds go wrong in that way from now on."""
        with self._lock:
            self._faults |= dict.fromkeys(kinds, fault)

    def heal(self) -> None:
        """Let every call go well from now on, and end what hangs."""
        with self._lock:
            self._faults.clear()
            self._healed.set()
            self._healed = Event()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Refuse connections, and break those that there are, until the block is left."""
        self._hang_up()
        # Bound, but not listening: nobody else gets the port meanwhile.
        with socket.socket() as held:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            held.bind((HOST, self._port))
            try:
                yield
            finally:
                self._server = _Server(self, self._port)
                self._listen()

    def calls(self, kinds: Kind = Kind.ANY) -> list[float]:
        """Return when each call of these kinds came, by the monotonic clock."""
        with self._lock:
            return [at for kind, at in self._calls if kind in kinds]

    def received(self) -> list[tuple[str, int]]:
        """Return what the wallet received so far: payment request and sat of every deposit."""
        keys, deposits, pages, page = self.sandbox.keys, [], 1, 1
        client = Client(self.sandbox.wsgi, use_cookies=False)
        while page <= pages:
            path = f"/v1/wallet/{keys.wallet_id}/transactions?per-page=500&page={page}"
            with closing(client.get(path, headers={"X-Api-Key": keys.secret_key})) as answer:
                listed = json.loads(answer.data)
                pages, page = int(answer.headers["X-Pagination-Page-Count"]), page + 1
            deposits += [(deposit["lnTx"]["payment_request"], deposit["num_satoshis"]) for deposit in listed]
        return deposits

    def close(self) -> None:
        """Break every connection, and end."""
        self._hang_up()
        self.sandbox.close()

    def answer(self, handler: "_Handler", body: bytes) -> None:
        """Answer a call, or do to it what the fault of its kind does."""
        kind = _kind(handler.command, handler.path)
        with self._lock:
            self._calls.append((kind, time.monotonic()))
            fault, healed = self._faults.get(kind, health), self._healed
        fault(Call(handler, body, healed))

    def _listen(self) -> None:
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def _hang_up(self) -> None:
        self.heal()
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()


@contextmanager
def faulty_lnpay(sandbox: Sandbox) -> Iterator[FaultyLNPay]:
    """Serve an LNPay until the block is left."""
    lnpay = FaultyLNPay(sandbox)
    try:
        yield lnpay
    finally:
        lnpay.close()


class _Server(ThreadingHTTPServer):
    # Joined when the server is closed.
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, lnpay: FaultyLNPay, port: int) -> None:
        self.lnpay = lnpay
        self.sandbox = lnpay.sandbox
        self._open: set[socket.socket] = set()
        super().__init__((HOST, port), _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def close_request(self, request: Any) -> None:
        self._open.discard(request)
        super().close_request(request)

    def hang_up(self) -> None:
        """Break the connections that are kept alive, so that their threads end."""
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        # A till that was killed does not wait for its answer.
        with suppress(OSError):
            self.server.lnpay.answer(self, body)

    do_POST = do_GET  # noqa: N815  that is what http.server calls

    def handle(self) -> None:
        with suppress(OSError):
            super().handle()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def _kind(method: str, path: str) -> Kind:
    if method == "POST" and path.endswith("/invoice"):
        return Kind.MAKE
    return Kind.LOOK_UP if path.startswith("/v1/lntx/") else Kind.OTHER


def _edited(edit: Callable[[dict[str, Any]], dict[str, Any]]) -> Fault:
    def fault(call: Call) -> None:
        answer = call.ask()
        call.send(replace(answer, body=json.dumps(edit(json.loads(answer.body))).encode()))

    return fault

"""A Nostr relay: it keeps info events, passes on all others to whoever asked for them, and does no other thing."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

from tests.wallets.doubles.stream import CLOSE, PING, PONG, TEXT, Caller, frame, welcome

_PROVE = "auth-required: prove it"


@dataclass(eq=False)
class Guest(Caller):
    """Somebody who is connected, with what `headers` they came, and what they listen to."""

    subscriptions: dict[str, dict[str, Any]] = field(default_factory=dict)
    is_known: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    def say(self, *message: object) -> None:
        self.send(json.dumps(message).encode())


@dataclass(eq=False)
class Relay:
    """`refuses`: the reason why it takes no event. `wants_proof`: it serves nobody who has not proven who they are.
    `lets_in`: a proof helps. `is_deaf`: it hears nothing, and says nothing. `answers`: the status of its handshake.
    `cookie`: what it has its guests keep."""

    address: str = ""
    ever: int = 0
    guests: list[Guest] = field(default_factory=list)
    kept: list[dict[str, Any]] = field(default_factory=list)
    heard: list[list[Any]] = field(default_factory=list)
    pings: int = 0
    on_event: list[Callable[["Relay", dict[str, Any]], None]] = field(default_factory=list)
    refuses: str = ""
    wants_proof: bool = False
    lets_in: bool = True
    proof: dict[str, Any] | None = None
    is_deaf: bool = False
    answers: int = 101
    moved_to: str = ""
    cookie: str = ""
    on_arrival: Callable[[Guest], None] = lambda _: None

    def publish(self, event: dict[str, Any]) -> None:
        """Pass an event on, as if somebody had sent it."""
        if event["kind"] < 20_000:
            self.kept.append(event)
        for guest in list(self.guests):
            for name, wanted in list(guest.subscriptions.items()):
                if _fits(event, wanted):
                    guest.say("EVENT", name, event)

    def hang_up(self) -> None:
        for guest in list(self.guests):
            guest.hang_up()

    def hear(self, guest: Guest, text: bytes) -> None:
        message = json.loads(text)
        self.heard.append(message)
        if self.is_deaf:
            return
        may_ask = guest.is_known or not self.wants_proof
        match message:
            case ["AUTH", proof]:
                self._let_in(guest, proof)
            case ["REQ", name, wanted]:
                self._subscribe(guest, name, wanted) if may_ask else guest.say("CLOSED", name, _PROVE)
            case ["EVENT", event]:
                self._take(guest, event) if may_ask else guest.say("OK", event["id"], False, _PROVE)
            case ["CLOSE", name]:
                guest.subscriptions.pop(name, None)

    def _let_in(self, guest: Guest, proof: dict[str, Any]) -> None:
        self.proof, tags = proof, dict(proof["tags"])
        guest.is_known = tags == {"relay": self.address, "challenge": "prove it"} and self.lets_in
        guest.say("OK", proof["id"], guest.is_known, "" if guest.is_known else "restricted: members only")

    def _subscribe(self, guest: Guest, name: str, wanted: dict[str, Any]) -> None:
        guest.subscriptions[name] = wanted
        for event in self.kept:
            if _fits(event, wanted):
                guest.say("EVENT", name, event)
        guest.say("EOSE", name)

    def _take(self, guest: Guest, event: dict[str, Any]) -> None:
        guest.say("OK", event["id"], not self.refuses, self.refuses)
        if not self.refuses:
            self.publish(event)
            for hear in self.on_event:
                hear(self, event)


def _fits(event: dict[str, Any], wanted: dict[str, Any]) -> bool:
    tags = {(tag[0], tag[1]) for tag in event["tags"] if len(tag) > 1}
    return (
        event["kind"] in wanted.get("kinds", [event["kind"]])
        and event["pubkey"] in wanted.get("authors", [event["pubkey"]])
        and event["created_at"] >= wanted.get("since", 0)
        and all(any((name[1], it) in tags for it in values) for name, values in wanted.items() if name[0] == "#")
    )


class _Door(StreamRequestHandler):
    """Lets one guest in, and hears them until they leave."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        relay: Relay = self.server.relay  # type: ignore[attr-defined]
        lines = [line.decode("utf-8", "replace").strip() for line in iter(self.rfile.readline, b"\r\n") if line]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        if "sec-websocket-key" not in headers:
            return
        if relay.answers != 101:
            self.wfile.write(f"HTTP/1.1 {relay.answers} No\r\nLocation: {relay.moved_to}\r\n\r\n".encode())
            return
        self.wfile.write(welcome(headers["sec-websocket-key"], relay.cookie))
        guest = Guest(self.connection, headers=headers)
        relay.ever += 1
        relay.guests.append(guest)
        try:
            self._serve(relay, guest)
        except OSError:
            return
        finally:
            relay.guests.remove(guest)

    def _serve(self, relay: Relay, guest: Guest) -> None:
        relay.on_arrival(guest)
        if relay.wants_proof:
            guest.say("AUTH", "prove it")
        while True:
            kind, text = frame(self.rfile)
            if kind == TEXT:
                relay.hear(guest, text)
            elif kind == PING:
                relay.pings += 1
                if not relay.is_deaf:
                    guest.send(text, PONG)
            elif kind == CLOSE:
                return


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 100

    def __init__(self, relay: Relay, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Door)
        self.relay = relay


@contextmanager
def relaying(relay: Relay | None = None) -> Iterator[Relay]:
    """Serve a relay on a free port of this machine; one that was served before, where it was."""
    relay = relay or Relay()
    server = _Server(relay, int(relay.address.rpartition(":")[2] or 0))
    relay.address = f"ws://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield relay
    finally:
        server.shutdown()
        thread.join()
        relay.hang_up()
        server.server_close()

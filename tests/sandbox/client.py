"""A clock that a test turns, and a shop that talks to a sandbox in the same process."""

from dataclasses import dataclass, field
from typing import Any

import requests

from pos.sandbox import Sandbox
from pos.sandbox.transport import InProcess


@dataclass
class Clock:
    """The time in unix seconds, as the test sets it."""

    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Client:
    """A shop that talks to the sandbox with the keys of a till, unless a test says otherwise."""

    sandbox: Sandbox
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False
        self.session.mount("http://sandbox", InProcess(self.sandbox.wsgi))

    def send(self, verb: str, path: str, key: str | None = None, **options: Any) -> requests.Response:
        headers = {"X-Api-Key": key or self.sandbox.keys.public_key} | options.pop("headers", {})
        return self.session.request(verb, f"http://sandbox{path}", headers=headers, **options)

    def order(self, **params: Any) -> requests.Response:
        return self.send("POST", f"/v1/wallet/{self.sandbox.keys.invoice_key}/invoice", json=params)

    def invoice(self, **params: Any) -> dict[str, Any]:
        answer = self.order(**{"num_satoshis": 20} | params)
        assert answer.status_code == 201, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def look_up(self, lntx_id: str) -> dict[str, Any]:
        document: dict[str, Any] = self.send("GET", f"/v1/lntx/{lntx_id}").json()
        return document

    def pay(self, **params: Any) -> requests.Response:
        return self.session.post("http://sandbox/pay", json=params)

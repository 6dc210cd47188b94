"""Somebody whose wallet pays by LNURL: it knows an address, and follows what it is told there."""

import json
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PUBLIC_URL = "https://till.example.com"


@dataclass
class Payer:
    """A wallet that speaks LNURL, at the network address `behind`."""

    client: FlaskClient
    behind: str = "192.0.2.1"
    answers: list[TestResponse] = field(default_factory=list)

    def get(self, url: str, **parameters: str) -> Any:
        """Ask for a link, or a path of ours, and return what is in the answer: it is always one with the status 200."""
        path = url.removeprefix(PUBLIC_URL)
        asked = {"REMOTE_ADDR": self.behind}
        answer = self.client.get(path, base_url=PUBLIC_URL, query_string=parameters or None, environ_base=asked)
        self.answers.append(answer)
        assert (answer.status_code, answer.mimetype) == (200, "application/json")
        return answer.get_json()

    def scan(self, name: str = "tips") -> Any:
        """Ask how a jar is paid."""
        return self.get(f"/lnurlp/{name}")

    def pay(self, msat: int | str, name: str = "tips", **parameters: str) -> Any:
        """Ask for an invoice, as a wallet does that was told where."""
        return self.get(self.scan(name)["callback"], amount=str(msat), **parameters)

    def refusal(self, url: str, **parameters: str) -> str:
        """Return the reason of an answer that is none but an error."""
        answer = self.get(url, **parameters)
        assert answer.keys() == {"status", "reason"}, answer
        assert answer["status"] == "ERROR"
        return str(answer["reason"])


def entries(described: Any) -> list[list[str]]:
    """Read the metadata of an answer."""
    read: list[list[str]] = json.loads(described["metadata"])
    return read

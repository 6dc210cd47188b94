"""Asking a till that may be down at any moment: again and again, until it answers."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from threading import Event
from typing import TypeVar
from urllib.parse import urlencode

from bench.server import HOST

T = TypeVar("T")
# Seconds: until somebody gives up on an answer, until they give up on a till, before they try again. On a machine with
# much other work a life takes half a minute, and not everybody is answered in each.
_TIMEOUT = 20
PATIENCE = 300
_PAUSE = 0.05
# The wallet or the database is away: worth another try.
_TRY_AGAIN = (502, 503, 504)


class WrongAnswer(Exception):
    """The till answered something that no crash excuses."""


class NotThere(Exception):
    """404: it is for who asks to know whether it should be."""


class _TryAgain(Exception):
    """The till said that nothing was done, and to try again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the till said. `leads_to` is the address that it redirects to; `wait` are the seconds until another try."""

    status: int
    leads_to: str
    wait: int
    page: bytes


class Caller:
    """Somebody who asks, from a browser of their own: it keeps cookies. `lost` counts the answers that never came."""

    def __init__(self, port: int, given_up: Event) -> None:
        self.lost = 0
        self._port = port
        self._given_up = given_up
        self._cookies: dict[str, str] = {}

    def insist(self, act: Callable[[], T]) -> T:
        """Do it again until it is answered. What was sent and not answered may have been done, or not.

        Raises WrongAnswer.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return act()
            except (ConnectionRefusedError, _TryAgain):
                # Nothing was sent, or nothing came of it.
                pass
            except (OSError, HTTPException):
                self.lost += 1
            if self._given_up.is_set() or time.monotonic() > deadline:
                raise WrongAnswer("the till does not answer any more")
            time.sleep(_PAUSE)

    def wait(self, seconds: float) -> None:
        """Wait as the till says; no longer than until all is given up."""
        self._given_up.wait(seconds)

    def get(self, path: str, *good: int) -> Answer:
        """Open a page. Raises WrongAnswer where its status is none of the good ones, or 200; else NotThere."""
        return self.ask("GET", path, good or (200,))

    def post(self, path: str, fields: Mapping[str, str], *good: int) -> Answer:
        """Send a form. Raises WrongAnswer where the status is none of the good ones, or 303; else NotThere."""
        typed = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, good or (303,), urlencode(fields), typed)

    def ask(
        self,
        method: str,
        path: str,
        good: tuple[int, ...],
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask once. Raises WrongAnswer, NotThere, or what `insist` knows."""
        cookies = {"Cookie": "; ".join(map("=".join, self._cookies.items()))} if self._cookies else {}
        # A new connection each time: those that were open went with the till.
        connection = HTTPConnection(HOST, self._port, timeout=_TIMEOUT)
        try:
            connection.request(method, path, body, {**cookies, **(headers or {})})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        for kept in answer.headers.get_all("Set-Cookie", ()):
            name, _, value = kept.partition(";")[0].partition("=")
            self._cookies[name] = value
        if answer.status in _TRY_AGAIN:
            raise _TryAgain
        if answer.status == 404:
            raise NotThere
        if answer.status not in good:
            raise WrongAnswer(f"{method} {path}: {answer.status} {text[:500]!r}")
        return Answer(answer.status, answer.headers["Location"] or "", int(answer.headers["Retry-After"] or 0), text)

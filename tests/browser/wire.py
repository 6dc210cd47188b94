"""What goes over the wire between a shop and its browsers, as the shop sees it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: the address, what the browser wants it for (Sec-Fetch-Dest), and the bytes of its body as sent."""

    path: str
    purpose: str
    size: int

    @property
    def makes_a_page(self) -> bool:
        """What a page's script asks once it lives makes no page; what is fetched ahead makes the next one."""
        return self.purpose != "empty" or self.path.startswith("/static/")


@dataclass
class Wire:
    """Sees everything that a shop answers from now on."""

    app: Flask
    answers: list[Answer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._shop = self.app.wsgi_app
        self.app.wsgi_app = self  # type: ignore[method-assign]

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        return self._seen(environ, self._shop(environ, start_response))

    def _seen(self, environ: Any, body: Any) -> Iterator[bytes]:
        size = 0
        try:
            for part in body:
                size += len(part)
                yield part
        finally:
            self.answers.append(Answer(environ["PATH_INFO"], environ.get("HTTP_SEC_FETCH_DEST", ""), size))
            if hasattr(body, "close"):
                body.close()

    def since(self) -> list[Answer]:
        """Return what pages were made of since this was asked last."""
        answers, self.answers = self.answers, []
        return [it for it in answers if it.makes_a_page]

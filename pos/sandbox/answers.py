"""Answers as LNPay writes them: compact JSON, `?fields=`, pages of a list. No routes and no rules here."""

import json
import re
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from werkzeug import Request, Response
from werkzeug.exceptions import NotAcceptable

from pos.sandbox.errors import ApiError, error_document

# Parameters of an address that a link to another page has its own of, or must not tell.
_OWN = ("page", "per-page", "access-token")


def json_answer(document: object, status: int = HTTPStatus.OK) -> Response:
    """Answer with JSON, slashes and UTF-8 unescaped."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, content_type="application/json; charset=UTF-8")


def error_answer(error: ApiError) -> Response:
    """Answer with an error."""
    return json_answer(error_document(error.status, str(error)), error.status)


def check_accept(request: Request) -> None:
    """Refuse a client that does not take JSON. Raises NotAcceptable."""
    accept = request.headers.get("Accept", "*/*")
    if "*/*" not in accept and "application/json" not in accept:
        raise NotAcceptable


def object_answer(request: Request, document: dict[str, Any], status: int = HTTPStatus.OK) -> Response:
    """Answer with one object, or the fields of it that were asked for."""
    return json_answer(_chosen(request, document), status)


class Page:
    """Which part of a list a request wants. Past the end is the last page again, as Yii does it.

    There are `size` items on a page unless asked otherwise, and `most` at most.
    """

    def __init__(self, request: Request, total: int, *, size: int, most: int) -> None:
        self._request = request
        self._total = total
        self.size = min(max(request.args.get("per-page", size, type=int), 1), most)
        self._last = max(-(-total // self.size), 1)
        self._number = min(max(request.args.get("page", 1, type=int), 1), self._last)

    @property
    def offset(self) -> int:
        """How many items come before this page."""
        return (self._number - 1) * self.size

    def answer(self, documents: list[dict[str, Any]]) -> Response:
        """Answer with the items of this page."""
        response = json_answer([_chosen(self._request, document) for document in documents])
        response.headers["X-Pagination-Total-Count"] = str(self._total)
        response.headers["X-Pagination-Page-Count"] = str(-(-self._total // self.size))
        response.headers["X-Pagination-Current-Page"] = str(self._number)
        response.headers["X-Pagination-Per-Page"] = str(self.size)
        response.headers["Link"] = ", ".join(f"<{self._url(page)}>; rel={rel}" for rel, page in self._links())
        return response

    def _links(self) -> list[tuple[str, int]]:
        here = self._number
        links = [("self", here), ("first", 1), ("last", self._last), ("prev", here - 1), ("next", here + 1)]
        return [(rel, page) for rel, page in links if 1 <= page <= self._last]

    def _url(self, page: int) -> str:
        # What the list is of goes along; a key that came in the address does not.
        others = [(name, value) for name, value in self._request.args.items(multi=True) if name not in _OWN]
        query = urlencode([("page", page), ("per-page", self.size), *others])
        return f"{self._request.base_url}?{query}"


def _chosen(request: Request, document: dict[str, Any]) -> dict[str, Any] | list[Any]:
    """Keep the fields that were asked for. PHP writes an object without any as an empty list."""
    names = {name for name in re.split(r"[\s,]+", request.args.get("fields", "")) if name}
    if not names:
        return document
    return {name: value for name, value in document.items() if name in names} or []

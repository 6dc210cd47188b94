"""How much of a request is read at all: what no page of ours sends is refused before anybody works on it."""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# A full tape is 50 amounts, each with its tax, and a page sends some ten fields besides.
MOST_FIELDS = 120
MOST_QUERY_BYTES = 4096
MOST_BODY_BYTES = 64 * 1024
# A form: 50 amounts and taxes, and a memo of 200 characters, each of which is written as twelve.
MOST_FORM_BYTES = 16 * 1024
# Where an owner gives a picture; what is one is looked at by whoever draws it. Who else asks was turned away before.
MOST_PICTURE_BYTES = 11 * 1024 * 1024
TAKE_PICTURES = ("office_settings.change_picture",)
_AND = b"&"


def init_app(app: Flask) -> None:
    """Refuse too much of anything, before the forms are read. Has to come before whatever reads them."""
    app.config |= {
        "MAX_CONTENT_LENGTH": MOST_BODY_BYTES,
        "MAX_FORM_PARTS": MOST_FIELDS,
        "MAX_FORM_MEMORY_SIZE": MOST_FORM_BYTES,
    }
    app.before_request(_refuse_too_much)


def _refuse_too_much() -> None:
    # A form in parts is read by the view. Of any other kind all is read here, before anybody is turned away.
    if request.endpoint in TAKE_PICTURES and request.mimetype == "multipart/form-data":
        request.max_content_length = request.max_form_memory_size = MOST_PICTURE_BYTES
    query = request.query_string
    if len(query) > MOST_QUERY_BYTES or query.count(_AND) >= MOST_FIELDS:
        abort(414)
    # Flask counts the fields of the other kind of form by itself. Any larger body is refused as it is read.
    if request.mimetype == "application/x-www-form-urlencoded":
        body = request.get_data()
        if len(body) > MOST_FORM_BYTES or body.count(_AND) >= MOST_FIELDS:
            abort(413)


def know_hosts(app: Flask) -> None:
    """Refuse a request to a host that no name can be of: it has no address, so no page could even say what is wrong.

    Has to come before whatever reads which host a proxy was asked for.
    """
    app.wsgi_app = _of_hosts(app.wsgi_app)  # type: ignore[assignment, method-assign]


def _of_hosts(till: "WSGIApplication") -> "WSGIApplication":
    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if _is_host(environ.get("HTTP_HOST", "")):
            return till(environ, start_response)
        return Response("There is no such host.\n", 400, mimetype="text/plain")(environ, start_response)

    return answer


@lru_cache(maxsize=64)
def _is_host(asked: str) -> bool:
    try:
        name = urlsplit(f"//{asked}").hostname or ""
        # As Werkzeug does when it writes an address.
        name.encode("idna").decode("idna")
    except ValueError:
        return False
    return True

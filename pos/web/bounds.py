"""How much of a request is read at all: what no page of ours sends is refused before anybody works on it."""

from flask import Flask, abort, request

# A full tape and all that a page sends besides come to some sixty; an address has a few more than none.
MOST_FIELDS = 100
MOST_QUERY_BYTES = 4096
MOST_BODY_BYTES = 64 * 1024
# A form: 50 amounts, and a memo of 200 characters, each of which is written as twelve.
MOST_FORM_BYTES = 16 * 1024
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
    query = request.query_string
    if len(query) > MOST_QUERY_BYTES or query.count(_AND) >= MOST_FIELDS:
        abort(414)
    # Flask counts the fields of the other kind of form by itself. Any larger body is refused as it is read.
    if request.mimetype == "application/x-www-form-urlencoded":
        body = request.get_data()
        if len(body) > MOST_FORM_BYTES or body.count(_AND) >= MOST_FIELDS:
            abort(413)

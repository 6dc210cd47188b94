"""An error as programs read it: RFC 9457."""

from flask import Response, json


def problem(status: int, title: str, detail: str) -> Response:
    """Return an error as `application/problem+json` (RFC 9457)."""
    body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail})
    return Response(body, status, mimetype="application/problem+json")

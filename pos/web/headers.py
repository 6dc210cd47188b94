"""What every answer tells the browser it must not do: run foreign code, be framed, leak addresses, keep pages."""

from flask import Flask, Response, request

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def send_headers(app: Flask) -> None:
    """Set the headers on every answer."""
    app.after_request(_protect)


def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    # Not "no-referrer": behind https the CSRF check compares the referrer's host.
    response.headers["Referrer-Policy"] = "same-origin"
    if request.endpoint != "static":
        # A pay page from a cache would show a state that is no longer true.
        response.headers["Cache-Control"] = "no-store"
    return response

"""What every answer tells the browser: whose it is, and what must not be done with it.

It must not run foreign code, be framed, leak addresses, or be kept.
"""

from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
# A page that may stand in those of others does nothing there but show itself.
FRAMED = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors *",
    )
)
PROTECTION = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


# A year: what lies at an address that changes with it never changes there.
FOR_EVER = "public, max-age=31536000, immutable"
# The mark of an answer that is ours. A proxy's page for signing in, or the welcome of a café's network, has none: it is
# no answer to a script, even with the status 200.
MARK = "Lightning-Till"


def init_app(app: Flask) -> None:
    """Set the headers on every answer."""
    app.after_request(_protect)
    app.after_request(_stay_here)


def keep_out_of_search(response: Response) -> Response:
    """Ask those who search the web to leave an answer out: it is the shop's, and its customer's."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def keep_address_to_oneself(response: Response) -> Response:
    """Let no browser name the address of an answer to where a link of it leads."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def let_others_frame(response: Response) -> Response:
    """Let an answer stand in pages of others, which no other may."""
    response.headers["Content-Security-Policy"] = FRAMED
    return response


def _protect(response: Response) -> Response:
    for name, value in PROTECTION.items():
        response.headers.setdefault(name, value)
    if response.headers["Content-Security-Policy"] == FRAMED:
        # The policy's forerunner, which knows no word for "by all".
        del response.headers["X-Frame-Options"]
    response.headers[MARK] = "1"
    # A pay page from a cache would show a state that is no longer true. What says itself how long it is good, may stay.
    response.headers.setdefault("Cache-Control", "no-store")
    if response.mimetype == "text/html":
        response.vary.update(("Accept-Language", "Cookie"))
    return response


def _stay_here(response: Response) -> Response:
    """Lead nowhere but to this till. Where an address has two slashes, werkzeug names the host that the request did."""
    if response.location:
        scheme, host, path, query, fragment = urlsplit(response.location)
        if scheme or host:
            response.location = urlunsplit(("", "", f"/{path.lstrip('/')}", query, fragment))
    return response

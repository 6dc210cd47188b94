"""Where a form leads, for a page that sends it by a script and stays what it is until it is answered."""

from flask import Flask, Response, request


def init_app(app: Flask) -> None:
    """Tell scripts where they are led. Who sends a form without one is redirected, as ever."""
    app.after_request(_tell)


def _tell(response: Response) -> Response:
    """Take the redirect out of an answer: `fetch` would follow it, and the page would then be asked for twice."""
    if response.status_code == 303 and request.headers.get("X-Requested-With") == "fetch":
        response.status_code = 204
        response.set_data(b"")
    return response


def own_path(path: str | None) -> str | None:
    """Return the path of a page of this till, to lead back to; None if it is none, or would lead to another host."""
    if path is None or not path.startswith("/") or path.startswith("//"):
        return None
    return path if "\\" not in path and path.isprintable() else None

"""The door for programs that prove who they are by a token of the settings."""

import hmac

from flask import request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized


def authorize(token: str | None, setting: str) -> None:
    """Let nobody in without the token of that setting; where there is none, nobody at all."""
    given = request.headers.get("Authorization", "")
    if token is None or not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        hint = f"Send the token of {setting} as: Authorization: Bearer <token>"
        raise Unauthorized(hint, www_authenticate=WWWAuthenticate("bearer"))

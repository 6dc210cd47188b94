"""What a browser keeps for the till from one visit to the next: no secret, but nobody else's either."""

from flask import Response, current_app, request

A_YEAR = 365 * 24 * 60 * 60


def keep(answer: Response, name: str, value: str) -> None:
    """Have the browser keep a choice for a year; one that was made over https is never sent without it."""
    is_secure = request.is_secure or bool(current_app.config["SESSION_COOKIE_SECURE"])
    answer.set_cookie(name, value, max_age=A_YEAR, secure=is_secure, httponly=True, samesite="Lax")

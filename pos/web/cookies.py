"""What a browser keeps for the till from one visit to the next: choices, and what it proves itself by."""

from flask import Response, current_app, request

# Seconds.
A_YEAR = 365 * 24 * 60 * 60


def keep(answer: Response, name: str, value: str, max_age: int = A_YEAR) -> None:
    """Have the browser keep a choice for `max_age` seconds; one made over https is never sent without it."""
    is_secure = request.is_secure or bool(current_app.config["SESSION_COOKIE_SECURE"])
    answer.set_cookie(name, value, max_age=max_age, secure=is_secure, httponly=True, samesite="Lax")


def forget(answer: Response, name: str) -> None:
    """Have the browser forget a choice."""
    answer.delete_cookie(name, httponly=True, samesite="Lax")


def named(name: str) -> str:
    """Return the whole name of what a browser proves itself by: no other program on this host has one like it."""
    return f"{current_app.config['SESSION_COOKIE_NAME']}_{name}"

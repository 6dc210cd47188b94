"""What a browser keeps for the till from one visit to the next: choices, and what it proves itself by."""

import logging

from flask import Response, current_app, request

from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.web.context import current_shop

log = logging.getLogger(__name__)

# Seconds.
A_YEAR = 365 * 24 * 60 * 60


class KeptBack(Refusal):
    """A browser that has the page by http would keep to itself what it proves itself by: that is for https alone."""

    def __init__(self, public_url: str) -> None:
        super().__init__(
            Sentence(
                "This page was opened by http, where a browser keeps a cookie of https to itself. Open {address}.",
                {"address": public_url},
            ),
            400,
            f"the page was opened by http, and a browser keeps a cookie of https to itself: open {public_url}. If that"
            " is what the browser shows, set POS_PROXIES to the number of proxies in front",
        )


def kept_back() -> KeptBack | None:
    """Return why this browser would send back no cookie; None where it would, as far as anybody can tell.

    A proxy in front that does the https may not have said so: a browser says where it has a page from, and where that
    is safe, it says `Sec-Fetch-Site`.
    """
    public_url = current_shop().settings.public_url or ""
    if request.is_secure or not public_url.startswith("https://") or "Sec-Fetch-Site" in request.headers:
        return None
    origin = request.headers.get("Origin", "").lower()
    is_by_https = origin.startswith("https://") or current_app.config["SESSION_COOKIE_NAME"] in request.cookies
    return KeptBack(public_url) if origin.startswith("http://") or not is_by_https else None


def check_kept() -> None:
    """Raise KeptBack before anybody is let in who would be a stranger again on the next page."""
    if error := kept_back():
        log.warning("nobody was let in: %s", error)
        raise error


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

"""The cookie of an owner's session."""

from flask import Response, make_response, redirect, request

from pos.domain.owner import Owner
from pos.services.sign_in import SESSION_IS_GOOD_FOR, begin_session
from pos.web.access import OWNER_COOKIE
from pos.web.context import current_shop
from pos.web.cookies import keep, named

# Of what a browser says it is, as much as tells one from another.
_MOST_OF_BROWSER = 200


def let_in(owner: Owner, checked: str, to: str) -> Response:
    """Begin a session in this browser, and lead to a page of this till. Raises as `begin_session` does."""
    browser = request.headers.get("User-Agent", "")[:_MOST_OF_BROWSER]
    token = begin_session(current_shop(), owner, checked, browser)
    answer = make_response(redirect(to, 303))
    keep(answer, named(OWNER_COOKIE), token, SESSION_IS_GOOD_FOR)
    return answer

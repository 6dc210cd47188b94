"""Signing in: a name and a password begin a session, in one browser."""

import logging

from pos.domain.owner import MAX_NAME, MAX_PASSWORD, Owner, written_once
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.runtime.guesses import Guesses
from pos.services.passwords import fits, turn
from pos.services.tokens import digest_of, new_token
from pos.shop import Shop

log = logging.getLogger(__name__)

# Seconds. Who has the browser for so long has the office.
SESSION_IS_GOOD_FOR = 30 * 24 * 60 * 60


class NotSignedIn(Refusal):
    """A name and a password that do not go together; nobody is told which of the two is wrong."""

    def __init__(self) -> None:
        super().__init__(Sentence("Name and password do not go together."), 403)


class TooManyGuesses(Refusal):
    """Wrong passwords came before, for a name or from an address. Worth another try after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        sentence = Sentence("Wrong passwords came before. Try again in {seconds} s.", {"seconds": retry_after})
        super().__init__(sentence, 429)
        self.retry_after = retry_after


def sign_in(shop: Shop, name: str, password: str, asked_from: str) -> Owner:
    """Return the owner whose name and password these are.

    Each wrong one makes the next try wait longer, for the name and for `asked_from`: a visitor's address. Raises
    NotSignedIn, TooManyGuesses, TooManyAtOnce or StoreError.
    """
    if len(name) > MAX_NAME or len(password) > MAX_PASSWORD:
        raise NotSignedIn
    asked = (f"name {digest_of(name.casefold())}", asked_from)
    with turn(shop):
        # Here and not before the turn: many that come at once are one guess after another.
        _wait_or_refuse(shop.guesses, asked)
        found = shop.store.owners.find(name)
        if not fits(written_once(password), found[1] if found else None) or found is None:
            shop.guesses.was_wrong(*asked)
            log.warning("a wrong password, from %s", asked_from)
            raise NotSignedIn
    shop.guesses.was_right(*asked)
    return found[0]


def begin_session(shop: Shop, owner: Owner, browser: str) -> str:
    """Return the token of a new session, for the browser's cookie. Raises NotSignedIn or StoreError."""
    token, now = new_token(), shop.now()
    if not shop.store.owners.begin_session(owner, digest_of(token), browser, now, now + SESSION_IS_GOOD_FOR):
        raise NotSignedIn
    return token


def signed_in(shop: Shop, token: str) -> Owner | None:
    """Return whose session a token is. Raises StoreError."""
    return shop.store.owners.find_session(digest_of(token), shop.now())


def sign_out(shop: Shop, token: str) -> None:
    """End a session. Raises StoreError."""
    shop.store.owners.end_session(digest_of(token))


def _wait_or_refuse(guesses: Guesses, asked: tuple[str, ...]) -> None:
    seconds = guesses.wait(*asked)
    if seconds:
        raise TooManyGuesses(seconds)

"""Signing in: a name and a password begin a session, in one browser."""

import logging
from dataclasses import dataclass

from pos.domain.owner import MAX_NAME, MAX_PASSWORD, Owner, WrongPassword, name_key, written_once
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.services.guesses import may_guess
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


@dataclass(frozen=True, slots=True)
class From:
    """From where somebody tries to come in: a visitor's address, or a device of the shop."""

    name: str
    is_device: bool = False

    def counted(self, whose: str, kind: str = "") -> tuple[str, ...]:
        """Return by what wrong ones are counted: `whose` they are and from where.

        At a device by the device alone: strangers who try a name over and over do not keep its owner out there.
        """
        here = f"{kind}{self.name}"
        return (here,) if self.is_device else (whose, here)


def sign_in(shop: Shop, name: str, password: str, asked_from: From) -> tuple[Owner, str]:
    """Return the owner whose name and password these are, and the hash that they were held against.

    Each wrong one makes the next try wait longer, for the name and for the visitor's address; at a device of the shop
    for the device alone. Raises NotSignedIn, TooManyGuesses, TooManyAtOnce or StoreError.
    """
    if len(name) > MAX_NAME or len(password) > MAX_PASSWORD:
        raise NotSignedIn
    # In its turn: many that come at once are one guess after another.
    with turn(shop, asked_from.is_device), may_guess(shop, asked_from.counted(_name(name)), TooManyGuesses):
        found = shop.store.owners.find(name)
        if not fits(written_once(password), found[1] if found else None) or found is None:
            log.warning("a wrong password, from %s", asked_from.name)
            raise NotSignedIn
    return found


def confirm(shop: Shop, owner: Owner, password: str, asked_from: From) -> str:
    """Have who is signed in show that the browser is theirs: by the password, before what cannot be taken back.

    Returns the hash that it was held against. Raises WrongPassword, TooManyGuesses, TooManyAtOnce or StoreError.
    """
    with turn(shop, asked_from.is_device), may_guess(shop, asked_from.counted(_name(owner.name)), TooManyGuesses):
        kept, _ = shop.store.accounts.secrets(owner)
        if len(password) > MAX_PASSWORD or not fits(written_once(password), kept or None):
            log.warning("a wrong password of who is signed in, from %s", asked_from.name)
            raise WrongPassword
    return kept


def begin_session(shop: Shop, owner: Owner, checked: str, browser: str) -> str:
    """Return the token of a new session, for the browser's cookie. Raises NotSignedIn or StoreError.

    `checked` is the hash that the password was held against: the session does not begin if it is another one by now.
    """
    token, now = new_token(), shop.now()
    expires_at = now + SESSION_IS_GOOD_FOR
    if not shop.store.owners.begin_session(owner, checked, digest_of(token), browser, now, expires_at):
        raise NotSignedIn
    return token


def signed_in(shop: Shop, token: str) -> Owner | None:
    """Return whose session a token is. Raises StoreError."""
    return shop.store.owners.find_session(digest_of(token), shop.now())


def sign_out(shop: Shop, token: str) -> None:
    """End a session. Raises StoreError."""
    shop.store.owners.end_session(digest_of(token))


def _name(name: str) -> str:
    # As it is looked for: else each way of writing it would have tries of its own.
    return f"name {digest_of(name_key(name))}"

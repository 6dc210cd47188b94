"""An owner of the shop: who may everything, with a name and a password. How passwords are kept is not known here."""

import unicodedata
from dataclasses import dataclass

from pos.domain.memo import on_one_line
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence

MAX_NAME = 60
MIN_PASSWORD = 10
MAX_PASSWORD = 200


class BadName(Refusal):
    """A name that nobody can be told by."""


class BadPassword(Refusal):
    """A password that is none."""


class WrongPassword(Refusal):
    """Not the password of who is signed in."""

    def __init__(self) -> None:
        super().__init__(Sentence("That is not your password."), 403)


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who may everything. `created_at` in unix seconds; `asks_code`: a second factor is set up (TOTP)."""

    id: str
    name: str
    created_at: int
    asks_code: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which an owner is signed in, by what it says it is. Times in unix seconds."""

    id: str
    browser: str
    begun_at: int
    seen_at: int


def clean_name(text: str) -> str:
    """Return a person's or a device's name as it is shown. Raises BadName if there is none, or too much of it."""
    name = _written_once(text)
    if not name:
        raise BadName(Sentence("A name is missing."))
    if len(name) > MAX_NAME:
        raise BadName(Sentence("The name is too long: at most {most} characters.", {"most": MAX_NAME}))
    return name


def name_key(name: str) -> str:
    """Return what two names have in common that are the same to people: neither case nor the way of writing counts."""
    return unicodedata.normalize("NFKC", _written_once(name)).casefold()


def _written_once(name: str) -> str:
    return " ".join(on_one_line(name).split())


def check_password(password: str) -> str:
    """Return a new password that is long enough, in the one way of writing it. Raises BadPassword."""
    if len(password) < MIN_PASSWORD:
        raise BadPassword(Sentence("The password is too short: at least {least} characters.", {"least": MIN_PASSWORD}))
    if len(password) > MAX_PASSWORD:
        raise BadPassword(Sentence("The password is too long: at most {most} characters.", {"most": MAX_PASSWORD}))
    return written_once(password)


def written_once(password: str) -> str:
    """Return a password as every keyboard writes it (RFC 8265: NFKC is what people mean by the same letters)."""
    return unicodedata.normalize("NFKC", password)

"""Passwords: made into hashes (argon2id), and held against them. Nobody reads a password out of what is kept.

A hash takes a core some 40 ms, and its process does nothing else meanwhile: so they are made one after another, and a
crowd that wants them is sent away instead of waiting for all of them. Who asks at a device of the shop does not stand
behind that crowd.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.runtime.turnstile import Crowded
from pos.shop import Shop

# As OWASP's Password Storage Cheat Sheet has it for argon2id: 19 MiB, two passes.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# What a password is held against where there is no such name, so that it takes the same time.
_NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$oCKxX9w/yeYQOmfc53uAyQ$4XIeVv/NX4h5i8338jrGxQTK4+GbsmpKQqN6qow7gCk"
_MOST_WAITING = 20


class TooManyAtOnce(Refusal):
    """More people want to be let in at once than can be looked at."""

    retry_after = 5

    def __init__(self) -> None:
        super().__init__(Sentence("Too many want to be let in at once. Try again in a moment."), 503)


@contextmanager
def turn(shop: Shop, is_at_device: bool = False) -> Iterator[None]:
    """Wait until nobody else has a hash made: nobody at a device of the shop, or nobody elsewhere.

    Raises TooManyAtOnce.
    """
    line = shop.hashing_at_devices if is_at_device else shop.hashing
    if line.waiting >= _MOST_WAITING:
        raise TooManyAtOnce
    try:
        with line.turn():
            yield
    except Crowded as error:
        raise TooManyAtOnce from error


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    return _HASHER.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Tell whether it is the password that a hash was made of; where there is none, that takes as long."""
    try:
        _HASHER.verify(kept or _NOBODYS, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None

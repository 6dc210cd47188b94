"""Letting somebody try what may be wrong: a password, a code of the phone, the code of a new device."""

import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pos.domain.refusal import Refusal
from pos.shop import Shop


@contextmanager
def may_guess(shop: Shop, asked: tuple[str, ...], too_many: Callable[[int], Refusal]) -> Iterator[None]:
    """Let somebody try for all of `asked`, and forget the wrong ones of before if nothing is raised.

    Each try counts as a wrong one, in all processes, before it is looked at. Raises `too_many` of the seconds until
    another one is taken, or StoreError.
    """
    keys = [_key(shop, each) for each in asked]
    # Who has to wait only reads: that may be a flood.
    seconds = shop.store.guesses.wait(keys, shop.now()) or shop.store.guesses.count(keys, shop.now())
    if seconds:
        raise too_many(seconds)
    yield
    shop.store.guesses.forget(keys)


def _key(shop: Shop, asked: str) -> str:
    """Return what is kept of it: no name, no address, and nothing that could be tried out."""
    words = f"guess {asked}".encode("utf-8", "surrogateescape")
    return hmac.digest(shop.settings.secret_key.encode(), words, "sha256").hex()

"""Pairing: the owner offers a browser to be a till, a kiosk or a customer's display, and the browser takes it."""

import hmac
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from pos.domain.device import Face
from pos.domain.owner import Owner, clean_name
from pos.domain.pairing import GOOD_FOR, Pairing, new_code, read_code
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.services.guesses import may_guess
from pos.services.passwords import turn
from pos.services.sign_in import NotSignedIn
from pos.services.tokens import digest_of, new_token
from pos.shop import Shop

log = logging.getLogger(__name__)


class PairingIsNotGood(Refusal):
    """A link or a code that was used, is too old, or was never made: nobody is told which."""

    def __init__(self) -> None:
        sentence = "This code is not good, or no longer. Ask the owner for a new one: Office, Devices, Add a device."
        super().__init__(Sentence(sentence), 410)


class TooManyCodes(Refusal):
    """Wrong codes came before from an address. Worth another try after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        sentence = Sentence("Wrong codes came before. Try again in {seconds} s.", {"seconds": retry_after})
        super().__init__(sentence, 429)
        self.retry_after = retry_after


class NoSuchPlace(Refusal):
    """A till or a kiosk that the shop does not have."""

    def __init__(self) -> None:
        super().__init__(Sentence("Choose what the device shall be."))


def places(shop: Shop) -> list[tuple[Face, str]]:
    """Return all that a device of this shop can be: a face, and the name of its till or kiosk."""
    settings = shop.settings
    tills = [(face, till) for face in (Face.TILL, Face.DISPLAY) for till in settings.tills]
    kiosks = [name for name in ("", *dict(settings.kiosks)) if settings.kiosk(name, None)]
    return [*tills, *((Face.KIOSK, name) for name in kiosks)]


def offer(shop: Shop, face: Face, place: str, name: str, owner: Owner, session: str) -> tuple[Pairing, str, str]:
    """Return a new pairing, its link's token and its code. Raises NoSuchPlace, BadName, NotSignedIn or StoreError.

    `session` is the token of the owner's session: one that ended a moment ago offers nothing.
    """
    if (face, place) not in places(shop):
        raise NoSuchPlace
    now, token, code = shop.now(), new_token(), new_code()
    pairing = Pairing(face, clean_name(name), place, now + GOOD_FOR, owner.name)
    digests = digest_of(token), _digest_of_code(shop, code)
    if not shop.store.pairings.add(pairing, *digests, owner, digest_of(session), now):
        raise NotSignedIn
    return pairing, token, code


def find_by_link(shop: Shop, token: str) -> Pairing:
    """Return what a link offers. Raises PairingIsNotGood or StoreError."""
    return _find(shop, digest_of(token))


def find_by_code(shop: Shop, typed: str, asked_from: str) -> Pairing:
    """Return what a code offers. Each wrong one makes the next wait longer, for `asked_from`: a visitor's address.

    Raises PairingIsNotGood, TooManyCodes, TooManyAtOnce or StoreError.
    """
    with _guessing(shop, asked_from):
        return _find(shop, _digest_of_typed(shop, typed))


def take_by_link(shop: Shop, token: str, key: str) -> str:
    """Become what a link offers, and return the token of the device. Raises PairingIsNotGood or StoreError.

    `key` is the page's on which it was asked for: the same page gets the same token, however often it asks.
    """
    return _take(shop, digest_of(token), key)


def take_by_code(shop: Shop, typed: str, key: str, asked_from: str) -> str:
    """Become what a code offers, as `take_by_link` does; as dear as `find_by_code` for who guesses."""
    with _guessing(shop, asked_from):
        return _take(shop, _digest_of_typed(shop, typed), key)


@contextmanager
def _guessing(shop: Shop, asked_from: str) -> Iterator[None]:
    # In its turn: each try is written down, and strangers may come by the thousand. Counted apart from the codes of
    # a phone: a good one of one kind forgives no wrong ones of the other.
    with turn(shop), may_guess(shop, (f"pairing {asked_from}",), TooManyCodes):
        try:
            yield
        except PairingIsNotGood:
            log.warning("a wrong pairing code, from %s", asked_from)
            raise


def _find(shop: Shop, digest: str) -> Pairing:
    found = shop.store.pairings.find(digest, shop.now())
    if found is None:
        raise PairingIsNotGood
    return found


def _take(shop: Shop, digest: str, key: str) -> str:
    secret = shop.settings.secret_key.encode()
    # Nobody makes it who has the link and the key of a page, but not the till's own key.
    token = hmac.digest(secret, f"device {digest} {key}".encode("utf-8", "surrogateescape"), "sha256").hex()
    if not shop.store.pairings.use(digest, digest_of(token), shop.now()):
        raise PairingIsNotGood
    return token


def _digest_of_typed(shop: Shop, typed: str) -> str:
    # What cannot be a code takes as long as one that is not good.
    return _digest_of_code(shop, read_code(typed) or "")


def _digest_of_code(shop: Shop, code: str) -> str:
    """Return what is kept of a code. It is short: without the till's own key, who reads the database could try all."""
    return hmac.digest(shop.settings.secret_key.encode(), f"code {code}".encode(), "sha256").hex()

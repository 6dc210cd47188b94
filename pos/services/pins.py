"""PINs: kept as hashes that are the same for the same PIN, so that each is one person's, and made slowly.

The salt is one for the whole shop and comes of its secret key: who has the database alone tries no PIN against it.
With another key no PIN is right any more.
"""

from hashlib import sha256

from argon2.low_level import Type, hash_secret_raw

from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.runtime.turnstile import Crowded
from pos.shop import Shop


class Busy(Refusal):
    """More PINs are tried at once than can be looked at."""

    retry_after = 5

    def __init__(self) -> None:
        super().__init__(Sentence("Too many want to be let in at once. Try again in a moment."), 503)


def digest_of_pin(shop: Shop, pin: str) -> str:
    """Return what is kept of a PIN. Raises Busy.

    With as much work as for a password: it holds up its process for some 20 ms. They stand in the line of the
    shop's own devices, that no stranger stands in.
    """
    try:
        with shop.hashing_at_devices.turn():
            return hash_secret_raw(
                pin.encode(), _salt(shop), time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, type=Type.ID
            ).hex()
    except Crowded as error:
        raise Busy from error


def _salt(shop: Shop) -> bytes:
    return sha256(b"the PINs of " + shop.settings.secret_key.encode()).digest()[:16]

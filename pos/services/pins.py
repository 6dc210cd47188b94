"""PINs: kept as hashes that are the same for the same PIN, so that each is one person's, and made slowly.

The salt is one for the whole shop and comes of its secret key: who has the database alone tries no PIN against it.
With another key no PIN is right any more.
"""

from hashlib import sha256

from argon2.low_level import Type, hash_secret_raw

from pos.services.passwords import turn
from pos.shop import Shop


def digest_of_pin(shop: Shop, pin: str) -> str:
    """Return what is kept of a PIN. Raises TooManyAtOnce.

    With as much work as for a password: it holds up its process for some 20 ms. They stand in the line of the
    shop's own devices, that no stranger stands in.
    """
    with turn(shop, is_at_device=True):
        return hash_secret_raw(
            pin.encode(), _salt(shop), time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, type=Type.ID
        ).hex()


def _salt(shop: Shop) -> bytes:
    return sha256(b"the PINs of " + shop.settings.secret_key.encode()).digest()[:16]

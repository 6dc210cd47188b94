"""What only this till can read, wherever it lies: encrypted by a key that is made of the secret key."""

import base64
import hmac
from typing import TYPE_CHECKING

from pos.shop import Shop

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


def seal(shop: Shop, purpose: str, text: str) -> str:
    """Encrypt a text for a purpose; for no other it can be read."""
    return _fernet(shop, purpose).encrypt_at_time(text.encode(), shop.now()).decode()


def unseal(shop: Shop, purpose: str, sealed: str, max_age: int | None = None) -> str | None:
    """Return the text; None if it is no seal of this till for that purpose, or older than `max_age` seconds."""
    from cryptography.fernet import InvalidToken

    fernet = _fernet(shop, purpose)
    try:
        if max_age is None:
            return fernet.decrypt(sealed).decode()
        return fernet.decrypt_at_time(sealed, max_age, shop.now()).decode()
    except (InvalidToken, ValueError):
        return None


def _fernet(shop: Shop, purpose: str) -> "Fernet":
    # Here and not above: a till with no codes of owners and no PINs of cards does not even load the library.
    from cryptography.fernet import Fernet

    key = hmac.digest(shop.settings.secret_key.encode(), f"{purpose} 1".encode(), "sha256")
    return Fernet(base64.urlsafe_b64encode(key))

"""What an issuer gave for a card, on its way through the page that asks for the PIN: encrypted, as it is money.

In the page and not in memory, as another process may get the PIN; and nothing is left behind where none comes.
"""

import base64
import hmac
import json
from dataclasses import astuple
from typing import TYPE_CHECKING

from flask import current_app

from pos.domain.lnurl_withdraw import Withdrawal
from pos.services.pay_by_card import Waiting, too_late
from pos.web.context import current_shop

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

# Seconds. Who knows the PIN types it at once.
MAX_AGE = 60


def seal(charge_id: str, waiting: Waiting) -> str:
    """Write what waits for a PIN as a text that only the till can read."""
    written = json.dumps([charge_id, waiting.number, *astuple(waiting.withdrawal)])
    return _fernet().encrypt_at_time(written.encode(), current_shop().now()).decode()


def unseal(charge_id: str, token: str) -> Waiting:
    """Return what was sealed for a charge. Raises CardRefused if it is no seal of ours, another charge's, or old."""
    from cryptography.fernet import InvalidToken

    try:
        written = _fernet().decrypt_at_time(token, MAX_AGE, current_shop().now())
    except (InvalidToken, ValueError) as error:
        raise too_late("the seal is old, or none of this till") from error
    sealed_for, number, *withdrawal = json.loads(written)
    if sealed_for != charge_id:
        raise too_late("the seal is another charge's")
    return Waiting(number, Withdrawal(*withdrawal))


def _fernet() -> "Fernet":
    # Here and not above: a till whose customers have no such card does not even load the library.
    from cryptography.fernet import Fernet

    key = hmac.digest(str(current_app.secret_key).encode(), b"the PIN of a card 1", "sha256")
    return Fernet(base64.urlsafe_b64encode(key))

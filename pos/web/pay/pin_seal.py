"""What an issuer gave for a card, on its way through the page that asks for the PIN: encrypted, as it is money.

In the page and not in memory, as another process may get the PIN; and nothing is left behind where none comes.
"""

import json
from dataclasses import astuple

from pos.domain.lnurl_withdraw import Withdrawal
from pos.services import sealed
from pos.services.pay_by_card import Waiting, too_late
from pos.web.context import current_shop

# Seconds. Who knows the PIN types it at once.
MAX_AGE = 60
_PURPOSE = "the PIN of a card"


def seal(charge_id: str, waiting: Waiting) -> str:
    """Write what waits for a PIN as a text that only the till can read."""
    written = json.dumps([charge_id, waiting.number, *astuple(waiting.withdrawal)])
    return sealed.seal(current_shop(), _PURPOSE, written)


def unseal(charge_id: str, token: str) -> Waiting:
    """Return what was sealed for a charge. Raises CardRefused if it is no seal of ours, another charge's, or old."""
    written = sealed.unseal(current_shop(), _PURPOSE, token, MAX_AGE)
    if written is None:
        raise too_late("the seal is old, or none of this till")
    sealed_for, number, *withdrawal = json.loads(written)
    if sealed_for != charge_id:
        raise too_late("the seal is another charge's")
    return Waiting(number, Withdrawal(*withdrawal))

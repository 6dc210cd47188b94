"""The doctor: is everything in order for the next sale? In plain words, with what to do if not.

What a shopkeeper may have to know is said in every language of the till (Sentence); what a wallet says, and what only
helps who looks for a fault between machines, stays English.
"""

from collections.abc import Callable

from pos.services.doctor.finding import Finding, Unreached, Verdict
from pos.services.doctor.machine import (
    look_at_database,
    look_at_name,
    look_at_office,
    look_at_printer,
    look_at_settings,
    look_at_time,
    look_at_version,
    look_at_watch,
)
from pos.services.doctor.rate import look_at_rate
from pos.services.doctor.reach import look_at_hook, look_at_lnurl
from pos.services.doctor.wallet import look_at_left_behind, look_at_wallet
from pos.services.doctor.who import ABANDONED, UNCLAIMED, look_at_devices, look_at_owner, look_at_screens
from pos.shop import Shop
from pos.wallets.base import Hinting

__all__ = ["ABANDONED", "UNCLAIMED", "Finding", "Unreached", "Verdict", "examine"]


def examine(shop: Shop, ping: Callable[[Hinting, str], int], get: Callable[[str], bytes]) -> list[Finding]:
    """Look at every part. Asks the wallet for one invoice over 1 sat, which nobody is shown.

    `ping` has the wallet send the hook at an address a message about nothing, and returns the HTTP status. `get` asks
    an address, and returns what is answered, or raises Unreached.
    """
    wallet = list(look_at_wallet(shop))
    till = (
        look_at_database(shop),
        look_at_time(shop),
        *look_at_owner(shop),
        *look_at_name(shop),
        *look_at_devices(shop),
        *look_at_screens(shop),
        *look_at_watch(shop),
        *look_at_left_behind(shop),
        *look_at_rate(shop),
        *look_at_printer(shop),
    )
    return [
        look_at_version(),
        look_at_settings(shop, wallet),
        *look_at_office(shop),
        *till,
        *wallet,
        *look_at_hook(shop, ping),
        *look_at_lnurl(shop, get),
    ]

"""How often the wallet is to be asked about a charge that is not paid. Facts and arithmetic; who asks is the watch."""

from dataclasses import dataclass
from math import inf

# Seconds. A screen that is open says so again within this time.
LOOKED_AT_FOR = 10
# Money that comes later than this after the expiry is not looked for any more, unless somebody looks at the charge.
WATCHED_FOR = 24 * 60 * 60
# But of one that has ended while the wallet could not be asked, as a till was off over the holidays.
SOUGHT_FOR = 30 * 24 * 60 * 60

_SOONEST, _SLOWEST, _SLOWEST_LOOKED_AT = 1.0, 30.0, 5.0


@dataclass(frozen=True, slots=True)
class Unpaid:
    """What the database has of a charge that is not paid. `looks` grows while a screen looks at it.

    `expires_at` is the invoice's own: one that was cancelled can still be paid until then. `heard` tells whether the
    wallet has given a good answer about it since it ended, `of_shop` whether somebody of the shop may stand
    beside the customer; it is asked about first.
    """

    id: str
    created_at: int
    expires_at: int
    looks: int
    heard: bool = True
    of_shop: bool = True


def interval(charge: Unpaid, now: int, alone: float) -> float:
    """Return the seconds between two questions about a charge that nobody has looked at for `alone` seconds.

    Each second while somebody looks at it; then ever more rarely, down to twice a minute; after its expiry in intervals
    that grow with the time since, as a payment gets less and less likely, and in the end never, once that is heard.
    """
    expired = now - charge.expires_at
    if alone <= LOOKED_AT_FOR:
        return min(max(_SOONEST, expired / 4), _SLOWEST_LOOKED_AT)
    if expired >= (WATCHED_FOR if charge.heard else SOUGHT_FOR):
        return inf
    return max(min(alone / 4, _SLOWEST), expired / 4)

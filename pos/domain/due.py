"""How often the wallet is to be asked about a charge that is not paid. Facts and arithmetic; who asks is the watch."""

from dataclasses import dataclass
from enum import IntEnum
from math import inf

from pos.domain.charge import Channel

# Seconds. A screen that is open says so again within this time.
LOOKED_AT_FOR = 10
# Money that comes later than this after the expiry is not looked for any more, unless somebody looks at the charge.
WATCHED_FOR = 24 * 60 * 60
# But of one that has ended while the wallet could not be asked, as a till was off over the holidays.
SOUGHT_FOR = 30 * 24 * 60 * 60

_SOONEST, _SLOWEST, _SLOWEST_LOOKED_AT = 1.0, 30.0, 5.0


class Rank(IntEnum):
    """Whose charge it is. Where the wallet cannot be asked about all of them, the highest goes first.

    At the till and at the kiosk the customer stands in the shop. A program has the shop's token, a stranger nothing.
    """

    STRANGERS = 0
    PROGRAMS = 1
    SHOP = 2


_RANKS = {Channel.TILL: Rank.SHOP, Channel.KIOSK: Rank.SHOP, Channel.API: Rank.PROGRAMS}


@dataclass(frozen=True, slots=True)
class Unpaid:
    """What the database has of a charge that is not paid. `looks` grows while a screen looks at it.

    `expires_at` is the invoice's own: one that was cancelled can still be paid until then. `heard` tells whether the
    wallet has given a good answer about it since it ended.
    """

    id: str
    created_at: int
    expires_at: int
    looks: int
    heard: bool = True
    channel: Channel = Channel.TILL

    @property
    def rank(self) -> Rank:
        """Tell whose it is."""
        return _RANKS.get(self.channel, Rank.STRANGERS)


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

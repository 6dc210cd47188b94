"""How often the wallet is to be asked about a charge that is not paid. Facts and arithmetic; who asks is the watch."""

from dataclasses import dataclass

# Seconds. A screen that is open says so again within this time.
LOOKED_AT_FOR = 10
# Money that comes later than this after the expiry is not looked for any more.
WATCHED_FOR = 24 * 60 * 60

_SOONEST, _SLOWEST, _SLOWEST_LOOKED_AT = 1.0, 30.0, 5.0


@dataclass(frozen=True, slots=True)
class Unpaid:
    """What the watch knows of a charge that is not paid. Times in unix seconds."""

    id: str
    created_at: int
    expires_at: int
    looked_at: int


def interval(charge: Unpaid, now: int) -> float:
    """Return the seconds between two questions about a charge.

    Each second while somebody looks at it; then ever more rarely, down to twice a minute; after its expiry in intervals
    that grow with the time since, as a payment gets less and less likely. A clock that was set back shortens them only.
    """
    expired = (now - charge.expires_at) / 4
    if now - charge.looked_at <= LOOKED_AT_FOR:
        return min(max(_SOONEST, expired), _SLOWEST_LOOKED_AT)
    alone = (now - charge.looked_at) / 4
    return max(min(alone, _SLOWEST), expired)

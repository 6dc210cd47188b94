"""Following a charge: what one screen is sent, from its present state to a final one."""

import logging
from collections.abc import Generator

from pos.domain.charge import Charge, Status
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.services.settle import refresh
from pos.shop import Shop
from pos.store import StoreError

log = logging.getLogger(__name__)

# Seconds. A screen that has heard nothing for a few of these knows that its line is dead.
HEARTBEAT = 5.0
# How long a stream goes on after a state that is final, in seconds: long enough for money that is just too late.
FINAL_FOR = 60
# How often a screen asks the wallet itself where no process is known to do it.
_NOBODY_WATCHES = 1.0


class TooManyScreens(Refusal):
    """As many screens wait for a charge, or for a till, as may. Who comes then asks now and then instead."""

    retry_after = 5

    def __init__(self) -> None:
        super().__init__(Sentence("Too many screens wait for this sale. Try again in a moment."), 429)


def follow(shop: Shop, charge_id: str, heartbeat: float = HEARTBEAT) -> Generator[Charge | None, None, None] | None:
    """Give the charge as it is now, then each time that its status has changed, and None as a heartbeat.

    Ends a while after a final state, when the process ends, and when the database cannot be read: a screen comes again.
    Returns None where there is no such charge. Raises TooManyScreens, or StoreError if the database cannot be read at
    all.
    """
    if shop.broker.is_full(charge_id):
        raise TooManyScreens
    sent = _follow(shop, charge_id, heartbeat)
    # The database is read here: where the screen then waits, the stack would stay as deep as that once was.
    return sent if next(sent, None) else None


def _follow(shop: Shop, charge_id: str, heartbeat: float) -> Generator[Charge | None, None, None]:
    """Read, stop once, then give what is to be sent. One generator and not two, as thousands may wait."""
    shown = None
    try:
        with shop.broker.subscribe(charge_id) as news:
            while charge := shop.store.get(charge_id):
                charge = refresh(shop, charge)
                status = charge.status(shop.now())
                if shown is None:
                    yield charge
                yield charge if status is not shown else None
                shown, changes_at = status, _changes_at(charge, status)
                # What is not needed while it waits is not kept: thousands may wait.
                del charge
                if status is not Status.OPEN and shop.clock() >= changes_at:
                    return
                while not news.wait(_pause(shop, changes_at, heartbeat)):
                    if shop.clock() >= changes_at or (not shop.lease.led and shop.throttle.free):
                        break
                    yield None
                if shop.broker.closed:
                    return
    except StoreError as error:
        if shown is None:
            raise
        log.warning("charge %s: a screen has to come again: %s", charge_id, error)


def _pause(shop: Shop, changes_at: float, heartbeat: float) -> float:
    """Return the seconds until there is something to do, whether or not there are news."""
    left = max(changes_at - shop.clock(), 0)
    return min(left, heartbeat) if shop.lease.led else min(left, heartbeat, _NOBODY_WATCHES)


def _changes_at(charge: Charge, status: Status) -> int:
    """Return when the status changes by itself, or when the stream ends because it cannot any more (unix seconds)."""
    if status is Status.OPEN:
        return charge.invoice.expires_at
    return FINAL_FOR + (charge.payment.paid_at if charge.payment else charge.invoice.expires_at)

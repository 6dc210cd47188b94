"""Following a charge: what one screen is sent, from its present state to a final one."""

import logging
from collections.abc import Iterator
from threading import Event

from pos.domain.charge import Charge, Status
from pos.services.settle import latest
from pos.shop import Shop
from pos.store import StoreError

log = logging.getLogger(__name__)

# Seconds. A screen that has heard nothing for a few of these knows that its line is dead.
HEARTBEAT = 5.0
# How long a stream goes on after a state that is final, in seconds: long enough for money that is just too late.
FINAL_FOR = 60
# How often a screen asks the wallet itself where no process is known to do it.
_NOBODY_WATCHES = 1.0


def follow(shop: Shop, charge_id: str, heartbeat: float = HEARTBEAT) -> Iterator[Charge | None]:
    """Give the charge as it is now, then each time that its status has changed, and None as a heartbeat.

    Ends a while after a final state, when the process ends, and when the book cannot be read: a screen comes again.
    """
    try:
        with shop.feed.screen(charge_id) as news:
            yield from _changes(shop, charge_id, news, heartbeat)
    except StoreError as error:
        log.warning("charge %s: a screen has to come again: %s", charge_id, error)


def _changes(shop: Shop, charge_id: str, news: Event, heartbeat: float) -> Iterator[Charge | None]:
    charge, shown = shop.store.get(charge_id), None
    while charge and not shop.feed.closed:
        status = charge.status(shop.now())
        yield charge if status is not shown else None
        shown = status
        left = _seconds_left(charge, shop.clock())
        if left <= 0:
            return
        if news.wait(min(left, heartbeat if shop.lease.led else _NOBODY_WATCHES)):
            news.clear()
            charge = shop.store.get(charge_id)
        charge = charge and latest(shop, charge)


def _seconds_left(charge: Charge, now: float) -> float:
    """Return the seconds until the status changes by itself, or until the stream ends because it cannot any more."""
    if charge.status(int(now)) is Status.OPEN:
        return charge.invoice.expires_at - now
    final_at = charge.payment.paid_at if charge.payment else charge.invoice.expires_at
    return final_at + FINAL_FOR - now

"""Following a till: what its customer's display is told, from what it shows now on."""

import logging
from collections.abc import Callable, Generator
from math import inf

from pos.domain.draft import till_topic
from pos.services.ask_tip import note_display
from pos.services.follow import TooManyScreens
from pos.services.showing import Scene, showing
from pos.shop import Shop
from pos.store import StoreError

log = logging.getLogger(__name__)

# How often it is written down that a display is there, in seconds: not with each key of the till.
NOTE_EVERY = 4.0
# How often it is asked whether a display is still one of the shop's, in seconds: not with each key of the till. With a
# heartbeat that is less than 5 s, as a display that was taken off has to hear of it in that time.
_ASK_EVERY = 1.0
HEARTBEAT = 3.5
# How often a display asks the wallet itself where no process is known to do it, in seconds.
_NOBODY_WATCHES = 1.0


def follow_till(
    shop: Shop,
    till: str,
    heartbeat: float = HEARTBEAT,
    of_now: Callable[[], Shop] | None = None,
    stays_open: Callable[[], bool] = lambda: True,
) -> Generator[Scene | None, None, None]:
    """Give what the display shows now, then each time that it is something else, and None as a heartbeat.

    `of_now` returns the shop with the settings of each moment, as a display may wait for days; `stays_open` tells
    whether it is still open to who asked.

    Ends when the process ends, when it does not stay open, and when the database cannot be read: a display comes again.
    Raises TooManyScreens, or StoreError if the database cannot be read at all.
    """
    if shop.broker.is_full(till_topic(till)):
        raise TooManyScreens
    sent = _follow(of_now or (lambda: shop), till, stays_open, heartbeat)
    # As in follow.py: read here, where the stack is deep anyway.
    next(sent)
    return sent


def _follow(
    of_now: Callable[[], Shop], till: str, stays_open: Callable[[], bool], heartbeat: float
) -> Generator[Scene | None, None, None]:
    """Read, stop once, then give what is to be sent."""
    shop, shown, noted_at = of_now(), None, -inf
    asked_at = shop.clock()
    try:
        with shop.broker.subscribe(till_topic(till)) as news:
            while not shop.broker.closed:
                shop = of_now()
                if shop.clock() >= asked_at + _ASK_EVERY:
                    if not stays_open():
                        return
                    asked_at = shop.clock()
                if shop.clock() >= noted_at + NOTE_EVERY:
                    note_display(shop, till)
                    noted_at = shop.clock()
                scene = _shown_to_all(shop, till)
                if shown is None:
                    yield None
                # Each look is sent, or a heartbeat: it is also when the time has come that a display looks again.
                yield scene if scene.version != shown else None
                shown, pause = scene.version, _pause(shop, scene, heartbeat)
                del scene
                news.wait(pause)
    except StoreError as error:
        if shown is None:
            raise
        log.warning("till %s: a display has to come again: %s", till, error)


def _shown_to_all(shop: Shop, till: str) -> Scene:
    """Return what all displays of a till show in this second: whoever keeps many lines open costs no more than one."""
    topic = till_topic(till)
    now = (shop.broker.told(topic), shop.settings.version, shop.now())
    return shop.latest.get(topic, now, lambda: showing(shop, till))


def _pause(shop: Shop, scene: Scene, heartbeat: float) -> float:
    """Return the seconds until there is something to do, whether or not there are news."""
    if scene.changes_at is not None:
        heartbeat = min(heartbeat, max(scene.changes_at - shop.clock(), 0))
    return heartbeat if scene.left is None or shop.lease.led else min(heartbeat, _NOBODY_WATCHES)

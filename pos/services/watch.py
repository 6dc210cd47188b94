"""The watch of a shop. The loop is in runtime; what it asks with is here, as a loop does not know what paid means."""

import logging
from collections.abc import Callable
from functools import partial
from time import monotonic

from pos.runtime.listener import Listener
from pos.runtime.watch import Watch, in_a_thread
from pos.services.settle import settle_hint, settle_unseen
from pos.shop import Shop
from pos.store import StoreError
from pos.wallets.base import WalletError, pushes

log = logging.getLogger(__name__)


def open_watch(
    shop: Shop,
    *,
    lead: bool = True,
    running: Callable[[], float] = monotonic,
    beside: Callable[[Callable[[], None]], None] = in_a_thread,
) -> Watch:
    """Make the watch of a shop. With `lead` it may be the one that asks the wallet."""
    return Watch(
        partial(_ask, shop),
        wallet=shop.wallet.identity,
        store=shop.store,
        broker=shop.broker,
        presence=shop.presence,
        lease=shop.lease,
        throttle=shop.throttle,
        metrics=shop.metrics,
        now=shop.now,
        keep_time=shop.keep_time,
        lead=lead,
        running=running,
        beside=beside,
        listener=_listener(shop, beside, running),
    )


def _listener(
    shop: Shop, beside: Callable[[Callable[[], None]], None], running: Callable[[], float]
) -> Listener | None:
    if not pushes(shop.wallet):
        return None
    return Listener(partial(shop.wallet.listen, partial(settle_hint, shop)), beside, running)


def _ask(shop: Shop, charge_id: str) -> None:
    """Ask about a charge. Nobody waits for this and it is asked about again, so what fails is only logged."""
    try:
        charge = shop.store.get(charge_id)
        if charge:
            settle_unseen(shop, charge)
    except WalletError as error:
        log.warning("charge %s: the wallet could not be asked: %s", charge_id, error)
    except StoreError as error:
        log.error("charge %s: the database failed: %s", charge_id, error)

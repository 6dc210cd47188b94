"""Unlocking a device by somebody's PIN, and locking it again."""

import logging

from pos.domain.device import Device, Face
from pos.domain.pin import Tries, read_pin
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.domain.staff import Staff
from pos.services.passwords import TooManyAtOnce
from pos.services.pins import digest_of_pin
from pos.shop import Shop

log = logging.getLogger(__name__)


class WrongPin(Refusal):
    """A PIN that lets nobody in here. Another try is taken after `retry_after` seconds."""

    def __init__(self, sentence: Sentence, retry_after: int) -> None:
        super().__init__(sentence, 403)
        self.retry_after = retry_after


class TooSoon(Refusal):
    """Wrong PINs came before at this device: until `retry_after` seconds are over, no PIN is looked at."""

    def __init__(self, retry_after: int) -> None:
        sentence = Sentence("Wrong PINs came before. Try again in {seconds} s.", {"seconds": retry_after})
        super().__init__(sentence, 429)
        self.retry_after = retry_after


def wait_at(shop: Shop, device: Device) -> int:
    """Return the seconds until a PIN is looked at again at a device; 0 if it is now. Raises StoreError."""
    return shop.store.pins.tries(device.id).wait(shop.now())


def unlock(shop: Shop, device: Device, typed: str) -> Staff:
    """Let whoever has this PIN sell at a device; away from a kiosk or a display, managers alone.

    Each try counts as a wrong one before it is looked at, so of many at once one is. Raises WrongPin, TooSoon,
    TooManyAtOnce or StoreError.
    """
    before, now = shop.store.pins.tries(device.id), shop.now()
    counted = _count(shop, device, before, now)
    pin = read_pin(typed)
    try:
        digest = digest_of_pin(shop, pin) if pin else ""
    except TooManyAtOnce:
        # Nobody has looked at it.
        shop.store.pins.count(device.id, counted, before)
        raise
    found = shop.store.staff.find_by_pin(digest) if digest else None
    may = found is not None and (found.is_manager or device.face is Face.TILL)
    if found and may and shop.store.pins.let_in(device, found, digest, counted, before, shop.now()):
        return found
    log.warning("device %s: a wrong PIN, %d of late", device.id, counted.wrong)
    shop.store.pins.was_wrong(device, counted.wrong, now)
    raise WrongPin(_sentence(device), counted.wait(shop.now()))


def lock(shop: Shop, device: Device, by: str) -> None:
    """Lock a device, as somebody wants it. Raises StoreError."""
    shop.store.pins.lock(device, by, shop.now())


def note_active(shop: Shop, device: Device) -> None:
    """Write down that somebody does something at a device, unless that was a moment ago. Raises StoreError."""
    lock_after, now = shop.settings.lock_after, shop.now()
    if lock_after and abs(now - device.active_at) >= min(15, lock_after // 4):
        shop.store.pins.note_active(device.id, now)


def _count(shop: Shop, device: Device, before: Tries, now: int) -> Tries:
    counted = before.one_more(now)
    if wait := before.wait(now):
        raise TooSoon(wait)
    if not shop.store.pins.count(device.id, before, counted):
        raise TooSoon(max(1, wait_at(shop, device)))
    return counted


def _sentence(device: Device) -> Sentence:
    """The same for a cashier's PIN as for nobody's: a kiosk would else tell a customer which ones there are."""
    if device.face is not Face.TILL:
        return Sentence("That takes a manager's PIN. The owner is told.")
    return Sentence("Not a PIN of this shop. The owner is told.")

"""Who asks, by what a browser sends along: an owner's session, a device's cookie, both or neither."""

import hmac

from pos.domain.device import Device, Face
from pos.domain.identity import Identity
from pos.domain.staff import Staff
from pos.services.sign_in import signed_in
from pos.services.tokens import digest_of
from pos.shop import Shop

# Seconds. Where customers stand, a manager is not let in for ever, whatever holds at a till.
_LEFT_FOR = 300


def identify(shop: Shop, owner_token: str | None, device_token: str | None, used_from: str) -> Identity:
    """Return who asks. A cookie that is none, old or ended says nothing. Raises StoreError.

    `used_from` is whatever tells one place where a device's cookie is used from another.
    """
    if not shop.store.owners.exist():
        return Identity(is_claimed=False)
    owner = signed_in(shop, owner_token) if owner_token else None
    device = _device(shop, device_token, used_from) if device_token else None
    if device is None or device.revoked_at is not None:
        return Identity(is_claimed=True, owner=owner, taken_off=device)
    return Identity(True, owner, device, seller_at(shop, device), needs_pin=shop.store.staff.exist())


def is_signed_in(shop: Shop, token: str) -> bool:
    """Tell whether an owner's session has not ended meanwhile. Raises StoreError."""
    return signed_in(shop, token) is not None


def is_device(shop: Shop, token: str) -> bool:
    """Tell whether a device has not been taken off the shop meanwhile. Raises StoreError."""
    return shop.store.devices.is_paired(digest_of(token))


def _device(shop: Shop, token: str, used_from: str) -> Device | None:
    # Kept are no places, and nothing that could be tried out.
    place = hmac.digest(shop.settings.secret_key.encode(), used_from.encode("utf-8", "surrogateescape"), "sha256").hex()
    return shop.store.devices.find(digest_of(token), place[:16], shop.now())


def seller_at(shop: Shop, device: Device) -> Staff | None:
    """Return who sells at a device; who has left does not, nor who has done nothing for too long. Raises StoreError.

    A kiosk or a display is left by managers alone: one who is a cashier meanwhile stands there as nobody.
    """
    lock_after = shop.settings.lock_after or (0 if device.face is Face.TILL else _LEFT_FOR)
    # In either direction: a clock that was set back keeps nobody in until it is where it was.
    if not device.staff or (lock_after and abs(shop.now() - device.active_at) >= lock_after):
        return None
    found = shop.store.staff.get(device.staff)
    if found is None or found.removed_at is not None:
        return None
    return found if found.is_manager or device.face is Face.TILL else None

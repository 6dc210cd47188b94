"""Who asks, by what a browser sends along: an owner's session, a device's cookie, both or neither."""

from pos.domain.device import Device
from pos.domain.identity import Identity
from pos.domain.staff import Staff
from pos.services.sign_in import signed_in
from pos.services.tokens import digest_of
from pos.shop import Shop


def identify(shop: Shop, owner_token: str | None, device_token: str | None) -> Identity:
    """Return who asks. A cookie that is none, old or ended says nothing. Raises StoreError."""
    if not shop.store.owners.exist():
        return Identity(is_claimed=False)
    owner = signed_in(shop, owner_token) if owner_token else None
    device = _device(shop, device_token) if device_token else None
    if device is None or device.revoked_at is not None:
        return Identity(is_claimed=True, owner=owner, taken_off=device)
    return Identity(True, owner, device, _seller(shop, device), needs_pin=shop.store.staff.exist())


def _device(shop: Shop, token: str) -> Device | None:
    return shop.store.devices.find(digest_of(token), shop.now())


def _seller(shop: Shop, device: Device) -> Staff | None:
    """Return who sells at a device; who has left does not, nor who has done nothing for too long."""
    lock_after = shop.settings.lock_after
    if not device.staff or (lock_after and shop.now() - device.active_at >= lock_after):
        return None
    found = shop.store.staff.get(device.staff)
    return found if found and found.removed_at is None else None

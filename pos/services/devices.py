"""What the owner does with a device of the shop: another name, its wrong PINs forgotten, or taking it off at once."""

from pos.domain.device import Device
from pos.domain.owner import clean_name
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.shop import Shop


class NoSuchDevice(Refusal):
    """A device that the shop does not have, or no more."""

    def __init__(self) -> None:
        super().__init__(Sentence("There is no such device, or no more."), 404)


def find_device(shop: Shop, device_id: str) -> Device:
    """Return a device of the shop. Raises NoSuchDevice or StoreError."""
    device = shop.store.devices.get(device_id)
    if device is None:
        raise NoSuchDevice
    return device


def rename(shop: Shop, device_id: str, name: str, by: str) -> None:
    """Give a device another name. Raises NoSuchDevice, BadName or StoreError."""
    if not shop.store.devices.rename(device_id, clean_name(name), by, shop.now()):
        raise NoSuchDevice


def take_off(shop: Shop, device_id: str, by: str) -> None:
    """Take a device off the shop: what it opens from now on says so. Raises NoSuchDevice or StoreError."""
    if not shop.store.devices.revoke(device_id, by, shop.now()):
        raise NoSuchDevice


def forget_pins(shop: Shop, device_id: str, by: str) -> None:
    """Forget the wrong PINs that were typed at a device. Raises NoSuchDevice or StoreError."""
    shop.store.pins.forget(find_device(shop, device_id), by, shop.now())

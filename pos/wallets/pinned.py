"""The setting of a certificate that a node has made for itself, the same for every wallet that has one."""

from collections.abc import Iterator

from pos.environment import Fault, Wrong
from pos.transport import Pin, PinError


def certificate(given: str) -> Pin:
    """Take a certificate by its path, its text (PEM, or the base64 of it) or its SHA-256 thumbprint."""
    try:
        return Pin.parse(given)
    except PinError as error:
        raise Wrong(str(error), given[:100]) from error


def never_shown(pin: Pin | None, url: str | None, name: str) -> Iterator[Fault]:
    """Tell that a `certificate` is set for an address, of the setting of that name, where none is shown."""
    if pin and url and not url.startswith("https:"):
        yield "certificate", f"is set, and {name} is no https address: only there is a certificate shown"

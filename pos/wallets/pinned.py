"""The setting of a certificate that a node has made for itself, the same for every wallet that has one."""

from pos.environment import Wrong
from pos.transport import Pin, PinError


def certificate(given: str) -> Pin:
    """Take a certificate by its path, its text (PEM, or the base64 of it) or its SHA-256 thumbprint."""
    try:
        return Pin.parse(given)
    except PinError as error:
        raise Wrong(str(error), given[:100]) from error

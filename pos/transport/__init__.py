"""One bounded HTTP call, and what it can fail with. What is said in it is not known here."""

from pos.transport.call import MAX_BYTES, Reply, Transport, TransportError, TransportTimeout
from pos.transport.pin import Pin, PinError
from pos.transport.public import is_public
from pos.transport.socks import is_onion

__all__ = [
    "MAX_BYTES",
    "Pin",
    "PinError",
    "Reply",
    "Transport",
    "TransportError",
    "TransportTimeout",
    "is_onion",
    "is_public",
]

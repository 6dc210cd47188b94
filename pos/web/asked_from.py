"""From where somebody tries to come in, for counting wrong passwords and codes."""

from flask import request

from pos.domain.visitor import visitor
from pos.services.sign_in import From
from pos.web.access import identity


def asked_from() -> From:
    """Return the device of the shop that asks, or else the visitor's address. Raises StoreError."""
    device = identity().device
    if device:
        return From(f"device {device.id}", is_device=True)
    return From(f"address {visitor(request.remote_addr)}")

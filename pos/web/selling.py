"""Whether the shop can sell now, for the pages that nobody attends: they say by themselves when it cannot."""

from typing import cast

from flask import current_app
from flask.typing import ResponseReturnValue

from pos.services.readiness import Readiness


def readiness() -> Readiness:
    """Return what knows whether the till could sell right now."""
    return cast(Readiness, current_app.extensions["readiness"])


def selling_json() -> ResponseReturnValue:
    """Say whether the shop can sell, and not what is wrong with it: that is nobody's business here."""
    return {"ready": readiness().is_ready()}

"""For whoever watches the server: is it alive, and could it sell right now?"""

from typing import cast

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from pos.services.readiness import Readiness
from pos.version import version

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive() -> ResponseReturnValue:
    """Say that the process answers, and which version it is; asks nothing of anybody."""
    return {"status": "ok", "version": version()}


@bp.get("/readyz")
def ready() -> ResponseReturnValue:
    """Say whether database and wallet are reachable: 200, or 503 with what is not."""
    parts = cast(Readiness, current_app.extensions["readiness"]).ask()
    return parts, 200 if all(word == "ok" for word in parts.values()) else 503

"""For whoever watches the server: is it alive, and could it sell right now?"""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from pos.version import version
from pos.web.selling import readiness

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive() -> ResponseReturnValue:
    """Say that the process answers, and which version it is; asks nothing of anybody."""
    return {"status": "ok", "version": version()}


@bp.get("/readyz")
def ready() -> ResponseReturnValue:
    """Say whether database and wallet are reachable: 200, or 503 with what is not."""
    return readiness().ask(), 200 if readiness().is_ready() else 503
